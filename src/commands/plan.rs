//! `pm2sync plan`: what `sync` would do, or what a change of revisions would,
//! without doing it.

use std::time::Duration;

use clap::ValueEnum;

use crate::commands::hook::report_unreported_sync;
use crate::commands::words::{HUMAN, JSON, formats, not_taken};
use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::core::reason::words::revealed;
use crate::engine::inspect::revisions::{against_running, between};
use crate::engine::sync::decide::Wishes;
use crate::engine::sync::preview;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Format, Report, human, json, markdown};

/// How long a plan waits for a running sync.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// What a workflow posts.
const MARKDOWN: (Format, &str) = (Format::Markdown, "For a comment on a pull request");

/// What `plan` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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
    /// Show the values of variables and arguments, too: only on a terminal
    #[arg(long)]
    show_env: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats(&[HUMAN, JSON, MARKDOWN]))]
    pub format: Format,
}

/// What the definitions of a revision are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Against {
    /// The older revision.
    Base,
    /// What PM2 runs.
    Running,
}

/// Plans, and shows the plan.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    if args.show_env {
        refuse_to_leak(args.format, report)?;
    }
    let shown = Shown { format: args.format, env: args.show_env };
    let plan = match &args.range {
        Some(range) => of_revisions(context, args, range, shown, report)?,
        None if args.against == Some(Against::Base) => {
            return Err(Failure::Usage("`--against base` needs two revisions: `BASE..HEAD`".to_owned()));
        }
        None => {
            let workspace = Workspace::open(context)?;
            report_unreported_sync(&workspace, report);
            let wishes = Wishes { by_hand: true, ..Wishes::default() };
            show(&workspace, &wishes, LOCK_TIMEOUT, shown, report)?
        }
    };
    let pending = args.exit_code && plan.actions.iter().any(|planned| !planned.action.is_settled());
    Ok(if pending { Exit::Pending } else { Exit::Done })
}

/// Values may be secrets, and output that does not go to a terminal is kept.
fn refuse_to_leak(format: Format, report: &Report) -> Result<(), Failure> {
    let why = if format != Format::Human {
        "`--show-env` shows values that may be secrets, which no document holds; leave out `--format`"
    } else if !report.answers_a_terminal() {
        "`--show-env` shows values that may be secrets, and so only on a terminal; leave out the pipe, or `--show-env`"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(why.to_owned()))
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// In words or as a document.
    pub format: Format,
    /// Whether values that may be secrets are shown, on a terminal.
    pub env: bool,
}

fn of_revisions(
    context: &Context,
    args: &Args,
    range: &str,
    shown: Shown,
    report: &mut Report,
) -> Result<Plan, Failure> {
    let compared = match args.against {
        Some(Against::Running) => against_running(context, range)?,
        Some(Against::Base) | None => between(context, range)?,
    };
    compared.warnings.iter().for_each(|warning| report.diagnostic(warning));
    print(&compared.plan, &compared.title, shown, report)?;
    Ok(compared.plan)
}

/// Shows what a sync with these wishes would do.
pub(crate) fn show(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    shown: Shown,
    report: &mut Report,
) -> Result<Plan, Failure> {
    let plan = preview(workspace, wishes, lock_timeout, &mut |event| {
        if shown.format == Format::Human {
            report.event(&event);
        }
    })?;
    print(&plan, "PM2..worktree", shown, report)?;
    Ok(plan)
}

/// Prints a plan; `title` is what was compared.
fn print(plan: &Plan, title: &str, shown: Shown, report: &mut Report) -> Result<(), Failure> {
    match shown.format {
        Format::Human => {
            for (line, planned) in human::plan_lines(plan) {
                report.answer(&report.styled(&line, owo_colors::Style::new().cyan()));
                let reasons = planned.into_iter().flat_map(|planned| &planned.reasons);
                let values = reasons.filter_map(revealed).filter(|_| shown.env);
                values.for_each(|line| report.answer(&format!("  {line}")));
            }
            report.say(&human::plan_summary(plan));
        }
        Format::Json => report.document(&json::plan(plan)),
        Format::Markdown => report.text(&markdown::plan(title, plan)),
        Format::Github | Format::Sarif => return Err(not_taken(shown.format)),
    }
    Ok(())
}
