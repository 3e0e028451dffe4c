//! `pm2sync watch`: an edit is a sync, for as long as it runs.
//!
//! What the kernel tells means only *look now*, as an event of git does. A look
//! compares the bytes of the files with those that were synced last, so a touch,
//! a log or an artifact is nothing, and what was missed once is seen the next
//! time. One sync is in flight; whatever comes meanwhile is one look after it.

mod attention;
mod drift;
mod itself;
pub mod state;
mod syncing;
mod trouble;

use std::time::{Duration, Instant};

use crate::adapters::watch::{Watcher, file_system};
use crate::core::failure::Failure;
use crate::core::files::fingerprint::fingerprint;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::debounce::Debounce;
use crate::core::watch::futile_repairs::FutileRepairs;
use crate::core::watch::rebuild_loop::RebuildLoop;
use crate::core::watch::watch_event::WatchEvent;
use crate::core::watch::watch_set::{WatchSet, obstacle};
use crate::engine::files::Files;
use crate::engine::sync::decide::Wishes;
use crate::engine::sync::gate::is_settled;
use crate::engine::watch::attention::{held, interest};
use crate::engine::watch::itself::itself;
use crate::engine::watch::state::{Options, RETRY, Seen, Watch};
use crate::engine::workspace::{Context, Workspace};

/// Between two looks whether someone asks to stop.
const TICK: Duration = Duration::from_millis(200);

/// Between two looks at what the kernel does not tell: whether the folders are
/// still there, or the files themselves where it cannot watch them.
const BEAT: Duration = Duration::from_secs(1);

/// Watches until someone asks to stop.
pub fn watch(context: &Context, options: Options, tell: &mut dyn FnMut(WatchEvent)) -> Result<(), Failure> {
    let workspace = Workspace::open(context)?;
    let itself = itself(context, &workspace);
    let mut context = context.clone();
    context.environment = context.environment.without(itself.variables.iter().map(String::as_str));
    tell(WatchEvent::Begun { root: workspace.root().to_owned(), drift: options.drift });
    let mut watch = Watch {
        watcher: Watcher::deaf(),
        window: Debounce::new(options.quiet),
        wishes: Wishes { mends: options.drift.is_some(), itself: itself.app, ..Wishes::default() },
        root: workspace.root().to_owned(),
        began: Instant::now(),
        feedback: RebuildLoop::default(),
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
        vain: FutileRepairs::default(),
        unchecked: None,
        context,
        options,
        tell,
    };
    let asked = workspace.environment.text("PM2SYNC_POLL");
    match obstacle(asked, file_system(workspace.root())).map_or_else(Watcher::new, Err) {
        Ok(watcher) => watch.watcher = watcher,
        Err(obstacle) => (watch.tell)(WatchEvent::Polls(obstacle)),
    }
    watch.run();
    Ok(())
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
            (self.tell)(WatchEvent::Settled);
            return Ok(());
        }
        let trigger = Trigger::named(&self.cause(&files.edited(&workspace)));
        self.sync(&workspace, &files, trigger);
        Ok(())
    }

    /// Has the kernel tell of these files, or reads them again and again where
    /// it cannot.
    fn attend(&mut self, interest: WatchSet) {
        if self.watcher.is_deaf() {
            return;
        }
        let elsewhere = interest.folders.iter().find_map(|folder| obstacle(None, file_system(folder)));
        if let Err(obstacle) = elsewhere.map_or_else(|| self.watcher.attend(interest), Err) {
            self.watcher = Watcher::deaf();
            (self.tell)(WatchEvent::Polls(obstacle));
        }
    }
}
