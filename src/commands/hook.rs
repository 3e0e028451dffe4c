//! `pm2sync hook`: what git calls. `pre-commit` checks what is staged, and may fail;
//! every other event syncs, never fails, and prints a line for each app, or nothing.

use crate::commands::{check, doctor};
use crate::core::hooks::shim::CHECKED;
use crate::core::sync::outcome::ErrorLog;
use crate::core::sync::trigger::Trigger;
use crate::core::sync::worker_message::WorkerMessage;
use crate::engine::apply::health_watch::last_lines;
use crate::engine::hooks::follow::{FollowEnd, FollowedWorker, unreported_sync};
use crate::engine::hooks::{HookResult, handle_event};
use crate::engine::inspect::doctor::PROBE;
use crate::engine::workspace::{Context, Workspace};
use crate::exit::Exit;
use crate::report::Report;

/// What `hook` takes: git's name of the event and git's own arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// git's name of the event, and what git gives the hook
    #[arg(value_name = "EVENT [ARG]...", trailing_var_arg = true, allow_hyphen_values = true)]
    messages: Vec<String>,
}

/// Handles the event, and prints the result.
pub(crate) fn run(mut context: Context, args: &Args, report: &mut Report) -> Exit {
    if let Some(fallback) = context.environment.os("PM2SYNC_PATH").map(ToOwned::to_owned) {
        context.environment = context.environment.with_fallback_path(&fallback);
    }
    if context.environment.os(PROBE).is_some() {
        return doctor::answer(&context, report);
    }
    // Wrong arguments do not fail: the event means only *check now*.
    let (event, arguments) =
        args.messages.split_first().map_or(("hook", &[][..]), |(event, rest)| (event.as_str(), rest));
    if event == CHECKED {
        return check::before_commit(&context, report);
    }
    after(&context, event, arguments, report);
    Exit::Done
}

/// Handles an event that syncs, and prints the messages of its worker.
pub(crate) fn after(context: &Context, event: &str, arguments: &[String], report: &mut Report) {
    match handle_event(context, event, arguments, &mut |line| report.hook(line)) {
        Ok(HookResult::Nothing) => {}
        Ok(HookResult::Message(line)) => report.hook(&line),
        Ok(HookResult::Working { trigger, worker }) => follow(&trigger, *worker, report),
        Err(failure) => report.hook(&failure.in_one_line()),
    }
}

/// Prints the messages of the worker, as long as it is followed.
fn follow(trigger: &Trigger, mut worker: FollowedWorker, report: &mut Report) {
    let mut headed = false;
    let mut head = |report: &mut Report| {
        if !std::mem::replace(&mut headed, true) {
            report.hook(&trigger.to_string());
        }
    };
    let mut waits = false;
    for message in worker.by_ref() {
        match message {
            WorkerMessage::Started { .. } | WorkerMessage::Ended { .. } => {}
            WorkerMessage::Waiting(what) => {
                waits = true;
                report.hook(&format!("waiting for {what} to end; the sync then continues by itself"));
            }
            WorkerMessage::Line { text, log } => {
                head(report);
                report.hook_detail(&text);
                if let Some((path, from)) = log {
                    report.log(&last_lines(&ErrorLog { path, from }));
                }
            }
            WorkerMessage::Failed(text) => {
                head(report);
                report.hook(&text);
            }
        }
    }
    match worker.end() {
        FollowEnd::Ended => {}
        FollowEnd::StillRunning if waits => {}
        FollowEnd::StillRunning => {
            head(report);
            report.hook("the sync continues in the background; `pm2sync status` shows how it ended");
        }
        FollowEnd::AnotherWorker => report.hook("a sync is already running, and will include this change"),
        FollowEnd::Died => report.hook("the sync was killed before it finished; `pm2sync sync` continues"),
    }
}

/// Reports a background sync that no hook has reported.
pub(crate) fn report_unreported_sync(workspace: &Workspace, report: &mut Report) {
    if let Some(line) = unreported_sync(workspace) {
        report.note(&line);
    }
}
