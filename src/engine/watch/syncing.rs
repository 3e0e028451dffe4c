//! One sync of a watch, and what is remembered of the files that it was of.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::adapters::clock;
use crate::core::failure::Failure;
use crate::core::files::fingerprint::fingerprint;
use crate::core::files::sources::{Disk, SourceSet};
use crate::core::sync::event::Event;
use crate::core::sync::state::CompiledState;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::files::Files;
use crate::engine::sync::request::Request;
use crate::engine::sync::sync;
use crate::engine::watch::state::{Seen, Watch};
use crate::engine::workspace::Workspace;
use crate::text::name_list::abbreviated;

/// How long another sync may hold the lock.
const LOCK_LIMIT: Duration = Duration::from_mins(15);

/// How things were around a sync.
struct Was<'a> {
    /// The files when it began.
    before: &'a Files,
    /// What was known of the last compile then.
    known: Option<CompiledState>,
    /// The files when it had compiled, if it did.
    compiled: Option<Files>,
    /// Whether what it came to is of these files, well or not.
    is_done: bool,
}

impl Watch<'_> {
    /// What was edited, in a few words.
    pub(super) fn cause(&self, files: &SourceSet<Disk>) -> String {
        let Some(seen) = &self.seen else { return "pm2sync watch".to_owned() };
        let changes = seen.files.changes_to(files);
        let paths = changes.paths();
        if paths.is_empty() {
            return "pm2sync watch".to_owned();
        }
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        format!("edit of {}", abbreviated(&paths))
    }

    /// One sync, and the apps that it failed to bring to their definitions.
    /// Whatever came meanwhile is looked at afterwards.
    pub(super) fn sync(
        &mut self,
        workspace: &Workspace,
        before: &Files,
        trigger: Trigger,
    ) -> BTreeSet<String> {
        let (wishes, trigger_of_it) = (self.wishes.clone(), trigger.clone());
        let request = Request { wishes, lock_timeout: LOCK_LIMIT, trigger: trigger_of_it, wait: true };
        let tell = &mut *self.tell;
        let known = workspace.state.load().ok().flatten().and_then(|state| state.compiled);
        let mut compiled = None;
        let ended = sync(workspace, &request, &mut |event| {
            // It is told of every compiler when it is done, and before anything is started.
            if let Event::Read { files, .. } = &event {
                let looked_for = CompiledState { files: files.clone(), ..CompiledState::default() };
                compiled = Files::read(workspace, Some(&looked_for)).ok();
            }
            tell(WatchEvent::Event(event));
        });
        self.window.note(self.began.elapsed());
        let is_of_files = matches!(ended, Ok(_) | Err(Failure::Compile(_)));
        let was = Was { before, known, compiled, is_done: is_of_files };
        let seen = self.see(workspace, was);
        match (ended, seen) {
            (Ok(synced), Ok(())) => {
                self.is_well(true);
                self.checked = None;
                let failed = synced.outcomes.iter().filter(|outcome| !outcome.is_as_wanted());
                let failed = failed.map(|outcome| outcome.app.clone()).collect();
                (self.tell)(WatchEvent::Synced { trigger, at: clock::now(), synced });
                failed
            }
            (Err(failure), _) | (_, Err(failure)) => {
                self.fail(trigger, failure);
                BTreeSet::new()
            }
        }
    }

    /// Remembers which files the sync was of, and whether it changed them itself:
    /// while it compiled, for what comes later is somebody's save.
    fn see(&mut self, workspace: &Workspace, was: Was<'_>) -> Result<(), Failure> {
        let Was { before, known, compiled, is_done } = was;
        let state = workspace.state.load()?.unwrap_or_default();
        let after = Files::read(workspace, state.compiled.as_ref())?;
        let compiled = compiled.unwrap_or_else(|| after.clone());
        let looked_for = state.compiled.map(|compiled| compiled.files).unwrap_or_default();
        let at_start = fingerprint(&before.edited(workspace));
        let before = &before.clone().with_found(&compiled, known.as_ref(), &looked_for);
        let meanwhile = after.edited_since(before, workspace);
        let at_end = fingerprint(&after.edited(workspace));
        let was_edited = self.seen.as_ref().is_none_or(|seen| seen.at_end != at_start);
        let files = if meanwhile.is_empty() { &after } else { before }.edited(workspace);
        let done = is_done.then(|| fingerprint(&files));
        self.seen = Some(Seen { files, at_end, done, completed: state.completed });
        self.rests = None;
        let by_itself = compiled.edited_since(before, workspace);
        if let Some(found) = self.feedback.after(was_edited, by_itself) {
            self.rests = Some((self.began.elapsed() + found.pause, at_end));
            (self.tell)(WatchEvent::Loops(found));
        }
        Ok(())
    }
}
