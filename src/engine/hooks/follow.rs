//! A hook and its worker: starts it, and hears what it says, for as long as the
//! settings let git wait.

use std::collections::VecDeque;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::adapters::process::{DetachedProcess, Program, spawn_detached};
use crate::adapters::state::{FeedReader, StateFolder};
use crate::core::failure::Failure;
use crate::core::sync::worker_message::{WorkerMessage, summary_of};
use crate::engine::hooks::order::Order;
use crate::engine::workspace::{Context, Workspace};

/// The command that a worker is.
pub const WORKER: &str = "worker";

/// Between two tries to hear something.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a worker that has said its last word may take to let go of its lock.
const UNLOCK_LIMIT: Duration = Duration::from_secs(2);

/// A worker that is followed: its words, one by one, until its end, or until
/// there is a reason to leave it alone.
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
    /// It has come to its end.
    Ended,
    /// It works on, and git has waited long enough.
    StillRunning,
    /// Another worker was there already, and goes on with this change.
    AnotherWorker,
    /// It is gone without having come to its end.
    Died,
}

/// Starts a worker; nothing of git's is held open by it.
pub fn start_worker(
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

/// Follows the worker that is at work already, and has waited for git until now.
pub fn follow_running(workspace: &Workspace) -> FollowedWorker {
    FollowedWorker::of(workspace, Worker::Other(workspace.state.clone()))
}

/// Who is followed.
#[derive(Debug)]
enum Worker {
    /// The process that was started for it.
    Own(DetachedProcess),
    /// Whoever holds the worker's lock.
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

    /// Whether it is worth listening on to one that waits.
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

    /// Why there is nothing more to hear.
    pub fn end(&self) -> FollowEnd {
        self.end.unwrap_or(FollowEnd::StillRunning)
    }

    /// Hears what was said, if it is said by our own worker.
    fn read_feed(&mut self) {
        for message in self.reader.read_new().unwrap_or_default() {
            self.has_started |= matches!(message, WorkerMessage::Started { pid, .. } if self.worker.is(pid));
            if self.has_started {
                self.unread.push_back(message);
            }
        }
    }

    /// Whether nobody works, although there is work.
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

    /// Takes away what was heard, once the lock is free: a hook that came before
    /// would take it for a sync that is under way, and the file of a worker that
    /// goes on would be taken away. Where it goes on, it has done that itself.
    fn remove_feed(&self) {
        let deadline = Instant::now() + UNLOCK_LIMIT;
        loop {
            match self.state.no_worker() {
                // Told is told; if it cannot be taken away it is told again.
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

/// What a worker that nobody followed to its end has to say, once. Nothing
/// while one is at work.
pub fn unreported_sync(workspace: &Workspace) -> Option<String> {
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
    fn who_has_heard_the_end_of_a_worker_finds_its_lock_free() {
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
    fn what_a_worker_says_that_goes_on_is_not_taken_away_with_what_was_heard() {
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
