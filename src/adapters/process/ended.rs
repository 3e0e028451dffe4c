//! How a program ends, by itself or by us, and how much of what it wrote is kept.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process_group};

/// How much of each output stream is kept: the end is where errors stand.
pub(super) const KEPT_OUTPUT: usize = 1 << 20;

/// How much a program may answer on a channel of its own.
pub(super) const KEPT_ANSWER: usize = 64 << 20;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal, which was not ours.
    Killed(i32),
    /// It was still running at the time limit, and was killed with its whole group.
    TimedOut,
    /// Its caller asked to stop, and it was killed with its whole group.
    Stopped,
}

impl Status {
    /// Whether it ended by itself with code 0.
    pub fn success(self) -> bool {
        self == Self::Exited(0)
    }
}

pub(super) fn status_of(status: ExitStatus) -> Status {
    match (status.code(), status.signal()) {
        (Some(code), _) => Status::Exited(code),
        (None, signal) => Status::Killed(signal.unwrap_or_default()),
    }
}

/// Kills a child that has not been waited for, with everything in its group.
pub(super) fn kill_group(child: &mut Child) -> Result<()> {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It fails only when nothing of the group is left, which is what is wanted.
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait().context("cannot wait for a killed program")?;
    Ok(())
}
