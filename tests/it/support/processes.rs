//! Processes of the machine by their ids: who is below whom, who lives, and
//! signals to those that a test started.

use std::fs::{self, File};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::daemon::parents;

/// Longer than anything takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// The processes that this one has started and that still run.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let mut found: Vec<u32> =
        parents().into_iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| child).collect();
    found.sort_unstable();
    found
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

/// One variable of a process's environment, where it runs and has it.
pub(crate) fn variable_of(pid: u32, name: &str) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let start = format!("{name}=");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.split('\0').find_map(|variable| variable.strip_prefix(&start).map(str::to_owned))
}

/// Sends a signal to a process that the test started.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id");
    // It may have ended by itself in the meantime.
    let _ = kill_process(pid, signal);
}

/// Waits until `is_so`, which must come true.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        sleep(pause(began.elapsed()));
    }
}

/// How long to wait before the next look: what comes soon is seen at once, and to
/// wait for what takes long costs the others little.
fn pause(waited: Duration) -> Duration {
    (waited / 16).clamp(Duration::from_millis(1), Duration::from_millis(25))
}

/// Sends a signal to a whole process group, as a terminal does.
pub(crate) fn signal_group(group: u32, signal: Signal) {
    let group = i32::try_from(group).ok().and_then(Pid::from_raw).expect("a process id");
    let _ = kill_process_group(group, signal);
}

/// Whether nobody holds the lock on this file, which may never have been made. To
/// look keeps no other from looking.
pub(crate) fn is_free(file: &Path) -> bool {
    File::open(file).map_or_else(|_| !file.exists(), |file| file.try_lock_shared().is_ok())
}
