//! `pm2sync history`: the syncs of this workspace, the newest first.

use crate::commands::hook::report_unreported_sync;
use crate::commands::words::{HUMAN, JSON, formats, not_taken};
use crate::core::failure::Failure;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Format, Report, human, json};

/// What `history` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many syncs to show at most
    #[arg(short = 'n', value_name = "N", default_value_t = 20)]
    most: usize,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats(&[HUMAN, JSON]))]
    pub format: Format,
}

/// Reads the journal, and shows its end.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    report_unreported_sync(&workspace, report);
    let mut entries = workspace.state.journal()?;
    entries.reverse();
    entries.truncate(args.most);
    match args.format {
        Format::Json => report.document(&json::history(&entries)),
        Format::Human if entries.is_empty() && args.most > 0 => {
            report.say("no sync yet; `pm2sync sync` is the first");
        }
        Format::Human => entries.iter().flat_map(human::history).for_each(|line| report.answer(&line)),
        Format::Markdown | Format::Github | Format::Sarif => return Err(not_taken(args.format)),
    }
    Ok(Exit::Done)
}
