//! The worker: the sync that a hook starts when there is work, in a process of
//! its own, so that neither a slow compile nor a rebase in progress nor Ctrl-C
//! on `git pull` needs special handling. One runs in a workspace at a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::adapters::clock;
use crate::adapters::state::feed::WorkerFeed;
use crate::core::failure::Failure;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::Synced;
use crate::core::sync::worker_message::WorkerMessage;
use crate::engine::bug::catch_panic;
use crate::engine::hooks::order::Order;
use crate::engine::sync::decide::Wishes;
use crate::engine::sync::gate::{blocked_by, is_up_to_date};
use crate::engine::sync::request::Request;
use crate::engine::sync::sync;
use crate::engine::workspace::{Context, Workspace};

/// The interval at which git is polled.
const PAUSE: Duration = Duration::from_millis(100);

/// How long another sync may hold the lock: nobody is waiting at a terminal.
const LOCK_LIMIT: Duration = Duration::from_mins(15);

/// How events and results are worded.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    /// The message for an event, if any.
    pub event: &'a dyn Fn(&Event) -> Option<WorkerMessage>,
    /// The summary of a sync, in a line.
    pub summary: &'a dyn Fn(&Synced) -> String,
}

impl std::fmt::Debug for Wording<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wording")
    }
}

/// Syncs until nothing is pending. Where another worker is running, that one will
/// include this change, and this one ends. `patience` limits the wait for an
/// operation of git: after it the pending token stays for the next trigger.
pub fn work(
    context: &Context,
    order: &Order,
    patience: Duration,
    wording: Wording<'_>,
) -> Result<(), Failure> {
    let task = Task { context, order, patience, wording };
    // A SIGINT that came before was meant for git.
    context.interrupt.reset();
    loop {
        let workspace = Workspace::open(context)?;
        let Some(lock) = workspace.state.lock_worker()? else { return Ok(()) };
        let mut feed = workspace.state.create_feed()?;
        feed.write(&WorkerMessage::Started { pid: std::process::id(), trigger: order.trigger.to_string() });
        // Read before the sync: a trigger that comes while it ends relies on this worker.
        let seen = workspace.state.pending()?;
        let text = work_once(task, &workspace, &mut feed);
        feed.write(&WorkerMessage::Ended { at: clock::now(), text });
        drop((feed, lock));
        // A hook that found the lock taken has left a new token before its release.
        let pending = workspace.state.pending()?;
        if pending.is_none() || pending == seen {
            return Ok(());
        }
    }
}

/// What a worker is asked to do, and how it words its messages.
#[derive(Clone, Copy)]
struct Task<'a> {
    context: &'a Context,
    order: &'a Order,
    patience: Duration,
    wording: Wording<'a>,
}

/// Waits for git, syncs, and returns the summary.
fn work_once(task: Task<'_>, workspace: &Workspace, feed: &mut WorkerFeed) -> String {
    let deadline = Instant::now() + task.patience;
    let ended = loop {
        let ended = catch_panic(&task.context.bugs, || {
            wait_for_git(workspace, deadline, feed)?;
            // The operation of git may have changed the settings.
            let workspace = Workspace::open(task.context)?;
            match blocked_by(&workspace)? {
                Some(why) => Ok(Err(why)),
                None if is_up_to_date(&workspace)? => Ok(Err("nothing to do".to_owned())),
                None => sync_and_report(&workspace, task, feed).map(Ok),
            }
        });
        // While it waited for another sync, git may have begun an operation.
        let began_again = workspace.repository.busy().is_some() && !workspace.state.is_over().unwrap_or(true);
        let may_wait = Instant::now() < deadline && !workspace.interrupt.is_requested();
        match ended {
            Err(Failure::Locked(_)) | Ok(Err(_)) if began_again && may_wait => {}
            ended => break ended,
        }
    };
    match ended {
        Ok(Ok(synced)) => (task.wording.summary)(&synced),
        Ok(Err(why)) => why,
        Err(failure) => {
            let text = failure.in_one_line();
            feed.write(&WorkerMessage::Failed(text.clone()));
            text
        }
    }
}

fn sync_and_report(workspace: &Workspace, task: Task<'_>, feed: &mut WorkerFeed) -> Result<Synced, Failure> {
    let request = Request {
        wishes: Wishes::default(),
        lock_timeout: LOCK_LIMIT,
        trigger: task.order.trigger.clone(),
        wait: true,
    };
    sync(workspace, &request, &mut |event| {
        if let Some(message) = (task.wording.event)(&event) {
            feed.write(&message);
        }
    })
}

/// Waits until no operation of git is in progress, or a token says that it is over.
fn wait_for_git(workspace: &Workspace, deadline: Instant, feed: &mut WorkerFeed) -> Result<(), Failure> {
    let mut reported = false;
    while let Some(what) = workspace.repository.busy() {
        if workspace.state.is_over()? {
            return Ok(());
        }
        if !std::mem::replace(&mut reported, true) {
            feed.write(&WorkerMessage::Waiting(format!("the {what}")));
        }
        if workspace.interrupt.is_requested() || Instant::now() >= deadline {
            return Err(Failure::Locked(format!(
                "the {what} has not ended; the next hook or `pm2sync sync` continues"
            )));
        }
        sleep(PAUSE);
    }
    Ok(())
}
