//! What keeps a watch from doing what there is to do, said once and looked at
//! again: another's work, a pause, a failure.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::adapters::fs::read_text;
use crate::core::failure::Failure;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::watch::state::{RETRY, Trouble, Watch};

/// Between two looks whether what holds it back is over.
const HELD: Duration = Duration::from_millis(500);

const LONGEST_RETRY: Duration = Duration::from_mins(1);

impl Watch<'_> {
    pub(super) fn hold(&mut self, why: String) {
        self.wake = Some(self.began.elapsed() + HELD);
        if self.held.as_ref() != Some(&why) {
            self.held = Some(why.clone());
            (self.tell)(WatchEvent::Held(why));
        }
    }

    pub(super) fn free(&mut self) {
        if self.held.take().is_some() {
            (self.tell)(WatchEvent::Freed);
        }
    }

    /// Nothing is wrong any more; what only other files mend is so after a sync.
    pub(super) fn is_well(&mut self, is_synced: bool) {
        if self.trouble.as_ref().is_some_and(|trouble| is_synced || !trouble.is_of_files) {
            self.trouble = None;
            self.retry = RETRY;
            // What was synced says so itself.
            if !is_synced {
                (self.tell)(WatchEvent::Mended);
            }
        }
    }

    /// Says once what is wrong. What no edit mends is tried again by itself.
    pub(super) fn fail(&mut self, trigger: Trigger, failure: Failure) {
        if matches!(failure, Failure::Interrupted) {
            return;
        }
        let is_of_files = matches!(failure, Failure::Compile(_));
        if !is_of_files {
            let until = self.began.elapsed() + self.retry;
            self.wake = Some(until);
            self.rests = self.seen.as_ref().map(|seen| (until, seen.at_end));
            self.retry = (self.retry * 2).min(LONGEST_RETRY);
        }
        if !self.root.is_dir() {
            self.watcher.forget();
        }
        // Without its cause, which may name a file that is another one each time.
        let text = match &failure {
            Failure::Other(error) => error.to_string(),
            failure => failure.in_one_line(),
        };
        // Another edit that does not compile is another failure, whatever it says.
        if !is_of_files && self.trouble.as_ref().is_some_and(|trouble| trouble.text == text) {
            return;
        }
        self.trouble = Some(Trouble { text, is_of_files });
        let texts = texts_of(&failure, &self.root);
        (self.tell)(WatchEvent::Failed { trigger, failure, texts });
    }
}

/// The files that a failure to compile speaks of.
fn texts_of(failure: &Failure, root: &Path) -> BTreeMap<String, String> {
    let Failure::Compile(compile) = failure else { return BTreeMap::new() };
    let places = compile.diagnostics.iter().filter_map(|diagnostic| diagnostic.place.as_ref());
    let text = |path: &str| read_text(&root.join(path)).ok().flatten();
    places.filter_map(|place| Some((place.path.to_string(), text(&place.path)?))).collect()
}
