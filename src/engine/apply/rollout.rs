//! Where a plan is carried out: performs an action, watches what it started,
//! and puts back the old definition of what fails, if that ran well.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::adapters::pm2::dump::read_dump;
use crate::core::definition::Definition;
use crate::core::failure::Failure;
use crate::core::plan::{Action, Planned};
use crate::core::pm2::dump::{Saving, saving};
use crate::core::pm2::health::{self, Health};
use crate::core::pm2::running::{Owner, Running};
use crate::core::settings::OnFailure;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::Result as Ended;
use crate::core::sync::redacted::Redacted;
use crate::engine::apply::actor::{Actor, Fault, Performed};
use crate::engine::apply::health_watch::{Logs, Proof, Verdict, pause};
use crate::engine::apply::recorder::{Scene, Show};
use crate::engine::pm2::running;

/// A start whose end is not known yet.
#[derive(Debug)]
struct Unproven<'p> {
    planned: &'p Planned,
    definition: &'p Definition,
    since: Instant,
    never_ready: Option<String>,
    logs: Logs,
}

/// Where it is done.
#[derive(Debug)]
pub(in crate::engine) struct Stage<'a, 'p> {
    scene: Scene<'a>,
    actor: Actor<'a>,
    unproven: Vec<Unproven<'p>>,
    has_acted: bool,
}

impl<'a, 'p> Stage<'a, 'p> {
    /// Connects to PM2.
    pub(in crate::engine) fn open(scene: Scene<'a>) -> Result<Self, Failure> {
        let kept = (!scene.by_hand).then_some(scene.running);
        let actor = Actor::connect(scene.workspace, scene.home, scene.lock, kept)?;
        Ok(Self { scene, actor, unproven: Vec::new(), has_acted: false })
    }

    /// Carries out one action; what it starts has yet to prove itself.
    pub(in crate::engine) fn perform(&mut self, planned: &'p Planned, show: &mut Show<'_, '_>) {
        let definition = planned.action.definition().filter(|_| planned.action.runs());
        self.has_acted = true;
        let logs = Logs::before(self.scene.home, &planned.app, self.scene.running);
        let performed = self.actor.perform(planned);
        if let Err(Fault { survivor: Some(pid), .. }) = performed {
            show.acted.survivors.push((planned.app.clone(), pid));
        }
        match (performed, definition) {
            (Ok(Performed { never_ready }), Some(definition)) if self.scene.wait => {
                self.unproven.push(Unproven {
                    planned,
                    definition,
                    since: Instant::now(),
                    never_ready,
                    logs,
                });
            }
            (Ok(_), _) => {
                let stopped = matches!(planned.action, Action::Replace { stopped: true, .. });
                let note = stopped.then(|| "it stays stopped".into());
                show.ended(planned, Ended::Done, note, None);
            }
            (Err(Fault { message, is_down: true, .. }), Some(definition)) => {
                self.fall_back(planned, definition, &message, &logs, Ended::Failed, show);
            }
            (Err(fault), _) => show.ended(planned, Ended::Failed, Some(fault.message), None),
        }
    }

    /// Looks at what was started until each is certain, or its time is over.
    /// With `early` an app is let go on as soon as it has been up for so long.
    pub(in crate::engine) fn prove(&mut self, early: Option<Duration>, show: &mut Show<'_, '_>) {
        let limit = self.scene.workspace.settings.apply.health_timeout.0;
        let mut passed = Vec::new();
        while !self.unproven.is_empty() {
            let running = running(self.scene.workspace, self.scene.home);
            let mut unproven = std::mem::take(&mut self.unproven).into_iter();
            for one in unproven.by_ref() {
                let Unproven { planned, definition, never_ready, .. } = &one;
                let before = self.scene.running.get(&planned.app);
                let proof = Proof { definition, before, early, since: one.since, limit };
                match proof.verdict(&running, &self.scene.workspace.interrupt) {
                    Verdict::Wait => self.unproven.push(one),
                    Verdict::Passed => passed.push(one),
                    Verdict::Healthy => match never_ready {
                        None => show.ended(planned, Ended::Done, None, None),
                        Some(never) => {
                            show.ended(planned, Ended::NotProven, Some(never.as_str().into()), None);
                        }
                    },
                    Verdict::NotProven(why) => show.ended(planned, Ended::NotProven, Some(why.into()), None),
                    Verdict::Lost(why) => show.ended(planned, Ended::Failed, Some(why), None),
                    Verdict::Failed(why) => {
                        self.fall_back(planned, definition, &why.into(), &one.logs, Ended::Unhealthy, show);
                        // That takes a while, and the others may have ended in it.
                        break;
                    }
                }
            }
            self.unproven.extend(unproven);
            if let Some(first) = self.unproven.first() {
                let apps = self.unproven.iter().map(|one| one.planned.app.clone()).collect();
                (show.tell)(Event::Proving { apps, elapsed: first.since.elapsed() });
                pause();
            }
        }
        self.unproven = passed;
    }

