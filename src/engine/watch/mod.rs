//! `pm2sync watch`: an edit is a sync, for as long as it runs.
//!
//! What the kernel tells means only *look now*, as an event of git does. A look
//! compares the bytes of the files with those that were synced last, so a touch,
//! a log or an artifact is nothing, and what was missed once is seen the next
//! time. One sync is in flight; whatever comes meanwhile is one look after it.

mod attention;
mod drift;
mod itself;
mod trouble;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::adapters::clock;
use crate::adapters::watch::{Watcher, file_system};
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::feedback::Feedback;
use crate::core::fingerprint::fingerprint;
use crate::core::interest::{Interest, obstacle};
use crate::core::running::Running;
use crate::core::sources::{Disk, SourceSet};
use crate::core::state::CompiledState;
use crate::core::trigger::Trigger;
use crate::core::vain::Vain;
use crate::core::watched::Watched;
use crate::core::window::Window;
use crate::engine::decide::Wishes;
use crate::engine::files::Files;
use crate::engine::hook::is_settled;
use crate::engine::sync::{Request, sync};
use crate::engine::watch::attention::{held, interest};
use crate::engine::watch::itself::itself;
use crate::engine::watch::trouble::{RETRY, Trouble};
use crate::engine::workspace::{Context, Workspace};
use crate::text::few::few;

/// Between two looks whether someone asks to stop.
const TICK: Duration = Duration::from_millis(200);

/// Between two looks at what the kernel does not tell: whether the folders are
/// still there, or the files themselves where it cannot watch them.
const BEAT: Duration = Duration::from_secs(1);

/// How long another sync may hold the lock.
const LOCK_LIMIT: Duration = Duration::from_mins(15);

/// How it is watched.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long it has to be quiet after a change.
    pub quiet: Duration,
    /// How often what runs is compared, if at all.
    pub drift: Option<Duration>,
}

/// Watches until someone asks to stop.
pub fn watch(context: &Context, options: Options, tell: &mut dyn FnMut(Watched)) -> Result<(), Failure> {
    let workspace = Workspace::open(context)?;
    let itself = itself(context, &workspace);
    let mut context = context.clone();
    context.environment = context.environment.without(itself.variables.iter().map(String::as_str));
    tell(Watched::Begun { root: workspace.root().to_owned(), drift: options.drift });
    let mut watch = Watch {
        watcher: Watcher::deaf(),
        window: Window::new(options.quiet),
        wishes: Wishes { mends: options.drift.is_some(), itself: itself.app, ..Wishes::default() },
        root: workspace.root().to_owned(),
        began: Instant::now(),
        feedback: Feedback::default(),
        seen: None,
        last_read: None,
        rests: None,
        held: None,
        trouble: None,
        retry: RETRY,
        wake: Some(Duration::ZERO),
        beat: BEAT,
        check: options.drift,
        checked: None,
        vain: Vain::default(),
        unchecked: None,
        context,
        options,
        tell,
    };
    let asked = workspace.environment.text("PM2SYNC_POLL");
    match obstacle(asked, file_system(workspace.root())).map_or_else(Watcher::new, Err) {
        Ok(watcher) => watch.watcher = watcher,
        Err(obstacle) => (watch.tell)(Watched::Polls(obstacle)),
    }
    watch.run();
    Ok(())
}

/// The files that the last sync was of.
struct Seen {
    /// What a person edits, as it was synced.
    files: SourceSet<Disk>,
    /// The fingerprint of what a person edits, at the end of the sync.
    at_end: Digest,
    /// The fingerprint of what is known to be synced, or not to compile.
    done: Option<Digest>,
    /// What was completed last then: once it is something else, another's sync
    /// was of other files, and these have to be synced again.
    completed: Option<Digest>,
}

struct Watch<'t> {
    context: Context,
    options: Options,
    wishes: Wishes,
    root: PathBuf,
    /// Moments are counted from here.
    began: Instant,
    watcher: Watcher,
    window: Window,
    feedback: Feedback,
    seen: Option<Seen>,
    /// What the last look read, where files are read again and again.
    last_read: Option<Digest>,
    /// Until when files with this fingerprint are left alone, as part of a loop
    /// or after a failure.
    rests: Option<(Duration, Digest)>,
    /// Why nothing is done, where there is work.
    held: Option<String>,
    trouble: Option<Trouble>,
    retry: Duration,
    /// When to look although nothing was heard.
    wake: Option<Duration>,
    beat: Duration,
    /// When to compare what runs.
    check: Option<Duration>,
    /// What ran when there was nothing to put right.
    checked: Option<Running>,
    /// What differs and could not be put right.
    vain: Vain,
    /// Why it could not be compared the last time.
    unchecked: Option<String>,
    tell: &'t mut dyn FnMut(Watched),
}

