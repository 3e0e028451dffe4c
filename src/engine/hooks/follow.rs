//! A hook and its worker: starts it, and reads its messages, for as long as the
//! settings let git wait.

use std::collections::VecDeque;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::adapters::process::{DetachedProcess, Program, spawn_detached};
use crate::adapters::state::StateFolder;
use crate::adapters::state::feed::FeedReader;
use crate::core::failure::Failure;
use crate::core::sync::worker_message::{WorkerMessage, summary_of};
use crate::engine::hooks::order::Order;
use crate::engine::workspace::{Context, Workspace};

/// The command that runs a worker.
pub(crate) const WORKER: &str = "worker";

/// The interval at which the feed is polled.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a worker that has ended may take to release its lock.
const UNLOCK_LIMIT: Duration = Duration::from_secs(2);

/// A worker that is followed: an iterator over its messages, until it ends or is
/// no longer followed.
#[derive(Debug)]
pub struct FollowedWorker {
    state: StateFolder,
    reader: FeedReader,
    worker: Worker,
    unread: VecDeque<WorkerMessage>,
    has_started: bool,
    deadline: Instant,
    end: Option<FollowEnd>,
}

/// Why a worker is no longer followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowEnd {
    /// It has ended.
    Ended,
    /// It still runs, and git has waited long enough.
    StillRunning,
    /// Another worker was running already, and will include this change.
    AnotherWorker,
    /// It was killed before it finished.
    Died,
}

/// Starts a worker, which holds nothing of git's open.
pub(crate) fn start_worker(
    context: &Context,
    workspace: &Workspace,
    order: &Order,
) -> Result<FollowedWorker, Failure> {
    let order = serde_json::to_string(order).context("cannot write down what to do")?;
    let program = Program {
        path: context.program.clone(),
        args: vec![WORKER.into(), order.into()],
        directory: workspace.root().to_owned(),
        environment: context.environment.variables().clone(),
    };
    Ok(FollowedWorker::of(workspace, Worker::Own(spawn_detached(&program)?)))
}

/// Follows the worker that is running already and has waited for git until now.
pub(crate) fn follow_running(workspace: &Workspace) -> FollowedWorker {
    FollowedWorker::of(workspace, Worker::Other(workspace.state.clone()))
}

/// Which worker is followed.
#[derive(Debug)]
enum Worker {
    /// The process that was started for it.
    Own(DetachedProcess),
    /// The holder of the worker's lock.
    Other(StateFolder),
}

impl Worker {
    fn has_exited(&mut self) -> bool {
        match self {
            Self::Own(process) => process.has_exited(),
            Self::Other(state) => state.no_worker().is_ok_and(|none| none.is_some()),
        }
    }

    fn is(&self, pid: u32) -> bool {
        match self {
            Self::Own(process) => process.pid() == pid,
            Self::Other(_) => true,
        }
    }

    /// Whether it has waited for git, so that `Waiting` is old news.
    fn waits_for_git(&self) -> bool {
        matches!(self, Self::Other(_))
    }
}

impl FollowedWorker {
    fn of(workspace: &Workspace, worker: Worker) -> Self {
        Self {
            reader: workspace.state.feed_reader(),
            state: workspace.state.clone(),
            worker,
            unread: VecDeque::new(),
            has_started: false,
            deadline: Instant::now() + workspace.settings.hooks.wait.0,
            end: None,
        }
    }

    /// Why there are no more messages.
    pub fn end(&self) -> FollowEnd {
        self.end.unwrap_or(FollowEnd::StillRunning)
    }

    /// Reads new messages, once the followed worker has started.
    fn read_feed(&mut self) {
        for message in self.reader.read_new().unwrap_or_default() {
            self.has_started |= matches!(message, WorkerMessage::Started { pid, .. } if self.worker.is(pid));
            if self.has_started {
                self.unread.push_back(message);
            }
        }
    }

    /// Whether no worker runs, although there is work.
    fn is_orphaned(&self) -> bool {
        let is_free = self.state.no_worker().is_ok_and(|none| none.is_some());
        is_free && self.state.pending().is_ok_and(|token| token.is_some())
    }

    fn finish(&mut self, end: FollowEnd) {
        self.end = Some(end);
        if matches!(end, FollowEnd::Ended | FollowEnd::Died) {
            self.remove_feed();
        }
    }

