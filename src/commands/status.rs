//! `pm2sync status`: how the running apps compare with the definitions.

use crate::commands::Format;
use crate::commands::hook::report_unreported_sync;
use crate::core::failure::Failure;
use crate::engine::inspect::status::{app_states, workspace_status};
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Report, json, status as status_report};

/// What `status` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Exit with 3 if anything is not in sync
    #[arg(long)]
    exit_code: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}

/// Gathers the status, and prints it.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    report_unreported_sync(&workspace, report);
    let human = args.format == Format::Human;
    let mut status = workspace_status(&workspace)?;
    if human {
        // Also where the definitions cannot be read, as in the middle of a merge.
        for line in status_report::head(&status) {
            report.answer(&line);
        }
    }
    let found = app_states(&workspace, &mut |event| {
        if human {
            report.event(&event);
        }
    });
    match found {
        Ok((apps, variables)) => (status.apps, status.variables) = (apps, variables),
        Err(failure) => {
            if !human {
                report.document(&json::status(&status, Some(&failure)));
            }
            return Err(failure);
        }
    }
    if human {
        for line in status_report::table(&status) {
            report.answer(&line);
        }
    } else {
        report.document(&json::status(&status, None));
    }
    let unsettled = status.pending || status.apps.iter().any(|app| !app.state.is_settled());
    Ok(if args.exit_code && unsettled { Exit::Pending } else { Exit::Done })
}
