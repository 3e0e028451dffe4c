//! The drift check of a watch, where `--drift` asks for it: compares what runs
//! with the definitions by one request to PM2, and applies what differs.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::core::failure::Failure;
use crate::core::pm2::running::RunningApp;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::futile_repairs::FutileRepairs;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::files::Files;
use crate::engine::pm2::running;
use crate::engine::sync::preview;
use crate::engine::watch::gate::watch_blocked_by;
use crate::engine::watch::state::Watch;

impl Watch<'_> {
    /// Compares what runs with the definitions, and applies what differs.
    pub(super) fn check_drift(&mut self) {
        // Edits go first, also those that the kernel reports just now.
        if self.watcher.wait(Duration::ZERO) {
            self.debounce.record_change(self.started.elapsed());
        }
        if let Some(due) = self.debounce.due() {
            self.next_drift_check = Some(due);
            return;
        }
        self.next_drift_check = self.options.drift.map(|span| self.started.elapsed() + span);
        // A blocked or failing watch has nothing to compare with.
        if self.blocked.is_some() || self.problem.is_some() {
            return;
        }
        match self.fix_drift() {
            Ok(()) => {
                if self.drift_error.take().is_some() {
                    (self.on_event)(WatchEvent::Recovered);
                }
            }
            // Tried again at the next interval, and reported once.
            Err(failure) if self.drift_error.as_ref() != Some(&failure.in_one_line()) => {
                self.drift_error = Some(failure.in_one_line());
                let trigger = Trigger::named("drift");
                (self.on_event)(WatchEvent::Failed { trigger, failure, texts: BTreeMap::new() });
            }
            Err(_) => {}
        }
    }

    fn fix_drift(&mut self) -> Result<(), Failure> {
        let workspace = self.open()?;
        let home = workspace.pm2_home()?;
        let now = running(&workspace, &home)?;
        let is_known = self.in_sync.as_ref().is_some_and(|in_sync| now.has_same_apps_as(in_sync));
        if is_known || now.iter().any(|(_, app)| RunningApp::is_in_transition(app)) {
            return Ok(());
        }
        if watch_blocked_by(&workspace)?.is_some() {
            return Ok(());
        }
        let plan = match preview(&workspace, &self.wishes, Duration::ZERO, &mut |_| {}) {
            // The holder of the lock changes what runs: compare at the next interval.
            Err(Failure::Locked(_)) => return Ok(()),
            plan => plan?,
        };
        if plan.acts() && !self.futile.covers(&plan) {
            let acting = plan.actions.iter().filter(|planned| planned.action.acts());
            let apps: Vec<&str> = acting.map(|planned| planned.app.as_str()).collect();
            let trigger = Trigger::named(&format!("drift of {}", apps.join(", ")));
            let known = workspace.state.load()?.and_then(|state| state.compiled);
            let before = Files::read(&workspace, known.as_ref())?;
            let failed = self.sync(&workspace, &before, trigger);
            self.futile = FutileRepairs::after(&plan, &failed);
            // What a sync left, the next one leaves too, until something else runs.
            self.in_sync = Some(running(&workspace, &home)?);
        } else {
            self.in_sync = Some(now);
        }
        Ok(())
    }
}