    /// Removes the feed once the lock is free: before, a hook would believe that a
    /// sync is still running, and a worker that goes on could lose its feed. A worker
    /// that goes on has replaced it itself.
    fn remove_feed(&self) {
        let deadline = Instant::now() + UNLOCK_LIMIT;
        loop {
            match self.state.no_worker() {
                // If it cannot be removed, it is reported a second time.
                Ok(Some(_none_works)) => return drop(self.reader.remove_file()),
                Ok(None) if Instant::now() < deadline => sleep(PAUSE),
                _ => return,
            }
        }
    }
}

impl Iterator for FollowedWorker {
    type Item = WorkerMessage;

    fn next(&mut self) -> Option<WorkerMessage> {
        while self.end.is_none() {
            if let Some(message) = self.unread.pop_front() {
                match message {
                    WorkerMessage::Ended { .. } => self.finish(FollowEnd::Ended),
                    WorkerMessage::Waiting(_) if self.worker.waits_for_git() => continue,
                    WorkerMessage::Waiting(_) => self.finish(FollowEnd::StillRunning),
                    _ => {}
                }
                return Some(message);
            }
            let is_gone = self.worker.has_exited();
            self.read_feed();
            if self.unread.is_empty() {
                match (is_gone, self.has_started) {
                    (true, true) => self.finish(FollowEnd::Died),
                    (true, false) if self.is_orphaned() => self.finish(FollowEnd::Died),
                    (true, false) => self.finish(FollowEnd::AnotherWorker),
                    (false, _) if Instant::now() >= self.deadline => self.finish(FollowEnd::StillRunning),
                    (false, _) => sleep(PAUSE),
                }
            }
        }
        None
    }
}

/// The summary of a worker that was not followed to its end, once. Nothing while
/// a worker runs.
pub(crate) fn unreported_sync(workspace: &Workspace) -> Option<String> {
    summary_of(&workspace.state.take_unreported().ok()?)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::mpsc::channel;
    use std::thread::{sleep, spawn};
    use std::time::{Duration, Instant};

    use super::{FollowEnd, FollowedWorker, Worker, summary_of};
    use crate::adapters::state::StateFolder;
    use crate::core::sync::worker_message::WorkerMessage;

    fn follow_lock_holder(state: &StateFolder) -> FollowedWorker {
        FollowedWorker {
            reader: state.feed_reader(),
            worker: Worker::Other(state.clone()),
            state: state.clone(),
            unread: VecDeque::new(),
            has_started: false,
            deadline: Instant::now() + Duration::from_mins(1),
            end: None,
        }
    }

    #[test]
    fn after_the_last_message_of_a_worker_its_lock_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let theirs = state.clone();
        let (written, hears) = channel();
        let worker = spawn(move || {
            let lock = theirs.lock_worker().unwrap().unwrap();
            let mut feed = theirs.create_feed().unwrap();
            feed.write(&WorkerMessage::Started { pid: 7, trigger: "git pull".to_owned() });
            feed.write(&WorkerMessage::Ended { at: "now".to_owned(), text: "1 done".to_owned() });
            written.send(()).unwrap();
            sleep(Duration::from_millis(300));
            drop(lock);
        });
        hears.recv().unwrap();
        let mut followed = follow_lock_holder(&state);
        assert_eq!(followed.by_ref().count(), 2);
        assert_eq!(followed.end(), FollowEnd::Ended);
        assert!(state.lock_worker().unwrap().is_some());
        worker.join().unwrap();
    }

    #[test]
    fn the_feed_of_a_worker_that_goes_on_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let mut followed = follow_lock_holder(&state);
        for text in ["first", "second"] {
            let _lock = state.lock_worker().unwrap().unwrap();
            let mut feed = state.create_feed().unwrap();
            feed.write(&WorkerMessage::Started { pid: 7, trigger: "git pull".to_owned() });
            followed.read_feed();
            feed.write(&WorkerMessage::Ended { at: "now".to_owned(), text: text.to_owned() });
        }
        assert_eq!(followed.by_ref().count(), 2);
        assert_eq!(followed.end(), FollowEnd::Ended);
        let unreported_sync = summary_of(&state.take_unreported().unwrap());
        assert!(unreported_sync.is_some_and(|line| line.contains("second")));
    }
}
