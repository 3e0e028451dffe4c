//! One sync of a watch, and what is remembered of its files.

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
use crate::engine::watch::state::{SyncedFiles, Watch};
use crate::engine::workspace::Workspace;
use crate::text::name_list::abbreviated;

/// How long another sync may hold the lock.
const LOCK_LIMIT: Duration = Duration::from_mins(15);

/// The files and what was known of them before and during a sync.
struct Was<'a> {
    /// The files when it began.
    before: &'a Files,
    /// The last compile, as it was known then.
    known: Option<CompiledState>,
    /// The files when it had compiled, if it did.
    compiled: Option<Files>,
    /// Whether the result is of these files: success, or a compile failure.
    is_done: bool,
}

impl Watch<'_> {
    /// What triggered the sync: the edited files.
    pub(super) fn describe_edits(&self, files: &SourceSet<Disk>) -> String {
        let Some(last_synced) = &self.last_synced else { return "pm2sync watch".to_owned() };
        let changes = last_synced.files.changes_to(files);
        let paths = changes.paths();
        if paths.is_empty() {
            return "pm2sync watch".to_owned();
        }
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        format!("edit of {}", abbreviated(&paths))
    }

    /// Syncs, and returns the apps that it failed to bring to their definitions.
    /// Events that came meanwhile are checked afterwards.
    pub(super) fn sync(
        &mut self,
        workspace: &Workspace,
        before: &Files,
        trigger: Trigger,
    ) -> BTreeSet<String> {
        let (wishes, trigger_of_it) = (self.wishes.clone(), trigger.clone());
        let request = Request { wishes, lock_timeout: LOCK_LIMIT, trigger: trigger_of_it, wait: true };
        let on_event = &mut *self.on_event;
        let known = workspace.state.load().ok().flatten().and_then(|state| state.compiled);
        let mut compiled = None;
        let ended = sync(workspace, &request, &mut |event| {
            // `Read` comes after the compile and before anything is started.
            if let Event::Read { files, .. } = &event {
                let looked_for = CompiledState { files: files.clone(), ..CompiledState::default() };
                compiled = Files::read(workspace, Some(&looked_for)).ok();
            }
            on_event(WatchEvent::Event(event));
        });
        self.debounce.record_change(self.started.elapsed());
        let is_done = matches!(ended, Ok(_) | Err(Failure::Compile(_)));
        let was = Was { before, known, compiled, is_done };
        let last_synced = self.remember_files(workspace, was);
        match (ended, last_synced) {
            (Ok(synced), Ok(())) => {
                self.recover(true);
                self.in_sync = None;
                let failed = synced.outcomes.iter().filter(|outcome| !outcome.is_as_wanted());
                let failed = failed.map(|outcome| outcome.app.clone()).collect();
                (self.on_event)(WatchEvent::Synced { trigger, at: clock::now(), synced });
                failed
            }
            (Err(failure), _) | (_, Err(failure)) => {
                self.fail(trigger, failure);
                BTreeSet::new()
            }
        }
    }

    /// Remembers the files of the sync, and detects a rebuild loop: files that
    /// changed during the compile. A later change is an edit.
    fn remember_files(&mut self, workspace: &Workspace, was: Was<'_>) -> Result<(), Failure> {
        let Was { before, known, compiled, is_done } = was;
        let state = workspace.state.load()?.unwrap_or_default();
        let after = Files::read(workspace, state.compiled.as_ref())?;
        let compiled = compiled.unwrap_or_else(|| after.clone());
        let looked_for = state.compiled.map(|compiled| compiled.files).unwrap_or_default();
        let at_start = fingerprint(&before.edited(workspace));
        let before = &before.clone().with_found(&compiled, known.as_ref(), &looked_for);
        let meanwhile = after.edited_since(before, workspace);
        let at_end = fingerprint(&after.edited(workspace));
        let was_edited = self.last_synced.as_ref().is_none_or(|last_synced| last_synced.at_end != at_start);
        let files = if meanwhile.is_empty() { &after } else { before }.edited(workspace);
        let done = is_done.then(|| fingerprint(&files));
        self.last_synced = Some(SyncedFiles { files, at_end, done, completed: state.completed });
        self.backoff_until = None;
        let by_itself = compiled.edited_since(before, workspace);
        if let Some(found) = self.rebuild_loop.after(was_edited, by_itself) {
            self.backoff_until = Some((self.started.elapsed() + found.pause, at_end));
            (self.on_event)(WatchEvent::Looping(found));
        }
        Ok(())
    }
}
