//! `pm2sync status`: how the running apps compare with the definitions.

use crate::commands::hook::report_unreported_sync;
use crate::commands::words::{HUMAN, JSON, formats, not_taken};
use crate::core::failure::Failure;
use crate::core::inspect::status::Status;
use crate::engine::inspect::status::{app_states, workspace_status};
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Format, Report, json, status as status_report};

/// What `status` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Exit with 3 if anything is not in sync
    #[arg(long)]
    exit_code: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats(&[HUMAN, JSON]))]
    pub format: Format,
}

/// Gathers the status, and prints it.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    report_unreported_sync(&workspace, report);
    let status = match args.format {
        Format::Human => print_status(&workspace, report)?,
        Format::Json => print_document(&workspace, report)?,
        Format::Markdown | Format::Github | Format::Sarif => return Err(not_taken(args.format)),
    };
    let unsettled = status.pending || status.apps.iter().any(|app| !app.state.is_settled());
    Ok(if args.exit_code && unsettled { Exit::Pending } else { Exit::Done })
}

/// The lines above the table come also where the definitions cannot be read, as
/// in the middle of a merge.
fn print_status(workspace: &Workspace, report: &mut Report) -> Result<Status, Failure> {
    let mut status = workspace_status(workspace)?;
    for line in status_report::head(&status) {
        report.answer(&line);
    }
    (status.apps, status.variables) = app_states(workspace, &mut |event| report.event(&event))?;
    for line in status_report::table(&status) {
        report.answer(&line);
    }
    Ok(status)
}

/// One document, complete but for the apps where the definitions cannot be read.
fn print_document(workspace: &Workspace, report: &mut Report) -> Result<Status, Failure> {
    let mut status = workspace_status(workspace)?;
    match app_states(workspace, &mut |_| {}) {
        Ok((apps, variables)) => (status.apps, status.variables) = (apps, variables),
        Err(failure) => {
            report.document(&json::status(&status, Some(&failure)));
            return Err(failure);
        }
    }
    report.document(&json::status(&status, None));
    Ok(status)
}
