//! `pm2sync plan`: what `sync` would do, without doing it.

use std::time::Duration;

use crate::commands::Format;
use crate::commands::hook::tell_untold;
use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::engine::decide::Wishes;
use crate::engine::sync::look;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Report, human, json};

/// How long a plan waits for a sync that is under way.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// What `plan` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Exit with 3 if there is anything to do
    #[arg(long)]
    exit_code: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Plans, and shows the plan.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let workspace = Workspace::open(context)?;
    tell_untold(&workspace, report);
    let wishes = Wishes { by_hand: true, ..Wishes::default() };
    let plan = show(&workspace, &wishes, LOCK_TIMEOUT, args.format, report)?;
    let pending = args.exit_code && !plan.actions.is_empty();
    Ok(if pending { Exit::Pending } else { Exit::Done })
}

/// Shows what a sync with these wishes would do.
pub fn show(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    format: Format,
    report: &mut Report,
) -> Result<Plan, Failure> {
    let human = format == Format::Human;
    let plan = look(workspace, wishes, lock_timeout, &mut |event| {
        if human {
            report.event(&event);
        }
    })?;
    if human {
        for planned in &plan.actions {
            report.answer(&report.styled(&human::planned(planned), owo_colors::Style::new().cyan()));
        }
        report.say(&human::plan_summary(&plan));
    } else {
        report.document(&json::plan(&plan));
    }
    Ok(plan)
}