    /// What follows a failure: the old definition again, if it may be and it ran well.
    fn fall_back(
        &mut self,
        planned: &Planned,
        definition: &Definition,
        why: &Redacted,
        logs: &Logs,
        otherwise: Ended,
        show: &mut Show<'_, '_>,
    ) {
        let running = running(self.scene.workspace, self.scene.home).unwrap_or_default();
        let there = running.get(&planned.app);
        let log = there.and_then(|app| logs.of(app));
        let rollback = self.scene.workspace.settings.apply.on_failure == OnFailure::Rollback;
        let old = self.old_definition(&planned.app).filter(|old| rollback && *old != definition);
        let root = self.scene.workspace.root();
        let ours = there.is_none_or(|app| matches!(app.owner(root), Owner::Us(_)));
        let Some(old) = old.filter(|_| ours).cloned() else {
            return show.ended(planned, otherwise, Some(why.clone()), log);
        };
        show.acted.rejected.push((definition.clone(), why.own().to_owned()));
        // Where it cannot be written, it is rolled back all the same.
        drop(self.remember(definition, why.own()));
        let restored = match self.actor.restore(&planned.app, &old, there) {
            Ok(_) => self.comes_up(&old),
            Err(fault) => Err(fault.message),
        };
        match restored {
            Ok(()) => {
                let message = why.then("; ", &"the old definition runs again".into());
                show.ended(planned, Ended::RolledBack, Some(message), log);
            }
            Err(again) => {
                let message = why.then("; nor does the old definition run: ", &again);
                show.ended(planned, otherwise, Some(message), log);
            }
        }
    }

    /// Remembers what is about to be rolled back: killed in the middle of it, the
    /// next sync would try it again, when the old one has not yet run for long
    /// enough to be put back once more.
    fn remember(&self, definition: &Definition, why: &str) -> anyhow::Result<()> {
        let store = &self.scene.workspace.state;
        if let Some(mut state) = store.load()? {
            state.reject_one(definition, why.to_owned());
            store.save(&state)?;
        }
        Ok(())
    }

    /// What runs in the end, if anything was done and PM2 can be asked.
    pub(in crate::engine) fn look_back(&self) -> Option<Running> {
        if self.has_acted { running(self.scene.workspace, self.scene.home).ok() } else { None }
    }

    /// Saves for the next reboot what runs now, if someone has ever done so; why
    /// not, where that is not for us to decide.
    pub(in crate::engine) fn save(&mut self, running: &Running, removed: &BTreeSet<&str>) -> Option<String> {
        let Scene { workspace, home, .. } = self.scene;
        let saved =
            match read_dump(home).map(|dump| saving(dump.as_ref(), running, workspace.root(), removed)) {
                Ok(Saving::NoDump) => Ok(()),
                Ok(Saving::Save) => self.actor.save(),
                Ok(Saving::Differs(apps)) => {
                    let apps = apps.join("`, `");
                    Err(anyhow!("PM2's dump says otherwise of `{apps}`; `pm2 save` decides"))
                }
                Err(error) => Err(error),
            };
        saved.err().map(|error| format!("{error:#}"))
    }

    /// What ran before, as its label says, if it ran well.
    fn old_definition(&self, app: &str) -> Option<&Definition> {
        let before = self.scene.running.get(app)?;
        let Owner::Us(label) = before.owner(self.scene.workspace.root()) else { return None };
        let old = &label.definition;
        let stood = health::standing(old, before, health::proof(old), self.scene.running.seen());
        (stood == Health::Healthy).then_some(old)
    }

    /// Waits until an app that was put back has been up for its time.
    fn comes_up(&self, old: &Definition) -> Result<(), Redacted> {
        let limit = self.scene.workspace.settings.apply.health_timeout.0;
        let proof = Proof { definition: old, before: None, early: None, since: Instant::now(), limit };
        loop {
            let running = running(self.scene.workspace, self.scene.home);
            match proof.verdict(&running, &self.scene.workspace.interrupt) {
                Verdict::Wait => pause(),
                Verdict::Healthy | Verdict::Passed | Verdict::NotProven(_) => return Ok(()),
                Verdict::Failed(why) => return Err(why.into()),
                Verdict::Lost(why) => return Err(why),
            }
        }
    }
}
