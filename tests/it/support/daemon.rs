//! Ends the PM2 daemon of one home, and what it runs, by process id. Nothing is
//! ended by name: other sandboxes and a person's own PM2 run beside this one.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::is_alive;

/// How long a process may take to die that has been killed.
const LIMIT: Duration = Duration::from_secs(20);

/// Ends the daemon that `home` names in its `pm2.pid`, if it is really that
/// home's, and all processes below it, and waits until they are gone. Never
/// panics: it is called from `drop`.
pub(crate) fn end(home: &Path) {
    let Some(daemon) = daemon_of(home) else { return };
    // Or it would start what is not looked at below.
    send(daemon, Signal::STOP);
    let mut all = vec![daemon];
    let parents = parents();
    let mut next = 0;
    while let Some(&parent) = all.get(next) {
        all.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    for pid in &all {
        send(*pid, Signal::KILL);
    }
    // Until then it answers, and writes to what is about to be removed.
    let began = Instant::now();
    while all.iter().any(|pid| is_alive(*pid)) && began.elapsed() < LIMIT {
        sleep(Duration::from_millis(1));
    }
}

/// The id of the daemon that runs for `home`.
pub(crate) fn daemon_of(home: &Path) -> Option<u32> {
    let pid: u32 = fs::read_to_string(home.join("pm2.pid")).ok()?.trim().parse().ok()?;
    let title = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let title = String::from_utf8_lossy(&title).into_owned();
    (title.contains("God Daemon") && title.contains(&*home.to_string_lossy())).then_some(pid)
}

/// Every process of the machine with its parent's id.
pub(super) fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in round brackets, may hold anything: read behind it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

fn send(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    // It may have ended by itself in the meantime.
    let _ = kill_process(pid, signal);
}
