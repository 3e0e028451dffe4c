//! The only place that starts processes. A program is described whole: where
//! it lies, its arguments, its directory and its entire environment; nothing is
//! inherited, so a variable of git's cannot leak into anything by accident.
//!
//! Every program except a detached one runs in a process group of its
//! own, with its output captured and a time limit, at which the group is killed.

pub(crate) mod background;
mod capture;
mod conversation;
mod ended;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use rustix::io::{FdFlags, fcntl_setfd};

pub use crate::adapters::process::conversation::{Conversation, ReceiveError};

use crate::adapters::process::capture::Capture;
use crate::adapters::process::ended::{KEPT_ANSWER, KEPT_OUTPUT, kill_group, status_of};

pub use crate::adapters::process::ended::Status;

/// A whole environment: what is not in it, the program does not see.
pub type Variables = BTreeMap<OsString, OsString>;

/// The longest interval at which a running program is polled.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// What to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The file to execute; it is not looked up in PATH (`find_program` does that).
    pub path: PathBuf,
    /// The arguments, without the program's own name.
    pub args: Vec<OsString>,
    /// Its working directory.
    pub directory: PathBuf,
    /// Its whole environment.
    pub environment: Variables,
}

/// A program that has ended, and what it wrote.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub status: Status,
    /// The last mebibyte of its standard output.
    pub stdout: Vec<u8>,
    /// The last mebibyte of its standard error.
    pub stderr: Vec<u8>,
    /// From its start to its end.
    pub elapsed: Duration,
}

/// Runs `program` to its end, but no longer than `limit`, with nothing on its
/// standard input. Returns when the program itself ends, although something it
/// left behind may still hold its output open. Fails only if it cannot be started.
pub fn run(program: &Program, limit: Duration) -> Result<Finished> {
    run_until(program, limit, &|| false)
}

/// Like `run`, but ended as soon as `stop` says so.
pub fn run_until(program: &Program, limit: Duration, stop: &dyn Fn() -> bool) -> Result<Finished> {
    follow(spawn(program, Stdio::null())?, limit, stop)
}

/// Like `run`, with a channel of the program's own beside its output: its
/// standard input is one end of a socket, on which it may write up to 64 MiB
/// and reads nothing. So an answer with secrets touches no file, and nothing
/// that is printed can disturb it.
pub fn run_with_answer(program: &Program, limit: Duration) -> Result<(Finished, Vec<u8>)> {
    let (ours, theirs) = UnixStream::pair().context("cannot make a socket pair")?;
    ours.shutdown(Shutdown::Write).context("cannot close half of a socket pair")?;
    let answer = Capture::start(ours, KEPT_ANSWER)?;
    let child = spawn(program, Stdio::from(OwnedFd::from(theirs)))?;
    Ok((follow(child, limit, &|| false)?, answer.finish()))
}

/// Starts `program` to be talked to line by line, on its standard input and
/// output. It holds `held` open too, and so a lock on it that the caller has:
/// where the caller is killed, the lock is free only after its own end.
pub fn converse(program: &Program, held: Option<&File>) -> Result<Conversation> {
    if let Some(held) = held {
        fcntl_setfd(held, FdFlags::empty()).context("cannot hand a lock on")?;
    }
    let child = spawn(program, Stdio::piped());
    if let Some(held) = held {
        fcntl_setfd(held, FdFlags::CLOEXEC).context("cannot keep a lock back")?;
    }
    Conversation::start(child?)
}

/// Starts `program` detached: nothing is read from it, and nothing waits for it. It
/// leads a session of its own from its first moment on: it has no
/// terminal, so that no Ctrl-C reaches it, and nothing that it runs can ask there.
pub fn spawn_detached(program: &Program) -> Result<DetachedProcess> {
    let mut command = command(program)?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = CommandWrap::from(command).wrap(ProcessSession).spawn();
    started.map(DetachedProcess).with_context(|| cannot_start(program))
}

/// A program that runs detached.
#[derive(Debug)]
pub struct DetachedProcess(Box<dyn ChildWrapper>);

impl DetachedProcess {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has ended.
    pub fn has_exited(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

/// Finds an executable file called `name` as a shell would: in the folders of
/// `path`, or directly if `name` has a slash. What is relative counts from `directory`.
pub fn find_program(name: &OsStr, path: &OsStr, directory: &Path) -> Option<PathBuf> {
    if name.is_empty() {
        return None;
    }
    if name.as_bytes().contains(&b'/') {
        return Some(directory.join(name)).filter(|file| is_executable(file));
    }
    path.as_bytes()
        .split(|byte| *byte == b':')
        .map(|folder| directory.join(OsStr::from_bytes(folder)).join(name))
        .find(|file| is_executable(file))
}

/// Whether a file can be run.
pub fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn command(program: &Program) -> Result<Command> {
    if !program.directory.is_dir() {
        bail!(
            "cannot start `{}` in `{}`: there is no such folder",
            program.path.display(),
            program.directory.display()
        );
    }
    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts processes")]
    let mut command = Command::new(&program.path);
    command.args(&program.args).current_dir(&program.directory).env_clear().envs(&program.environment);
    Ok(command)
}

fn cannot_start(program: &Program) -> String {
    format!("cannot start `{}`", program.path.display())
}

fn spawn(program: &Program, stdin: Stdio) -> Result<Child> {
    let mut command = command(program)?;
    command.process_group(0).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().with_context(|| cannot_start(program))
}

fn follow(mut child: Child, limit: Duration, stop: &dyn Fn() -> bool) -> Result<Finished> {
    let started = Instant::now();
    let (stdout, stderr) = match capture(&mut child) {
        Ok(both) => both,
        Err(error) => {
            kill_group(&mut child)?;
            return Err(error);
        }
    };
    let status = wait(&mut child, started, limit, stop)?;
    let elapsed = started.elapsed();
    let taken = |capture: Option<Capture>| capture.map(Capture::finish).unwrap_or_default();
    Ok(Finished { status, stdout: taken(stdout), stderr: taken(stderr), elapsed })
}

/// Reads both its streams from now on.
fn capture(child: &mut Child) -> Result<(Option<Capture>, Option<Capture>)> {
    let stdout = child.stdout.take().map(|pipe| Capture::start(pipe, KEPT_OUTPUT)).transpose()?;
    let stderr = child.stderr.take().map(|pipe| Capture::start(pipe, KEPT_OUTPUT)).transpose()?;
    Ok((stdout, stderr))
}

/// Waits by polling: the standard library has no wait with a
/// time limit, and a child that was waited for elsewhere could not be killed safely.
fn wait(child: &mut Child, started: Instant, limit: Duration, stop: &dyn Fn() -> bool) -> Result<Status> {
    let mut pause = Duration::from_micros(250);
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a program")? {
            return Ok(status_of(status));
        }
        if stop() {
            kill_group(child)?;
            return Ok(Status::Stopped);
        }
        let left = limit.saturating_sub(started.elapsed());
        if left.is_zero() {
            kill_group(child)?;
            return Ok(Status::TimedOut);
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
