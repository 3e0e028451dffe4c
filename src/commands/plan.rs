//! `pm2sync plan`: what `sync` would do, or what a change of revisions would,
//! without doing it.

use std::time::Duration;

use clap::ValueEnum;

use crate::commands::Format;
use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::engine::decide::Wishes;
use crate::engine::revisions::{against_running, between};
use crate::engine::sync::look;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Report, human, json, markdown};

/// How long a plan waits for a sync that is under way.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// What `plan` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What this change of revisions would do where BASE is applied, from git alone; `BASE...HEAD`
    /// begins where the two parted
    #[arg(value_name = "BASE..HEAD")]
    range: Option<String>,
    /// Compare the definitions of HEAD with what PM2 runs, in the place of those of BASE
    #[arg(long, value_name = "WHAT")]
    against: Option<Against>,
    /// Exit with 3 if there is anything to do
    #[arg(long)]
    exit_code: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: PlanFormat,
}

/// What the definitions of a revision are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// The older revision.
    Base,
    /// What PM2 runs.
    Running,
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    Human,
    /// One JSON document on stdout, and nothing else there.
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// Plans, and shows the plan.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let plan = match &args.range {
        Some(range) => of_revisions(context, args, range, report)?,
        None if args.against == Some(Against::Base) => {
            return Err(Failure::Usage("`--against base` needs two revisions: `BASE..HEAD`".to_owned()));
        }
        None => {
            let workspace = Workspace::open(context)?;
            let wishes = Wishes { by_hand: true, ..Wishes::default() };
            let plan = found(&workspace, &wishes, LOCK_TIMEOUT, args.format == PlanFormat::Human, report)?;
            print(&plan, "PM2..worktree", args.format, report);
            plan
        }
    };
    let pending = args.exit_code && !plan.actions.is_empty();
    Ok(if pending { Exit::Pending } else { Exit::Done })
}

fn of_revisions(context: &Context, args: &Args, range: &str, report: &mut Report) -> Result<Plan, Failure> {
    let compared = match args.against {
        Some(Against::Running) => against_running(context, range)?,
        Some(Against::Base) | None => between(context, range)?,
    };
    compared.warnings.iter().for_each(|warning| report.diagnostic(warning));
    print(&compared.plan, &compared.title, args.format, report);
    Ok(compared.plan)
}

/// Shows what a sync with these wishes would do.
pub fn show(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    format: Format,
    report: &mut Report,
) -> Result<Plan, Failure> {
    let plan = found(workspace, wishes, lock_timeout, format == Format::Human, report)?;
    let format = if format == Format::Human { PlanFormat::Human } else { PlanFormat::Json };
    print(&plan, "", format, report);
    Ok(plan)
}

fn found(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    with_events: bool,
    report: &mut Report,
) -> Result<Plan, Failure> {
    look(workspace, wishes, lock_timeout, &mut |event| {
        if with_events {
            report.event(&event);
        }
    })
}

/// Prints a plan; `title` is what was compared.
fn print(plan: &Plan, title: &str, format: PlanFormat, report: &mut Report) {
    match format {
        PlanFormat::Human => {
            for planned in &plan.actions {
                report.answer(&report.styled(&human::planned(planned), owo_colors::Style::new().cyan()));
            }
            report.say(&human::plan_summary(plan));
        }
        PlanFormat::Json => report.document(&json::plan(plan)),
        PlanFormat::Markdown => report.text(&markdown::plan(title, plan)),
    }
}
