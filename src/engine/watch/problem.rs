//! What keeps a watch from syncing, reported once and retried: a block (a pause,
//! git or another sync at work) or a failure.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::adapters::fs::read_text;
use crate::core::failure::Failure;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::watch::state::{FIRST_RETRY, Problem, Watch};

/// Between two checks whether it is still blocked.
const BLOCKED_RETRY: Duration = Duration::from_millis(500);

const LONGEST_RETRY: Duration = Duration::from_mins(1);

impl Watch<'_> {
    pub(super) fn block(&mut self, why: String) {
        self.wake_at = Some(self.started.elapsed() + BLOCKED_RETRY);
        if self.blocked.as_ref() != Some(&why) {
            self.blocked = Some(why.clone());
            (self.on_event)(WatchEvent::Blocked(why));
        }
    }

    pub(super) fn unblock(&mut self) {
        if self.blocked.take().is_some() {
            (self.on_event)(WatchEvent::Unblocked);
        }
    }

    /// Clears the problem; a compile failure is cleared only by a sync.
    pub(super) fn recover(&mut self, is_synced: bool) {
        if self.problem.as_ref().is_some_and(|problem| is_synced || !problem.is_compile_failure) {
            self.problem = None;
            self.retry_delay = FIRST_RETRY;
            // A sync is reported by itself.
            if !is_synced {
                (self.on_event)(WatchEvent::Recovered);
            }
        }
    }

    /// Reports a failure once. One that no edit can fix is retried with backoff.
    pub(super) fn fail(&mut self, trigger: Trigger, failure: Failure) {
        if matches!(failure, Failure::Interrupted) {
            return;
        }
        let is_compile_failure = matches!(failure, Failure::Compile(_));
        if !is_compile_failure {
            let until = self.started.elapsed() + self.retry_delay;
            self.wake_at = Some(until);
            self.backoff_until = self.last_synced.as_ref().map(|last_synced| (until, last_synced.at_end));
            self.retry_delay = (self.retry_delay * 2).min(LONGEST_RETRY);
        }
        if !self.root.is_dir() {
            self.watcher.unwatch_all();
        }
        // Without its cause, which may name a temporary file.
        let text = match &failure {
            Failure::Other(error) => error.to_string(),
            failure => failure.in_one_line(),
        };
        // Each edit that does not compile is a new failure, whatever its message.
        if !is_compile_failure && self.problem.as_ref().is_some_and(|problem| problem.text == text) {
            return;
        }
        self.problem = Some(Problem { text, is_compile_failure });
        let texts = texts_of(&failure, &self.root);
        (self.on_event)(WatchEvent::Failed { trigger, failure, texts });
    }
}

/// The texts of the files that a compile failure names.
fn texts_of(failure: &Failure, root: &Path) -> BTreeMap<String, String> {
    let Failure::Compile(compile) = failure else { return BTreeMap::new() };
    let places = compile.diagnostics.iter().filter_map(|diagnostic| diagnostic.place.as_ref());
    let text = |path: &str| read_text(&root.join(path)).ok().flatten();
    places.filter_map(|place| Some((place.path.to_string(), text(&place.path)?))).collect()
}
