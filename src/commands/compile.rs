//! `pm2sync compile`: compiles the definitions into the artifact, and touches no app.

use std::time::Duration;

use crate::commands::words::choices;
use crate::core::failure::Failure;
use crate::core::settings::Compiler;
use crate::core::sync::event::Event;
use crate::engine::compile::compile;
use crate::engine::compile::definitions::ArtifactAccess;
use crate::engine::sync::locks::lock_to_compile;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::Report;

/// How long to wait for a sync that compiles itself.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// What `compile` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Compile with this one, whatever the settings say
    #[arg(long, value_name = "NAME", value_parser = choices::<Compiler>())]
    compiler: Option<Compiler>,
    /// Print the definitions as JSON, and write nothing
    #[arg(long)]
    print: bool,
}

/// Compiles, and writes or prints.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    let compiler = args.compiler.unwrap_or(workspace.settings.compile.compiler);
    let mode = if args.print { ArtifactAccess::Spare } else { ArtifactAccess::Write };
    let _lock = lock_to_compile(&workspace, LOCK_TIMEOUT)?;
    let definitions = compile(&workspace, compiler, None, mode, &mut |event| {
        if !args.print || matches!(event, Event::Diagnostic(_) | Event::Read { .. }) {
            report.event(&event);
        }
    })?;
    if args.print {
        report.document(&definitions.exports);
        return Ok(Exit::Done);
    }
    let desired = &definitions.desired;
    let errors = desired.errors();
    desired.warnings.iter().chain(&errors).for_each(|said| report.diagnostic(said));
    let what = match definitions.compiler {
        Compiler::None => format!("nothing to compile: `{}` is written by hand", workspace.settings.entry),
        compiler => format!(
            "compiled `{}` ({compiler}, {} apps)",
            workspace.settings.compile.output,
            desired.apps.len()
        ),
    };
    report.say(&what);
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Failed })
}
