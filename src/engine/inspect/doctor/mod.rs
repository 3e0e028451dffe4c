//! Gathers the facts for `doctor`. It changes nothing and starts no daemon. It runs
//! our own lines of a hook under `env -i`, to see what a hook would find, and
//! compiles the definitions, as a plan does.

mod apps;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;

use crate::adapters::fs::{can_be_written, digest, mode_of_plain_file, read_bytes, real_path};
use crate::adapters::index::{Blobs, tracked};
use crate::adapters::pm2::package::find_package;
use crate::adapters::pm2::rpc::{RpcError, version};
use crate::adapters::pm2::socket_path;
use crate::adapters::process::{Program, find_program, run};
use crate::core::failure::Failure;
use crate::core::hooks::managers::calls;
use crate::core::hooks::shim::{CHECKED, inspect};
use crate::core::inspect::doctor::checks::hook_state;
use crate::core::inspect::doctor::{ArtifactState, Facts, HookState, Hooks, Probe};
use crate::core::settings::Compiler;
use crate::engine::compile::chosen;
use crate::engine::files::Files;
use crate::engine::hooks::hooks_folder::{
    configured, git_version, hooks_folder, hooks_path_problem, managed,
};
use crate::engine::pm2::{find_node, find_pm2};
use crate::engine::sync::gate::{hooks_are_off, is_hook_branch, paused};
use crate::engine::workspace::{Context, Workspace};

/// Set for a hook that is only to report what it finds.
pub(crate) const PROBE: &str = "PM2SYNC_PROBE";

/// What a GUI client has on its PATH, at worst.
const BARE_PATH: &str = "/usr/bin:/bin";

/// How long a program may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Observes everything. Fails only where there is no workspace at all.
pub(crate) fn facts(context: &Context) -> Result<Facts, Failure> {
    let bare_settings = Workspace::open_with(context, |_| Ok(None))?;
    let (workspace, settings) = match Workspace::open(context) {
        Ok(workspace) => (workspace, Ok(())),
        Err(failure) => (bare_settings, Err(failure.to_string())),
    };
    let home = or_message(home(&workspace));
    let hooks = or_message(hooks(&workspace, context));
    let daemon = home.clone().map_or(Ok(None), |home| or_message(daemon(&home)));
    let has_daemon = matches!(daemon, Ok(Some(_)));
    Ok(Facts {
        settings,
        enrolled: matches!(workspace.state.load(), Ok(Some(_))),
        paused: paused(&workspace).ok().flatten(),
        busy: workspace.repository.busy(),
        switched_off: hooks_are_off(context)
            .then(|| if context.environment.text("PM2SYNC") == Some("0") { "PM2SYNC" } else { "CI" }),
        branch: branch(&workspace),
        bare: hooks.as_ref().map_or(Ok(None), |hooks| or_message(probe_hook(&workspace, hooks))),
        hooks: hooks.unwrap_or_else(|why| Hooks { path_problem: Some(why), ..Hooks::default() }),
        git: or_message(git_version(&workspace)),
        node: or_message(find_node(&workspace)).and_then(|node| or_message(with_version(&workspace, &node))),
        pm2: or_message(pm2(&workspace)),
        apps: home
            .as_ref()
            .map_or(Ok(Vec::new()), |home| or_message(apps::apps(&workspace, home, has_daemon))),
        daemon,
        home,
        definitions: or_message(apps::definitions(&workspace)),
        compiler: or_message(compiler(&workspace)),
        artifact: artifact(&workspace)
            .unwrap_or(ArtifactState::Absent(workspace.settings.compile.output.clone())),
        state_folder: or_message(can_be_written(workspace.state.path()))
            .map(|()| workspace.state.path().to_owned()),
    })
}

/// What a hook finds where it runs: the programs that a sync needs.
pub(crate) fn probe(context: &Context) -> Result<Probe, Failure> {
    let workspace = Workspace::open(context)?;
    let mut programs: BTreeMap<String, Option<PathBuf>> = [
        ("node".to_owned(), find_node(&workspace).ok()),
        (workspace.settings.pm2.command.clone(), find_pm2(&workspace).ok()),
    ]
    .into();
    if let Some(name) = compile_program(&workspace) {
        let found = find(&workspace, &name);
        programs.insert(name, found);
    }
    Ok(Probe { programs, home: workspace.pm2_home().ok() })
}

fn or_message<T, E: Into<Failure>>(observed: Result<T, E>) -> Result<T, String> {
    observed.map_err(|failure| failure.into().to_string())
}

fn find(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    find_program(OsStr::new(name), workspace.environment.cleaned().path(), workspace.root())
}

fn branch(workspace: &Workspace) -> (Option<String>, bool) {
    let branch = workspace.repository.branch();
    let is_hook_branch = is_hook_branch(workspace, branch.as_deref()).unwrap_or_default();
    (branch, is_hook_branch)
}

fn home(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let home = workspace.pm2_home()?;
    socket_path(&home)?;
    can_be_written(&home)?;
    Ok(home)
}

fn daemon(home: &Path) -> Result<Option<String>, Failure> {
    match version(&socket_path(home)?, LIMIT) {
        Ok(version) => Ok(Some(version)),
        Err(RpcError::NotRunning { .. }) => Ok(None),
        Err(error) => Err(anyhow!(error).into()),
    }
}

fn pm2(workspace: &Workspace) -> Result<String, Failure> {
    let program = find_pm2(workspace)?;
    let package = find_package(&program)?;
    Ok(format!("{}, version {}", program.display(), package.version))
}

