//! Compiles with a command that writes the artifact in place, as shadow-cljs
//! does. Its exit code proves little, so the artifact is loaded with node.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::adapters::compiler;
use crate::adapters::fs::digest;
use crate::adapters::process::background::NO_THREAD;
use crate::core::failure::{CompileFailure, Failure};
use crate::core::settings::{Compiler, Warnings};
use crate::core::sync::event::Event;
use crate::core::sync::state::CompiledState;
use crate::engine::Listener;
use crate::engine::compile::definitions::{ArtifactAccess, Definitions};
use crate::engine::compile::load::loaded;
use crate::engine::files::Files;
use crate::engine::shadow_config;
use crate::engine::workspace::Workspace;
use crate::text::diagnostic::Diagnostic;

/// The interval of progress events.
const TICK: Duration = Duration::from_millis(500);

/// What to do about what shadow-cljs only warns about.
const WARNING_HELP: &str =
    "the artifact would break or hold `nil`; `[compile] warnings = \"show\"` accepts it";

/// Compiles the sources. The command runs only where a file that it reads has
/// changed since the `known` compile.
pub(crate) fn by_command(
    workspace: &Workspace,
    compiler: Compiler,
    known: Option<&CompiledState>,
    mode: ArtifactAccess,
    on_event: Listener<'_>,
) -> Result<Definitions, Failure> {
    if compiler == Compiler::ShadowCljs && !workspace.root().join(shadow_config::FILE).is_file() {
        let missing =
            Diagnostic::error(format!("there is no `{}`, which shadow-cljs reads", shadow_config::FILE))
                .help("write one with a `:clobber` build, or set `compiler = \"embedded\"`");
        return Err(CompileFailure::because(missing).into());
    }
    let artifact = workspace.artifact();
    // Read before the command runs, so that an edit meanwhile is a change.
    let files = Files::read(workspace, None)?;
    let inputs = Some(files.inputs_fingerprint());
    let there = files.artifact(workspace);
    let known = known.filter(|known| known.inputs == inputs);
    let is_current = known.is_some_and(|known| there.is_some() && known.artifact == there);
    let run = if mode == ArtifactAccess::AsItIs || is_current {
        None
    } else {
        if mode == ArtifactAccess::Write && known.is_some() && there.is_some() {
            on_event(Event::ArtifactEdited(workspace.settings.compile.output.clone()));
        }
        let run = run_command(workspace, compiler, on_event)
            .map_err(|error| CompileFailure::because(Diagnostic::error(format!("{error:#}"))))?;
        check_run(workspace, compiler, &run, on_event)?;
        Some(run)
    };
    let mut definitions =
        loaded(workspace, &artifact, compiler).map_err(|failure| match (failure, &run) {
            (Failure::Compile(mut failure), Some(run)) => {
                failure.output = format!("{}{}", run.output, failure.output);
                Failure::Compile(failure)
            }
            (failure, _) => failure,
        })?;
    if let Some(run) = run {
        on_event(Event::Compiled { elapsed: run.elapsed, output: run.output.clone() });
        definitions.compiled.artifact = digest(&artifact)?;
        if mode == ArtifactAccess::Write {
            run.keep();
        }
    } else {
        definitions.compiled.artifact = there;
    }
    definitions.compiled.inputs = inputs;
    Ok(definitions)
}

/// Runs the command, and reports progress.
fn run_command(
    workspace: &Workspace,
    compiler: Compiler,
    on_event: Listener<'_>,
) -> anyhow::Result<compiler::Run> {
    let environment = workspace.environment.cleaned();
    let interrupt = &workspace.interrupt;
    let (root, artifact) = (workspace.root(), workspace.artifact());
    let command = &workspace.settings.compile.command;
    let started = Instant::now();
    let (done, is_done) = mpsc::channel();
    thread::scope(|scope| {
        let running = thread::Builder::new().spawn_scoped(scope, || {
            let run = compiler::compile(command, root, &artifact, environment.variables(), interrupt);
            // The receiver below waits for it.
            drop(done.send(run));
        });
        running.context(NO_THREAD)?;
        loop {
            on_event(Event::Compiling { compiler, elapsed: started.elapsed() });
            match is_done.recv_timeout(TICK) {
                Ok(run) => return run,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("the compiler was not run"),
            }
        }
    })
}

/// Fails for a run that failed, or that exited with 0 in spite of warnings.
fn check_run(
    workspace: &Workspace,
    compiler: Compiler,
    run: &compiler::Run,
    on_event: Listener<'_>,
) -> Result<(), Failure> {
    if workspace.interrupt.is_requested() {
        return Err(Failure::Interrupted);
    }
    let mut errors = Vec::new();
    if !run.success {
        errors.push(Diagnostic::error(run.ended.clone()));
    } else if compiler == Compiler::ShadowCljs {
        let warnings = compiler::warnings(&run.output).into_iter();
        match workspace.settings.compile.warnings {
            Warnings::Fail => {
                errors.extend(warnings.map(|warning| Diagnostic::error(warning).help(WARNING_HELP)));
            }
            Warnings::Show => {
                warnings.for_each(|warning| on_event(Event::Diagnostic(Diagnostic::warning(warning))));
            }
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let output = run.output.clone();
    Err(Failure::Compile(CompileFailure { diagnostics: errors, output, ..CompileFailure::default() }))
}
