//! `pm2sync watch`: syncs whenever a definition is edited, until it is stopped.
//!
//! An event of the kernel, like one of git, means only *check now*. A check
//! compares the bytes of the files with those that were synced last, so a touch,
//! a log or an artifact triggers nothing, and a missed event is made up for by the
//! next one. One sync runs at a time; all events during it are one check after it.

mod drift;
mod gate;
mod own_app;
mod problem;
pub(crate) mod state;
mod syncing;
mod watch_set;

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
use crate::engine::sync::gate::is_up_to_date;
use crate::engine::watch::gate::watch_blocked_by;
use crate::engine::watch::own_app::own_app;
use crate::engine::watch::state::{FIRST_RETRY, Options, SyncedFiles, Watch};
use crate::engine::watch::watch_set::watch_set;
use crate::engine::workspace::{Context, Workspace};

/// How often it checks for a signal to stop.
const INTERRUPT_CHECK: Duration = Duration::from_millis(200);

/// How often it checks what the kernel does not report: whether the folders still
/// exist, or the files themselves where the kernel cannot watch them.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Watches until a signal asks it to stop.
pub(crate) fn watch(
    context: &Context,
    options: Options,
    on_event: &mut dyn FnMut(WatchEvent),
) -> Result<(), Failure> {
    let workspace = Workspace::open(context)?;
    let own_app = own_app(context, &workspace);
    let mut context = context.clone();
    context.environment = context.environment.without(own_app.variables.iter().map(String::as_str));
    on_event(WatchEvent::Started { root: workspace.root().to_owned(), drift: options.drift });
    let mut watch = Watch {
        watcher: Watcher::poll_only(),
        debounce: Debounce::new(options.quiet),
        wishes: Wishes { applies_drift: options.drift.is_some(), own_app: own_app.app, ..Wishes::default() },
        root: workspace.root().to_owned(),
        started: Instant::now(),
        rebuild_loop: RebuildLoop::default(),
        last_synced: None,
        last_read: None,
        backoff_until: None,
        blocked: None,
        problem: None,
        retry_delay: FIRST_RETRY,
        wake_at: Some(Duration::ZERO),
        next_poll: POLL_INTERVAL,
        next_drift_check: options.drift,
        in_sync: None,
        futile: FutileRepairs::default(),
        drift_error: None,
        context,
        options,
        on_event,
    };
    let asked = workspace.environment.text("PM2SYNC_POLL");
    match obstacle(asked, file_system(workspace.root())).map_or_else(Watcher::new, Err) {
        Ok(watcher) => watch.watcher = watcher,
        Err(obstacle) => (watch.on_event)(WatchEvent::Polling(obstacle)),
    }
    watch.run();
    Ok(())
}

impl Watch<'_> {
    fn run(&mut self) {
        while !self.context.interrupt.is_requested() {
            let now = self.started.elapsed();
            let is_due = |moment: Option<Duration>| moment.is_some_and(|moment| moment <= now);
            if is_due(self.debounce.due()) || is_due(self.wake_at) {
                self.sync_edits();
            } else if is_due(self.next_drift_check) {
                self.check_drift();
            } else if self.next_poll <= now {
                self.next_poll = now + POLL_INTERVAL;
                // Where a check is due already, this would postpone it.
                let is_due = self.debounce.due().is_some();
                if !is_due && (self.watcher.is_poll_only() || self.watcher.is_stale()) {
                    self.debounce.record_change(now);
                }
            } else {
                let next =
                    [self.debounce.due(), self.wake_at, self.next_drift_check].into_iter().flatten().min();
                let wait = next
                    .unwrap_or(self.next_poll)
                    .min(self.next_poll)
                    .saturating_sub(now)
                    .min(INTERRUPT_CHECK);
                if self.watcher.wait(wait) {
                    self.debounce.record_change(self.started.elapsed());
                }
            }
        }
    }

    /// Checks whether anything was edited, and syncs it.
    fn sync_edits(&mut self) {
        self.debounce.reset();
        self.wake_at = None;
        if let Err(failure) = self.try_sync_edits() {
            // A missing folder or invalid settings are cheap to check: no backoff.
            if matches!(failure, Failure::Usage(_)) {
                self.retry_delay = FIRST_RETRY;
            }
            self.fail(Trigger::named("pm2sync watch"), failure);
        }
    }

    fn try_sync_edits(&mut self) -> Result<(), Failure> {
        let workspace = self.open()?;
        let state = workspace.state.load()?;
        let compiled = state.as_ref().and_then(|state| state.compiled.as_ref());
        // Before the files are read, so that no later change is missed.
        self.update_watcher(watch_set(&workspace, compiled)?);
        let files = Files::read(&workspace, compiled)?;
        let now = fingerprint(&files.edited(&workspace));
        let completed = state.as_ref().and_then(|state| state.completed);
        let is_done =
            |last_synced: &SyncedFiles| last_synced.done == Some(now) && last_synced.completed == completed;
        if self.last_synced.as_ref().is_some_and(is_done) {
            self.unblock();
            self.recover(false);
            return Ok(());
        }
        let moment = self.started.elapsed();
        // Polling may read a file in the middle of a save.
        if self.watcher.is_poll_only()
            && self.last_synced.is_some()
            && self.last_read.replace(now) != Some(now)
        {
            self.debounce.record_change(moment);
            return Ok(());
        }
        if let Some((until, _)) = self.backoff_until.filter(|(until, of)| *of == now && *until > moment) {
            self.wake_at = Some(until);
            return Ok(());
        }
        if let Some(why) = watch_blocked_by(&workspace)? {
            self.block(why);
            return Ok(());
        }
        self.unblock();
        if self.last_synced.is_some() && is_up_to_date(&workspace)? {
            let files = files.edited(&workspace);
            self.last_synced = Some(SyncedFiles { files, at_end: now, done: Some(now), completed });
            self.recover(true);
            (self.on_event)(WatchEvent::UpToDate);
            return Ok(());
        }
        let trigger = Trigger::named(&self.describe_edits(&files.edited(&workspace)));
        self.sync(&workspace, &files, trigger);
        Ok(())
    }

    /// Has the kernel watch these files, or falls back to polling where it cannot.
    fn update_watcher(&mut self, watch_set: WatchSet) {
        if self.watcher.is_poll_only() {
            return;
        }
        let elsewhere = watch_set.folders.iter().find_map(|folder| obstacle(None, file_system(folder)));
        if let Err(obstacle) = elsewhere.map_or_else(|| self.watcher.watch(watch_set), Err) {
            self.watcher = Watcher::poll_only();
            (self.on_event)(WatchEvent::Polling(obstacle));
        }
    }
}
