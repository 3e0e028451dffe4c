//! A program that is talked to line by line. Each wait for an answer has a time
//! limit, and dropping the conversation ends the program with its whole group.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::adapters::process::background::in_background;
use crate::adapters::process::capture::Capture;
use crate::adapters::process::ended::{KEPT_ANSWER, KEPT_OUTPUT, Status, kill_group, status_of};

/// How long a program may take to end after it has closed its output.
const EXIT_LIMIT: Duration = Duration::from_secs(1);

/// A running program with its standard input and output.
#[derive(Debug)]
pub struct Conversation {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    stderr: Option<Capture>,
}

/// Why no line came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiveError {
    /// The time limit passed.
    TimedOut,
    /// The program has closed its output, mostly by ending.
    Ended,
}

impl Conversation {
    pub(super) fn start(mut child: Child) -> Result<Self> {
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("a started program has no output")?;
        let stderr = child.stderr.take();
        let (sender, lines) = channel();
        // From here on the program ends with it, if something goes wrong.
        let mut conversation = Self { child, stdin, lines, stderr: None };
        conversation.stderr = stderr.map(|pipe| Capture::start(pipe, KEPT_OUTPUT)).transpose()?;
        in_background(move || read_lines(stdout, &sender))?;
        Ok(conversation)
    }

    /// Sends one line; `line` must hold no line break. Fails if the program has ended.
    pub fn send(&mut self, line: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("the program no longer listens")?;
        stdin.write_all(format!("{line}\n").as_bytes()).context("the program no longer listens")
    }

    /// The next line it writes, without its line break.
    pub fn receive(&self, limit: Duration) -> Result<Vec<u8>, ReceiveError> {
        self.lines.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => ReceiveError::TimedOut,
            RecvTimeoutError::Disconnected => ReceiveError::Ended,
        })
    }

    /// How it ended, where it has closed its output: nothing if it goes on all the same.
    pub fn status(&mut self) -> Option<Status> {
        let deadline = Instant::now() + EXIT_LIMIT;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(EXIT_LIMIT / 100),
                ended => return ended.ok().flatten().map(status_of),
            }
        }
    }

    /// Its standard error so far, the last mebibyte of it.
    pub fn stderr_so_far(&self) -> Vec<u8> {
        self.stderr.as_ref().map(Capture::so_far).unwrap_or_default()
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.stdin = None;
        // If even that fails, nothing more can be done.
        let _ = kill_group(&mut self.child);
    }
}

fn read_lines(stdout: ChildStdout, sender: &Sender<Vec<u8>>) {
    let mut reader = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let limit = KEPT_ANSWER as u64;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line);
        if read.is_err() || line.pop() != Some(b'\n') || sender.send(line).is_err() {
            return;
        }
    }
}
