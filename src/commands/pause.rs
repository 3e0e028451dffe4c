//! `pm2sync pause`: hooks leave everything as it is, until `pm2sync resume` or
//! until the time is over. Syncs by hand go on working.

use crate::commands::hook::report_unreported_sync;
use crate::core::failure::Failure;
use crate::core::settings::Span;
use crate::engine::hooks::pause::pause;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::Report;

/// What `pause` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// For how long, like `30m` or `2h`; without it, until `pm2sync resume`
    #[arg(long = "for", value_name = "DURATION")]
    span: Option<Span>,
    /// Why, as `pm2sync status` shows it
    reason: Option<String>,
}

/// Pauses, and says until when.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    report_unreported_sync(&workspace, report);
    let (pause, before) = pause(&workspace, args.span.map(|span| span.0), args.reason.clone())?;
    if let Some(before) = before {
        report.say(&format!("was {before}; this replaces it"));
    }
    report.say(&format!("{pause}; hooks do nothing, `pm2sync sync` works, `pm2sync resume` ends it"));
    Ok(Exit::Done)
}
