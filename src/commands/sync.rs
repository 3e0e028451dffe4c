//! `pm2sync sync`: bring PM2 to what the definitions say, by hand.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::hook::report_unreported_sync;
use crate::commands::plan;
use crate::commands::words::{HUMAN, JSON, choices, formats, not_taken};
use crate::core::failure::Failure;
use crate::core::plan::Ended;
use crate::core::reason::words::InOneLine;
use crate::core::settings::Removed;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{Outcome, Synced};
use crate::core::sync::trigger::Trigger;
use crate::engine::apply::health_watch::last_lines;
use crate::engine::inspect::status::last_sync;
use crate::engine::sync::decide::Wishes;
use crate::engine::sync::request::Request;
use crate::engine::sync::sync;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::{Format, Report, human, json};

/// What `sync` takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show what would be done, and do nothing (`pm2sync plan`)
    #[arg(long)]
    dry_run: bool,
    /// Act on this app alone; may be repeated
    #[arg(long, value_name = "APP")]
    only: Vec<String>,
    /// Replace this app although it is in sync; may be repeated
    #[arg(long, value_name = "APP")]
    force: Vec<String>,
    /// Take over the apps of the workspaces in this folder, of which this one takes the place; may be repeated
    #[arg(long, value_name = "FOLDER")]
    take_over: Vec<PathBuf>,
    /// What becomes of owned apps whose definition is gone
    #[arg(long, value_name = "POLICY", value_parser = choices::<Removed>())]
    removed: Option<Removed>,
    /// Let empty definitions remove every owned app
    #[arg(long)]
    allow_empty: bool,
    /// Agree to what would be asked: taking over apps that pm2sync did not start, and removals
    #[arg(long)]
    yes: bool,
    /// Do not wait until started apps have proved that they stay up
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for another sync, in seconds
    #[arg(long, value_name = "S", default_value_t = 60)]
    lock_timeout: u64,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats(&[HUMAN, JSON]))]
    pub format: Format,
}

impl Args {
    /// What the arguments ask for. A folder is relative to the directory of `-C`.
    fn wishes(&self, context: &Context) -> Wishes {
        Wishes {
            by_hand: true,
            removed: self.removed,
            allow_empty: self.allow_empty,
            yes: self.yes,
            only: self.only.iter().cloned().collect(),
            force: self.force.iter().cloned().collect(),
            taken_over: self.take_over.iter().map(|folder| context.directory.join(folder)).collect(),
            ..Wishes::default()
        }
    }
}

/// Syncs, and asks about what needs a person where there is one.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let human = match args.format {
        Format::Human => true,
        Format::Json => false,
        // Before anything is done.
        Format::Markdown | Format::Github | Format::Sarif => return Err(not_taken(args.format)),
    };
    let workspace = Workspace::open(context)?;
    let lock_timeout = Duration::from_secs(args.lock_timeout);
    if let Some(app) = args.force.iter().find(|app| !args.only.is_empty() && !args.only.contains(app)) {
        return Err(Failure::Usage(format!("`--force {app}` is not among the apps that `--only` names")));
    }
    let wishes = args.wishes(context);
    if args.dry_run {
        let shown = plan::Shown { format: args.format, env: false };
        plan::show(&workspace, &wishes, lock_timeout, shown, report)?;
        return Ok(Exit::Done);
    }
    report_unreported_sync(&workspace, report);
    if human && let Some(last) = last_sync(&workspace) {
        report.note(&format!("last sync {} ({})", last.at, last.by));
    }
    let trigger = Trigger::named("pm2sync sync");
    let request = Request { wishes: wishes.clone(), lock_timeout, trigger, wait: !args.no_wait };
    let mut synced = sync(&workspace, &request, &mut |event| {
        if human {
            show(&event, report);
        }
    })?;
    if human && report.can_ask() && !synced.interrupted {
        let agreed = agreed(&synced, report);
        if !agreed.is_empty() {
            let wishes = Wishes { yes: true, only: agreed, ..wishes };
            let again = sync(&workspace, &Request { wishes, ..request }, &mut |event| show(&event, report))?;
            synced.outcomes.retain(|old| !again.outcomes.iter().any(|new| new.app == old.app));
            synced.outcomes.extend(again.outcomes);
        }
    }
    if human {
        report.say(&human::sync_summary(&synced));
    } else {
        report.document(&json::sync(&synced));
    }
    Ok(exit(&synced))
}

/// Prints an event, and the end of the error log of an app that failed.
fn show(event: &Event, report: &mut Report) {
    report.event(event);
    if let Event::Acted(Outcome { log: Some(log), .. }) = event {
        report.log(&last_lines(log));
    }
}

/// The apps that were left because a person has to agree, who now does.
fn agreed(synced: &Synced, report: &mut Report) -> BTreeSet<String> {
    let mut agreed = BTreeSet::new();
    for outcome in synced.outcomes.iter().filter(|outcome| outcome.needs_agreement) {
        let question = format!("{}: {}; continue?", outcome.app, InOneLine(&outcome.reasons));
        if report.ask(&question) {
            agreed.insert(outcome.app.clone());
        }
    }
    agreed
}

fn exit(synced: &Synced) -> Exit {
    if synced.interrupted {
        return Exit::Interrupted;
    }
    let has = |result: Ended| synced.outcomes.iter().any(|outcome| outcome.result == result);
    if has(Ended::Unhealthy) || has(Ended::RolledBack) {
        Exit::Unhealthy
    } else if synced.outcomes.iter().all(Outcome::is_as_wanted) {
        Exit::Done
    } else {
        Exit::Failed
    }
}
