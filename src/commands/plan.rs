//! `pm2sync plan`: what `sync` would do, without doing it.

use std::time::Duration;

use crate::commands::Format;
use crate::commands::hook::tell_untold;
use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::core::reason::revealed;
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
    /// Show the values of variables and arguments, too: only on a terminal
    #[arg(long)]
    show_env: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Plans, and shows the plan.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    if args.show_env {
        refuse_to_leak(args.format, report)?;
    }
    let workspace = Workspace::open(context)?;
    tell_untold(&workspace, report);
    let wishes = Wishes { by_hand: true, ..Wishes::default() };
    let shown = Shown { format: args.format, env: args.show_env };
    let plan = show(&workspace, &wishes, LOCK_TIMEOUT, shown, report)?;
    let pending = args.exit_code && !plan.actions.is_empty();
    Ok(if pending { Exit::Pending } else { Exit::Done })
}

/// Values may be secrets, and what is no terminal keeps what it is given.
fn refuse_to_leak(format: Format, report: &Report) -> Result<(), Failure> {
    let why = if format != Format::Human {
        "`--show-env` shows values that may be secrets, which JSON never holds; leave out `--format`"
    } else if !report.answers_a_terminal() {
        "`--show-env` shows values that may be secrets, and so only on a terminal; leave out the pipe, or `--show-env`"
    } else {
        return Ok(());
    };
    Err(Failure::Usage(why.to_owned()))
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// In words or as a document.
    pub format: Format,
    /// Whether values that may be secrets are shown, on a terminal.
    pub env: bool,
}

/// Shows what a sync with these wishes would do.
pub fn show(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    shown: Shown,
    report: &mut Report,
) -> Result<Plan, Failure> {
    let human = shown.format == Format::Human;
    let plan = look(workspace, wishes, lock_timeout, &mut |event| {
        if human {
            report.event(&event);
        }
    })?;
    if human {
        for planned in &plan.actions {
            report.answer(&report.styled(&human::planned(planned), owo_colors::Style::new().cyan()));
            let values = planned.reasons.iter().filter_map(revealed).filter(|_| shown.env);
            values.for_each(|line| report.answer(&format!("  {line}")));
        }
        report.say(&human::plan_summary(&plan));
    } else {
        report.document(&json::plan(&plan));
    }
    Ok(plan)
}
