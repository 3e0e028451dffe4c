//! The worker: the sync that a hook starts when there is work, in a process of
//! its own, so that neither a slow compile nor a rebase in progress nor Ctrl-C
//! on `git pull` is anything special. One works in a workspace at a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::adapters::clock;
use crate::adapters::state::WorkerFeed;
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

/// Between two looks at git.
const PAUSE: Duration = Duration::from_millis(100);

/// How long another sync may hold the lock: nobody waits in front of a screen.
const LOCK_LIMIT: Duration = Duration::from_mins(15);

/// How what happens is put into words.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    /// What is said of an event, if anything.
    pub event: &'a dyn Fn(&Event) -> Option<WorkerMessage>,
    /// How a sync ended, in a line.
    pub summary: &'a dyn Fn(&Synced) -> String,
}

impl std::fmt::Debug for Wording<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wording")
    }
}

/// Works until nothing is pending. Where another worker is at it already, it
/// goes on with this change, and this one ends. `patience` is how long git may be
/// in the middle of something: then the pending mark stays, and the next trigger
/// goes on.
pub fn work(
    context: &Context,
    order: &Order,
    patience: Duration,
    wording: Wording<'_>,
) -> Result<(), Failure> {
    // A Ctrl-C that came before was meant for git.
    context.interrupt.reset();
    loop {
        let workspace = Workspace::open(context)?;
        let Some(lock) = workspace.state.lock_worker()? else { return Ok(()) };
        let mut feed = workspace.state.create_feed()?;
        feed.write(&WorkerMessage::Started { pid: std::process::id(), trigger: order.trigger.to_string() });
        // Read before the work: a trigger that comes while it ends counts on this worker.
        let seen = workspace.state.pending()?;
        let text = work_once(context, &workspace, order, patience, wording, &mut feed);
        feed.write(&WorkerMessage::Ended { at: clock::now(), text });
        drop((feed, lock));
        // Who found the lock taken has left a new token, before it was given back.
        let pending = workspace.state.pending()?;
        if pending.is_none() || pending == seen {
            return Ok(());
        }
    }
}

/// Waits for rest, syncs, and says how that ended.
fn work_once(
    context: &Context,
    workspace: &Workspace,
    order: &Order,
    patience: Duration,
    wording: Wording<'_>,
    feed: &mut WorkerFeed,
) -> String {
    let deadline = Instant::now() + patience;
    let ended = loop {
        let ended = catch_panic(&context.bugs, || {
            wait_for_git(workspace, deadline, feed)?;
            // What git was in the middle of may have changed the settings.
            let workspace = Workspace::open(context)?;
            match blocked_by(&workspace)? {
                Some(why) => Ok(Err(why)),
                None if is_up_to_date(&workspace)? => Ok(Err("nothing to do".to_owned())),
                None => sync_and_report(&workspace, order, wording, feed).map(Ok),
            }
        });
        // While it waited for another sync, git may have begun something.
        let began_again = workspace.repository.busy().is_some() && !workspace.state.is_over().unwrap_or(true);
        let may_wait = Instant::now() < deadline && !workspace.interrupt.is_requested();
        match ended {
            Err(Failure::Locked(_)) | Ok(Err(_)) if began_again && may_wait => {}
            ended => break ended,
        }
    };
    match ended {
        Ok(Ok(synced)) => (wording.summary)(&synced),
        Ok(Err(why)) => why,
        Err(failure) => {
            let text = failure.in_one_line();
            feed.write(&WorkerMessage::Failed(text.clone()));
            text
        }
    }
}

fn sync_and_report(
    workspace: &Workspace,
    order: &Order,
    wording: Wording<'_>,
    feed: &mut WorkerFeed,
) -> Result<Synced, Failure> {
    let request = Request {
        wishes: Wishes::default(),
        lock_timeout: LOCK_LIMIT,
        trigger: order.trigger.clone(),
        wait: true,
    };
    sync(workspace, &request, &mut |event| {
        if let Some(message) = (wording.event)(&event) {
            feed.write(&message);
        }
    })
}

/// Waits until git is in the middle of nothing, or has said that it is over.
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
