//! `pm2sync status`: how what runs stands to the definitions.

use crate::commands::hook::tell_untold;
use crate::commands::words::{HUMAN, JSON, formats, not_taken};
use crate::core::failure::Failure;
use crate::core::inspect::status::Status;
use crate::engine::inspect::status::{apps, standing};
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Format, Report, json, status as words};

/// What `status` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Exit with 3 if anything is not in sync
    #[arg(long)]
    exit_code: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats(&[HUMAN, JSON]))]
    pub format: Format,
}

/// Looks, and shows what was seen.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    tell_untold(&workspace, report);
    let status = match args.format {
        Format::Human => in_words(&workspace, report)?,
        Format::Json => as_document(&workspace, report)?,
        Format::Markdown | Format::Github | Format::Sarif => return Err(not_taken(args.format)),
    };
    let unsettled = status.pending || status.apps.iter().any(|app| !app.state.is_settled());
    Ok(if args.exit_code && unsettled { Exit::Pending } else { Exit::Done })
}

/// The lines above the table come also where the definitions cannot be read, as
/// in the middle of a merge.
fn in_words(workspace: &Workspace, report: &mut Report) -> Result<Status, Failure> {
    let mut status = standing(workspace)?;
    words::head(&status).iter().for_each(|line| report.answer(line));
    (status.apps, status.variables) = apps(workspace, &mut |event| report.event(&event))?;
    words::table(&status).iter().for_each(|line| report.answer(line));
    Ok(status)
}

/// One document, which tells what it can also where the definitions cannot be read.
fn as_document(workspace: &Workspace, report: &mut Report) -> Result<Status, Failure> {
    let mut status = standing(workspace)?;
    match apps(workspace, &mut |_| {}) {
        Ok((apps, variables)) => (status.apps, status.variables) = (apps, variables),
        Err(failure) => {
            report.document(&json::status(&status, Some(&failure)));
            return Err(failure);
        }
    }
    report.document(&json::status(&status, None));
    Ok(status)
}
