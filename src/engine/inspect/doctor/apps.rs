//! What `doctor` observes of the definitions and of the running apps. Nothing is
//! written, and no slow compiler is started.

use std::path::Path;

use anyhow::anyhow;

use crate::core::definition::desired::Desired;
use crate::core::failure::Failure;
use crate::core::inspect::doctor::apps::unhealthy_apps;
use crate::core::inspect::doctor::{Definitions, UnhealthyApp};
use crate::core::pm2::running::Running;
use crate::core::settings::Compiler;
use crate::engine::compile::definitions::ArtifactAccess;
use crate::engine::compile::{chosen, compile};
use crate::engine::files::Files;
use crate::engine::pm2::running_at_rest;
use crate::engine::workspace::Workspace;
use crate::text::name_list::beside_the_first;

/// The definitions: compiled now, or as a slow compiler has left them.
pub(super) fn definitions(workspace: &Workspace) -> Result<Definitions, Failure> {
    let state = workspace.state.load()?.unwrap_or_default();
    let known = state.compiled.as_ref();
    let compiler = chosen(workspace, workspace.settings.compile.compiler)?;
    let is_slow = matches!(compiler, Compiler::ShadowCljs | Compiler::Command);
    if is_slow {
        let now = Files::read(workspace, known)?.fingerprint();
        if state.attempted == Some(now) {
            return Err(anyhow!("did not compile the last time; `pm2sync sync` shows why").into());
        }
        if !workspace.artifact().is_file() {
            return Ok(Definitions::Never(compiler.to_string()));
        }
    }
    let mode = if is_slow { ArtifactAccess::AsItIs } else { ArtifactAccess::Spare };
    let outcome = compile(workspace, compiler, known, mode, &mut |_| {}).map(|made| made.desired);
    let desired = outcome.map_err(|failure| match failure {
        Failure::Compile(failure) => Failure::Other(anyhow!("do not compile: {}", failure.first())),
        other => other,
    })?;
    let (apps, invalid) = (desired.apps.len(), invalid(&desired));
    Ok(if is_slow {
        let at = state.last_sync.map(|last| last.at);
        Definitions::Before { apps, invalid, compiler: compiler.to_string(), at }
    } else {
        Definitions::Compiled { apps, invalid }
    })
}

fn invalid(desired: &Desired) -> Option<String> {
    let errors = desired.errors();
    errors.first().map(|first| format!("{first}{}", beside_the_first(errors.len())))
}

/// The unhealthy apps. PM2 is asked only where its daemon runs.
pub(super) fn apps(
    workspace: &Workspace,
    home: &Path,
    has_daemon: bool,
) -> Result<Vec<UnhealthyApp>, Failure> {
    let state = workspace.state.load()?.unwrap_or_default();
    let running = if has_daemon { running_at_rest(workspace, home, false)? } else { Running::default() };
    Ok(unhealthy_apps(&state, &running, workspace.root(), running.seen()))
}
