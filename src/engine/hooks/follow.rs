//! A hook and its worker: starts it, and hears what it says, for as long as the
//! settings let git wait.

use std::collections::VecDeque;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::adapters::process::{Left, Program, start_and_leave};
use crate::adapters::state::{Ear, StateFolder};
use crate::core::failure::Failure;
use crate::core::sync::worker_message::{WorkerMessage, last_said};
use crate::engine::hooks::order::Order;
use crate::engine::workspace::{Context, Workspace};

/// The command that a worker is.
pub const WORKER: &str = "worker";

/// Between two tries to hear something.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a worker that has said its last word may take to let go of its lock.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// A worker that is followed: its words, one by one, until its end, or until
/// there is a reason to leave it alone.
#[derive(Debug)]
pub struct Following {
    state: StateFolder,
    ear: Ear,
    worker: Worker,
    heard: VecDeque<WorkerMessage>,
    has_begun: bool,
    deadline: Instant,
    parted: Option<Parted>,
}

/// Why a worker is no longer followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parted {
    /// It has come to its end.
    Ended,
    /// It works on, and git has waited long enough.
    WorksOn,
    /// Another worker was there already, and goes on with this change.
    Elsewhere,
    /// It is gone without having come to its end.
    Died,
}

/// Starts a worker; nothing of git's is held open by it.
pub fn start(context: &Context, workspace: &Workspace, order: &Order) -> Result<Following, Failure> {
    let order = serde_json::to_string(order).context("cannot write down what to do")?;
    let program = Program {
        path: context.program.clone(),
        args: vec![WORKER.into(), order.into()],
        directory: workspace.root().to_owned(),
        environment: context.environment.variables().clone(),
    };
    Ok(Following::of(workspace, Worker::Own(start_and_leave(&program)?)))
}

/// Follows the worker that is at work already, and has waited for git until now.
pub fn join(workspace: &Workspace) -> Following {
    Following::of(workspace, Worker::Other(workspace.state.clone()))
}

/// Who is followed.
#[derive(Debug)]
enum Worker {
    /// The process that was started for it.
    Own(Left),
    /// Whoever holds the worker's lock.
    Other(StateFolder),
}

impl Worker {
    fn has_ended(&mut self) -> bool {
        match self {
            Self::Own(process) => process.has_ended(),
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
    fn has_waited(&self) -> bool {
        matches!(self, Self::Other(_))
    }
}

impl Following {
    fn of(workspace: &Workspace, worker: Worker) -> Self {
        Self {
            ear: workspace.state.listen(),
            state: workspace.state.clone(),
            worker,
            heard: VecDeque::new(),
            has_begun: false,
            deadline: Instant::now() + workspace.settings.hooks.wait.0,
            parted: None,
        }
    }

    /// Why there is nothing more to hear.
    pub fn parted(&self) -> Parted {
        self.parted.unwrap_or(Parted::WorksOn)
    }

    /// Hears what was said, if it is said by our own worker.
    fn listen(&mut self) {
        for word in self.ear.hear().unwrap_or_default() {
            self.has_begun |= matches!(word, WorkerMessage::Begun { pid, .. } if self.worker.is(pid));
            if self.has_begun {
                self.heard.push_back(word);
            }
        }
    }

    /// Whether nobody works, although there is work.
    fn is_left_alone(&self) -> bool {
        let is_free = self.state.no_worker().is_ok_and(|none| none.is_some());
        is_free && self.state.pending().is_ok_and(|token| token.is_some())
    }

    fn part(&mut self, parted: Parted) {
        self.parted = Some(parted);
        if matches!(parted, Parted::Ended | Parted::Died) {
            self.forget();
        }
    }

    /// Takes away what was heard, once the lock is free: a hook that came before
    /// would take it for a sync that is under way, and the file of a worker that
    /// goes on would be taken away. Where it goes on, it has done that itself.
    fn forget(&self) {
        let deadline = Instant::now() + LAST_BREATH;
        loop {
            match self.state.no_worker() {
                // Told is told; if it cannot be taken away it is told again.
                Ok(Some(_none_works)) => return drop(self.ear.forget()),
                Ok(None) if Instant::now() < deadline => sleep(PAUSE),
                _ => return,
            }
        }
    }
}

impl Iterator for Following {
    type Item = WorkerMessage;

    fn next(&mut self) -> Option<WorkerMessage> {
        while self.parted.is_none() {
            if let Some(word) = self.heard.pop_front() {
                match word {
                    WorkerMessage::Ended { .. } => self.part(Parted::Ended),
                    WorkerMessage::Waits(_) if self.worker.has_waited() => continue,
                    WorkerMessage::Waits(_) => self.part(Parted::WorksOn),
                    _ => {}
                }
                return Some(word);
            }
            let is_gone = self.worker.has_ended();
            self.listen();
            if self.heard.is_empty() {
                match (is_gone, self.has_begun) {
                    (true, true) => self.part(Parted::Died),
                    (true, false) if self.is_left_alone() => self.part(Parted::Died),
                    (true, false) => self.part(Parted::Elsewhere),
                    (false, _) if Instant::now() >= self.deadline => self.part(Parted::WorksOn),
                    (false, _) => sleep(PAUSE),
                }
            }
        }
        None
    }
}

/// What a worker that nobody followed to its end has to say, once. Nothing
/// while one is at work.
pub fn untold(workspace: &Workspace) -> Option<String> {
    last_said(&workspace.state.last_words().ok()?)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::mpsc::channel;
    use std::thread::{sleep, spawn};
    use std::time::{Duration, Instant};

    use super::{Following, Parted, Worker, last_said};
    use crate::adapters::state::StateFolder;
    use crate::core::sync::worker_message::WorkerMessage;

    fn followed(state: &StateFolder) -> Following {
        Following {
            ear: state.listen(),
            worker: Worker::Other(state.clone()),
            state: state.clone(),
            heard: VecDeque::new(),
            has_begun: false,
            deadline: Instant::now() + Duration::from_mins(1),
            parted: None,
        }
    }

    #[test]
    fn who_has_heard_the_end_of_a_worker_finds_its_lock_free() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let theirs = state.clone();
        let (said, hears) = channel();
        let worker = spawn(move || {
            let lock = theirs.lock_worker().unwrap().unwrap();
            let mut feed = theirs.speak().unwrap();
            feed.say(&WorkerMessage::Begun { pid: 7, trigger: "git pull".to_owned() });
            feed.say(&WorkerMessage::Ended { at: "now".to_owned(), text: "1 done".to_owned() });
            said.send(()).unwrap();
            sleep(Duration::from_millis(300));
            drop(lock);
        });
        hears.recv().unwrap();
        let mut following = followed(&state);
        assert_eq!(following.by_ref().count(), 2);
        assert_eq!(following.parted(), Parted::Ended);
        assert!(state.lock_worker().unwrap().is_some());
        worker.join().unwrap();
    }

    #[test]
    fn what_a_worker_says_that_goes_on_is_not_taken_away_with_what_was_heard() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let mut following = followed(&state);
        for text in ["first", "second"] {
            let _lock = state.lock_worker().unwrap().unwrap();
            let mut feed = state.speak().unwrap();
            feed.say(&WorkerMessage::Begun { pid: 7, trigger: "git pull".to_owned() });
            following.listen();
            feed.say(&WorkerMessage::Ended { at: "now".to_owned(), text: text.to_owned() });
        }
        assert_eq!(following.by_ref().count(), 2);
        assert_eq!(following.parted(), Parted::Ended);
        let untold = last_said(&state.last_words().unwrap());
        assert!(untold.is_some_and(|line| line.contains("second")));
    }
}
