//! A `pm2sync watch` that runs beside the test, and what it has said so far.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use super::{Workspace, is_alive, signal, until};

/// It ends with the test.
#[derive(Debug)]
pub(crate) struct Watching {
    child: Child,
    log: PathBuf,
}

impl Workspace<'_> {
    /// Starts `pm2sync watch` here, and waits for its first sync.
    #[track_caller]
    pub(crate) fn watches(&self, arguments: &[&str]) -> Watching {
        let words: Vec<&str> = ["watch"].iter().chain(arguments).copied().collect();
        let watch = Watching::start(&mut self.pm2sync_command(&words), self.folder().join("watch.log"));
        watch.says("\npm2sync watch: ");
        watch
    }
}

impl Watching {
    /// Starts a prepared command, whose words go to `log`.
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> Self {
        let file = File::create(&log).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .expect("it starts");
        Self { child, log }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All that it has said.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits until it has said this.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        self.says_again(text, 1);
    }

    /// Waits until it has said this so many times.
    #[track_caller]
    pub(crate) fn says_again(&self, text: &str, times: usize) {
        let began = std::time::Instant::now();
        loop {
            // Asked first: what it says before its end is heard.
            let is_alive = is_alive(self.pid());
            if self.said().matches(text).count() >= times {
                return;
            }
            let is_late = began.elapsed() > std::time::Duration::from_mins(1);
            assert!(!is_late, "it does not say `{text}` {times} times:\n{}", self.said());
            assert!(is_alive, "it has ended:\n{}", self.said());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Asks it to stop, and waits for its end: the exit code, and all that it said.
    #[track_caller]
    pub(crate) fn ends_by(mut self, how: Signal) -> (Option<i32>, String) {
        signal(self.pid(), how);
        let mut code = None;
        until("it ends", || match self.child.try_wait().unwrap() {
            Some(status) => {
                code = status.code();
                true
            }
            None => false,
        });
        (code, self.said())
    }

    /// Waits for its end, which something else brings about.
    #[track_caller]
    pub(crate) fn says_nothing_more(mut self) {
        until("it ends", || !matches!(self.child.try_wait(), Ok(None)));
    }

    /// The memory that it has, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
