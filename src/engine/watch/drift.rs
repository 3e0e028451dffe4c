//! Now and then, where it is asked for: what runs is compared with what should,
//! by one question to PM2, and what someone changed by hand is put right.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::core::failure::Failure;
use crate::core::pm2::running::RunningApp;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::futile_repairs::FutileRepairs;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::files::Files;
use crate::engine::pm2::running;
use crate::engine::sync::look;
use crate::engine::watch::attention::held;
use crate::engine::watch::state::Watch;

impl Watch<'_> {
    /// Compares what runs with what should, and puts it right.
    pub(super) fn check_drift(&mut self) {
        // What was edited is looked at first, also what the kernel tells of just now.
        if self.watcher.wait(Duration::ZERO) {
            self.window.note(self.began.elapsed());
        }
        if let Some(due) = self.window.due() {
            self.check = Some(due);
            return;
        }
        self.check = self.options.drift.map(|span| self.began.elapsed() + span);
        // While that fails nothing is known.
        if self.held.is_some() || self.trouble.is_some() {
            return;
        }
        match self.compare() {
            Ok(()) => {
                if self.unchecked.take().is_some() {
                    (self.tell)(WatchEvent::Mended);
                }
            }
            // Compared again at the next interval, and said once.
            Err(failure) if self.unchecked.as_ref() != Some(&failure.in_one_line()) => {
                self.unchecked = Some(failure.in_one_line());
                let trigger = Trigger::named("drift");
                (self.tell)(WatchEvent::Failed { trigger, failure, texts: BTreeMap::new() });
            }
            Err(_) => {}
        }
    }

    fn compare(&mut self) -> Result<(), Failure> {
        let workspace = self.open()?;
        let home = workspace.pm2_home()?;
        let now = running(&workspace, &home)?;
        let is_known = self.checked.as_ref().is_some_and(|checked| now.is_as(checked));
        if is_known || now.iter().any(|(_, app)| RunningApp::is_moving(app)) {
            return Ok(());
        }
        if held(&workspace)?.is_some() {
            return Ok(());
        }
        let plan = match look(&workspace, &self.wishes, Duration::ZERO, &mut |_| {}) {
            // Whoever holds the lock changes what runs: it is compared the next time.
            Err(Failure::Locked(_)) => return Ok(()),
            plan => plan?,
        };
        if plan.acts() && !self.vain.holds_all_of(&plan) {
            let acting = plan.actions.iter().filter(|planned| planned.action.acts());
            let apps: Vec<&str> = acting.map(|planned| planned.app.as_str()).collect();
            let trigger = Trigger::named(&format!("drift of {}", apps.join(", ")));
            let known = workspace.state.load()?.and_then(|state| state.compiled);
            let before = Files::read(&workspace, known.as_ref())?;
            let in_vain = self.sync(&workspace, &before, trigger);
            self.vain = FutileRepairs::after(&plan, &in_vain);
            // What a sync leaves it leaves again, until something else runs.
            self.checked = Some(running(&workspace, &home)?);
        } else {
            self.checked = Some(now);
        }
        Ok(())
    }
}
