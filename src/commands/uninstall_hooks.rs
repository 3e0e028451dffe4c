//! `pm2sync uninstall-hooks`: take our lines out of git's hooks, to the byte.

use crate::commands::install_hooks::line;
use crate::core::failure::Failure;
use crate::engine::hooks::install::{calling_manager, uninstall_hooks};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::Report;

/// What `uninstall-hooks` takes: nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Uninstalls, and says what became of each hook.
pub(crate) fn run(context: &Context, _: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let (folder, removed) = uninstall_hooks(context)?;
    for hook in &removed {
        report.say(&line(hook));
    }
    if removed.is_empty() {
        report.say(&format!("no hook of pm2sync's in {}", folder.display()));
    }
    if let Some((manager, file)) = calling_manager(context)? {
        report.note(&format!("{manager} still calls pm2sync; remove the lines from `{file}`"));
    }
    Ok(Exit::Done)
}
