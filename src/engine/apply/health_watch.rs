//! Looks whether what was started stays up, until that is certain or the time
//! for it is over, and finds the last words of what does not.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::adapters::fs::{files_in, length, read_from};
use crate::adapters::signals::Interrupt;
use crate::core::definition::Definition;
use crate::core::failure::Failure;
use crate::core::pm2::effective;
use crate::core::pm2::health::{self, Health};
use crate::core::pm2::running::{Process, Running, RunningApp};
use crate::core::sync::outcome::ErrorLog;
use crate::core::sync::redacted::Redacted;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// What is said of an app that is gone.
pub(crate) const LOST: &str = "PM2 no longer lists it; `pm2sync sync` starts it";

/// How many lines of an error log are shown.
const SHOWN_LINES: usize = 10;

/// How much of a log is read for them, in bytes.
const READ_AT_MOST: u64 = 16 << 10;

/// A start that has to prove itself.
#[derive(Debug)]
pub(crate) struct Proof<'a> {
    /// What was started.
    pub definition: &'a Definition,
    /// What ran of it before: of a process that goes on only what came since counts.
    pub before: Option<&'a RunningApp>,
    /// After how long it may go on to prove itself beside others.
    pub early: Option<Duration>,
    /// Since when it is looked at.
    pub since: Instant,
    /// How long it may take.
    pub limit: Duration,
}

/// What one look says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is certain yet.
    Wait,
    /// It is up, and may go on to prove itself beside others.
    Passed,
    /// It stays up.
    Healthy,
    /// It does not, and why.
    Failed(String),
    /// Its time is over, and nothing is certain.
    NotProven(String),
    /// PM2 can no longer be asked, or no longer knows it.
    Lost(Redacted),
}

impl Proof<'_> {
    /// What this look says.
    pub(crate) fn verdict(&self, running: &Result<Running, Failure>, interrupt: &Interrupt) -> Verdict {
        let running = match running {
            Ok(running) => running,
            // It may be busy for a moment.
            Err(_) if self.since.elapsed() < self.limit && !interrupt.is_requested() => return Verdict::Wait,
            Err(failure) => return Verdict::Lost(Redacted::quoting("PM2 can no longer be asked", failure)),
        };
        let Some(app) = running.get(self.definition.name()) else {
            return Verdict::Lost(LOST.into());
        };
        let (has, count) = (app.processes.len(), effective::count(self.definition));
        if let Some(count) = count.filter(|&count| has < count) {
            let message =
                format!("PM2 lists {has} of its {count} processes; `pm2sync sync` starts the others");
            return Verdict::Lost(message.into());
        }
        let now = running.seen();
        let proof = health::proof(self.definition);
        let health = |proof| health::proving(self.definition, self.before, app, proof, now);
        match health(proof) {
            Health::Healthy => Verdict::Healthy,
            Health::Failed(why) => Verdict::Failed(why),
            Health::Undecided if interrupt.is_requested() => {
                Verdict::NotProven("interrupted before it had proved itself".to_owned())
            }
            Health::Undecided if self.since.elapsed() >= self.limit => {
                let seconds = self.limit.as_secs_f64();
                Verdict::NotProven(format!("neither healthy nor failed after {seconds} s"))
            }
            Health::Undecided => {
                let is_up = |early| health(early) == Health::Healthy;
                if self.early.is_some_and(is_up) { Verdict::Passed } else { Verdict::Wait }
            }
        }
    }
}

/// Waits until it is worth looking again.
pub(crate) fn pause() {
    sleep(PAUSE);
}

/// How long the logs were before a start, so that its own words can be told
/// from older ones.
#[derive(Debug)]
pub(crate) struct Logs(BTreeMap<PathBuf, u64>);

impl Logs {
    /// Measures the logs that the app may write to: those it has, and whatever
    /// lies beside them, as PM2 puts the id of a new process into a name.
    pub(crate) fn before(home: &Path, app: &str, running: &Running) -> Self {
        let known = running.get(app).into_iter().flat_map(|app| &app.processes);
        let known: Vec<&Path> = known.map(|process| process.error_log.as_path()).collect();
        let folders = known.iter().filter_map(|log| log.parent().map(Path::to_owned));
        let folders: BTreeSet<PathBuf> = folders.chain([home.join("logs")]).collect();
        let beside = folders.iter().flat_map(|folder| files_in(folder));
        let paths = known.iter().map(|log| (*log).to_owned()).chain(beside);
        Self(paths.map(|path| (path.clone(), length(&path))).collect())
    }

    /// Where the app's own words begin: those of the process that did worst, if
    /// it has said any.
    pub(crate) fn of(&self, app: &RunningApp) -> Option<ErrorLog> {
        let mut processes: Vec<&Process> = app.processes.iter().collect();
        processes.sort_by_key(|process| (Reverse(process.restarts), process.pid.is_some()));
        let logs = processes.iter().map(|process| &process.error_log).filter(|path| path.is_file());
        let from = |path: &Path| self.0.get(path).copied().unwrap_or_default();
        let path = logs.clone().find(|path| length(path) > from(path)).or_else(|| logs.clone().next())?;
        Some(ErrorLog { path: path.clone(), from: from(path) })
    }
}

/// The last lines of a log.
pub(crate) fn last_lines(log: &ErrorLog) -> Vec<String> {
    let text = read_from(&log.path, log.from, READ_AT_MOST).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].iter().map(|&line| line.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::{Proof, Verdict};
    use crate::adapters::signals::Interrupt;
    use crate::core::definition::testing::definition;
    use crate::core::pm2::running::Running;

    #[test]
    fn an_app_of_which_a_process_was_deleted_meanwhile_is_not_in_place() {
        let options = json!({"name": "a", "script": "a.js", "instances": 2});
        let definition = definition(&options);
        let limit = Duration::from_secs(30);
        let proof =
            Proof { definition: &definition, before: None, early: None, since: Instant::now(), limit };
        let process = |id: u32| json!({"name": "a", "pm_id": id, "pid": 7, "pm2_env": {"status": "online", "pm_uptime": 0}});
        let verdict = |list: serde_json::Value| {
            proof.verdict(&Ok(Running::parse(&list).seen_at(1000)), &Interrupt::default())
        };
        assert_eq!(verdict(json!([process(0), process(1)])), Verdict::Healthy);
        let lost = "PM2 lists 1 of its 2 processes; `pm2sync sync` starts the others";
        assert_eq!(verdict(json!([process(0)])), Verdict::Lost(lost.into()));
    }

    #[test]
    fn an_answer_that_came_late_proves_nothing_of_the_time_since_it_was_asked_for() {
        let options = json!({"name": "a", "script": "a.js"});
        let definition = definition(&options);
        let limit = Duration::from_secs(30);
        let proof =
            Proof { definition: &definition, before: None, early: None, since: Instant::now(), limit };
        let fields = json!({"status": "online", "pm_uptime": 0});
        let list = json!([{"name": "a", "pm_id": 0, "pid": 7, "pm2_env": fields}]);
        let verdict =
            |asked: i64| proof.verdict(&Ok(Running::parse(&list).seen_at(asked)), &Interrupt::default());
        assert_eq!(verdict(900), Verdict::Wait);
        assert_eq!(verdict(1000), Verdict::Healthy);
    }
}