impl Watch<'_> {
    fn run(&mut self) {
        while !self.context.interrupt.is_requested() {
            let now = self.began.elapsed();
            let is_due = |moment: Option<Duration>| moment.is_some_and(|moment| moment <= now);
            if is_due(self.window.due()) || is_due(self.wake) {
                self.look();
            } else if is_due(self.check) {
                self.check_drift();
            } else if self.beat <= now {
                self.beat = now + BEAT;
                // Where a look is due already, this would put it off.
                let is_due = self.window.due().is_some();
                if !is_due && (self.watcher.is_deaf() || self.watcher.is_stale()) {
                    self.window.note(now);
                }
            } else {
                let next = [self.window.due(), self.wake, self.check].into_iter().flatten().min();
                let wait = next.unwrap_or(self.beat).min(self.beat).saturating_sub(now).min(TICK);
                if self.watcher.wait(wait) {
                    self.window.note(self.began.elapsed());
                }
            }
        }
    }

    /// Looks, and syncs what was edited.
    fn look(&mut self) {
        self.window.close();
        self.wake = None;
        if let Err(failure) = self.examine() {
            // A folder that is gone, or settings that are wrong: it costs nothing to look.
            if matches!(failure, Failure::Usage(_)) {
                self.retry = RETRY;
            }
            self.fail(Trigger::named("pm2sync watch"), failure);
        }
    }

    fn examine(&mut self) -> Result<(), Failure> {
        let workspace = self.open()?;
        let state = workspace.state.load()?;
        let compiled = state.as_ref().and_then(|state| state.compiled.as_ref());
        // Before they are read: what changes from now on is told.
        self.attend(interest(&workspace, compiled)?);
        let files = Files::read(&workspace, compiled)?;
        let now = fingerprint(&files.edited(&workspace));
        let completed = state.as_ref().and_then(|state| state.completed);
        let is_done = |seen: &Seen| seen.done == Some(now) && seen.completed == completed;
        if self.seen.as_ref().is_some_and(is_done) {
            self.free();
            self.is_well(false);
            return Ok(());
        }
        let moment = self.began.elapsed();
        // Read again and again, a file may be read in the middle of a save.
        if self.watcher.is_deaf() && self.seen.is_some() && self.last_read.replace(now) != Some(now) {
            self.window.note(moment);
            return Ok(());
        }
        if let Some((until, _)) = self.rests.filter(|(until, of)| *of == now && *until > moment) {
            self.wake = Some(until);
            return Ok(());
        }
        if let Some(why) = held(&workspace)? {
            self.hold(why);
            return Ok(());
        }
        self.free();
        if self.seen.is_some() && is_settled(&workspace)? {
            let files = files.edited(&workspace);
            self.seen = Some(Seen { files, at_end: now, done: Some(now), completed });
            self.is_well(true);
            (self.tell)(Watched::Settled);
            return Ok(());
        }
        let trigger = Trigger::named(&self.cause(&files.edited(&workspace)));
        self.sync(&workspace, &files, trigger);
        Ok(())
    }

    /// The workspace as it is now, if it still is the one that is watched.
    fn open(&self) -> Result<Workspace, Failure> {
        let workspace = Workspace::open(&self.context)?;
        if workspace.root() == self.root {
            return Ok(workspace);
        }
        Err(Failure::Usage(format!(
            "{} is no workspace of its own any more, but part of {}; it is watched again when it is back",
            self.root.display(),
            workspace.root().display()
        )))
    }

    /// Has the kernel tell of these files, or reads them again and again where
    /// it cannot.
    fn attend(&mut self, interest: Interest) {
        if self.watcher.is_deaf() {
            return;
        }
        let elsewhere = interest.folders.iter().find_map(|folder| obstacle(None, file_system(folder)));
        if let Err(obstacle) = elsewhere.map_or_else(|| self.watcher.attend(interest), Err) {
            self.watcher = Watcher::deaf();
            (self.tell)(Watched::Polls(obstacle));
        }
    }

    /// What was edited, in a few words.
    fn cause(&self, files: &SourceSet<Disk>) -> String {
        let Some(seen) = &self.seen else { return "pm2sync watch".to_owned() };
        let changes = seen.files.changes_to(files);
        let paths = changes.paths();
        if paths.is_empty() {
            return "pm2sync watch".to_owned();
        }
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        format!("edit of {}", few(&paths))
    }

    /// One sync, and the apps that it failed to bring to their definitions.
    /// Whatever came meanwhile is looked at afterwards.
    fn sync(&mut self, workspace: &Workspace, before: &Files, trigger: Trigger) -> BTreeSet<String> {
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
            tell(Watched::Event(event));
        });
        self.window.note(self.began.elapsed());
        let is_of_files = matches!(ended, Ok(_) | Err(Failure::Compile(_)));
        let seen = self.see(workspace, before, known.as_ref(), compiled, is_of_files);
        match (ended, seen) {
            (Ok(synced), Ok(())) => {
                self.is_well(true);
                self.checked = None;
                let failed = synced.outcomes.iter().filter(|outcome| !outcome.is_as_wanted());
                let failed = failed.map(|outcome| outcome.app.clone()).collect();
                (self.tell)(Watched::Synced { trigger, at: clock::now(), synced });
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
    fn see(
        &mut self,
        workspace: &Workspace,
        before: &Files,
        known: Option<&CompiledState>,
        compiled: Option<Files>,
        is_done: bool,
    ) -> Result<(), Failure> {
        let state = workspace.state.load()?.unwrap_or_default();
        let after = Files::read(workspace, state.compiled.as_ref())?;
        let compiled = compiled.unwrap_or_else(|| after.clone());
        let looked_for = state.compiled.map(|compiled| compiled.files).unwrap_or_default();
        let at_start = fingerprint(&before.edited(workspace));
        let before = &before.clone().with_found(&compiled, known, &looked_for);
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
            (self.tell)(Watched::Loops(found));
        }
        Ok(())
    }
}