fn with_version(workspace: &Workspace, program: &Path) -> Result<String, Failure> {
    let asked = Program {
        path: program.to_owned(),
        args: vec!["--version".into()],
        directory: workspace.root().to_owned(),
        environment: workspace.environment.cleaned().variables().clone(),
    };
    let finished = run(&asked, LIMIT)?;
    let shown = program.display();
    if !finished.status.success() {
        return Err(anyhow!("`{shown}` does not say its version").into());
    }
    Ok(format!(
        "{shown}, version {}",
        String::from_utf8_lossy(&finished.stdout).trim().trim_start_matches('v')
    ))
}

/// The program that the compiler is started with, where it is one.
fn compile_program(workspace: &Workspace) -> Option<String> {
    let compiler = chosen(workspace, workspace.settings.compile.compiler).ok()?;
    let is_run = matches!(compiler, Compiler::ShadowCljs | Compiler::Command);
    is_run.then(|| workspace.settings.compile.command.first().cloned()).flatten()
}

fn compiler(workspace: &Workspace) -> Result<String, Failure> {
    let compiler = chosen(workspace, workspace.settings.compile.compiler)?;
    let Some(program) = compile_program(workspace) else { return Ok(compiler.to_string()) };
    let Some(found) = find(workspace, &program) else {
        return Err(anyhow!("{compiler}: cannot find `{program}` on PATH").into());
    };
    if compiler == Compiler::ShadowCljs && find(workspace, "java").is_none() {
        return Ok(format!("{compiler}, by {}; no `java` is on PATH, which it needs", found.display()));
    }
    Ok(format!("{compiler}, by {}", found.display()))
}

fn artifact(workspace: &Workspace) -> Result<ArtifactState, Failure> {
    let path = workspace.settings.compile.output.clone();
    if chosen(workspace, workspace.settings.compile.compiler)? == Compiler::None {
        return Ok(ArtifactState::None);
    }
    let is_ignored = Blobs::open(&workspace.repository)?.is_ignored(&path);
    if !is_ignored || tracked(&workspace.repository, None)?.get(&path).is_some() {
        return Ok(ArtifactState::InGit(path));
    }
    let Some(there) = digest(&workspace.artifact())? else { return Ok(ArtifactState::Absent(path)) };
    let state = workspace.state.load()?.unwrap_or_default();
    let known = state.compiled.as_ref().and_then(|compiled| compiled.artifact);
    if known.is_some_and(|known| known != there) {
        return Ok(ArtifactState::Edited(path));
    }
    let now = Files::read(workspace, state.compiled.as_ref())?.fingerprint();
    let is_current = known.is_some() && state.completed == Some(now);
    Ok(if is_current { ArtifactState::Current(path) } else { ArtifactState::Behind(path) })
}

fn hooks(workspace: &Workspace, context: &Context) -> Result<Hooks, Failure> {
    let folder = hooks_folder(workspace)?;
    let program = context.program.to_string_lossy();
    let events = &workspace.settings.hooks.events;
    let configured = configured(workspace)?;
    let state = |event: &String| {
        if configured.iter().any(|command| calls(command, event)) {
            return (event.clone(), HookState::Current);
        }
        let file = folder.join(event);
        let lines = read_bytes(&file).ok().flatten().and_then(|bytes| inspect(&bytes));
        let mode = real_path(&file).and_then(|file| mode_of_plain_file(&file)).unwrap_or_default();
        let is_there = lines
            .as_ref()
            .is_some_and(|lines| lines.binary.starts_with('/') && find(workspace, &lines.binary).is_some());
        (event.clone(), hook_state(lines.as_ref(), mode & 0o111 != 0, is_there, &program))
    };
    Ok(Hooks {
        events: events.iter().map(state).collect(),
        path_problem: hooks_path_problem(workspace)?,
        manager: managed(workspace, events).map(|managed| (managed.manager.name, managed.missing)),
        folder,
    })
}

/// Runs our lines of a hook, or what a manager runs, as `env -i` would; they
/// report what they find, and do nothing.
fn probe_hook(workspace: &Workspace, hooks: &Hooks) -> Result<Option<Probe>, Failure> {
    let installed =
        hooks.events.iter().find(|(event, state)| *state != HookState::Missing && event != CHECKED);
    let script = match (installed, &hooks.manager) {
        (Some((event, _)), _) => {
            let bytes = read_bytes(&hooks.folder.join(event))?.unwrap_or_default();
            let lines = inspect(&bytes).map(|lines| lines.text);
            let command = || configured(workspace).ok()?.into_iter().find(|command| calls(command, event));
            lines.or_else(command).unwrap_or_default()
        }
        (None, Some((_, missing))) if missing.is_empty() => "pm2sync hook post-merge".to_owned(),
        (None, _) => return Ok(None),
    };
    let shell = find(workspace, "sh").unwrap_or_else(|| "/bin/sh".into());
    let environment = [("PATH", BARE_PATH), (PROBE, "1")].map(|(name, value)| (name.into(), value.into()));
    let program = Program {
        path: shell,
        args: [OsString::from("-c"), script.into()].into(),
        directory: workspace.root().to_owned(),
        environment: environment.into(),
    };
    let finished = run(&program, LIMIT)?;
    serde_json::from_slice(&finished.stdout).map(Some).map_err(|_| {
        let or_message = String::from_utf8_lossy(&finished.stderr);
        let line = or_message.lines().next().unwrap_or("it prints nothing").to_owned();
        anyhow!(line).into()
    })
}
