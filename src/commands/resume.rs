//! `pm2sync resume`: hooks act again, and pending work is done at once.

use crate::commands::hook::{after, report_unreported_sync};
use crate::core::failure::Failure;
use crate::engine::hooks::pause::resume;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::Report;

/// What `resume` takes: nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Resumes, and checks as a hook would.
pub(crate) fn run(context: &Context, _: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    report_unreported_sync(&workspace, report);
    let (was_paused, is_pending) = resume(&workspace)?;
    report.say(if was_paused { "resumed: hooks act again" } else { "it was not paused" });
    if is_pending {
        after(context, "pm2sync resume", &[], report);
    }
    Ok(Exit::Done)
}
