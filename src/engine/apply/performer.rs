//! Performs the steps of a rollout: carries out an action, watches what it started,
//! and puts back an old definition. What follows from each is the rollout's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::adapters::pm2::dump::read_dump;
use crate::core::definition::Definition;
use crate::core::failure::Failure;
use crate::core::plan::rollout::{StepResult, Until};
use crate::core::plan::{Action, Plan, Planned};
use crate::core::pm2::dump::{Saving, saving};
use crate::core::pm2::health::LEAST_PROOF;
use crate::core::pm2::running::{Owner, Running};
use crate::core::sync::event::Event;
use crate::core::sync::outcome::ErrorLog;
use crate::core::sync::redacted::Redacted;
use crate::engine::apply::actor::{Actor, Fault, Performed};
use crate::engine::apply::health_watch::{Logs, Proof, Verdict, pause};
use crate::engine::apply::recorder::{Recorder, Scene};
use crate::engine::pm2::running;

/// The result of a step for one app.
#[derive(Debug)]
pub(super) struct AppResult<'p> {
    pub(super) app: &'p str,
    pub(super) result: StepResult,
    /// A message, where there is more to say.
    pub(super) message: Option<Redacted>,
    /// The error log of an app that failed.
    pub(super) log: Option<ErrorLog>,
}

impl<'p> AppResult<'p> {
    fn plain(app: &'p str, result: StepResult) -> Self {
        Self { app, result, message: None, log: None }
    }

    fn with(app: &'p str, result: StepResult, message: impl Into<Redacted>) -> Self {
        Self { message: Some(message.into()), ..Self::plain(app, result) }
    }
}

/// A start whose end is not known yet.
#[derive(Debug)]
struct Started<'p> {
    definition: &'p Definition,
    since: Instant,
    never_ready: Option<String>,
    logs: Logs,
}

/// Performs the steps, connected to PM2.
#[derive(Debug)]
pub(super) struct Performer<'a, 'p> {
    scene: Scene<'a>,
    actor: Actor<'a>,
    started: BTreeMap<&'p str, Started<'p>>,
    /// What failed and may be put back: the cause, and the app's error log.
    failures: BTreeMap<&'p str, (Redacted, Option<ErrorLog>)>,
}

impl<'a, 'p> Performer<'a, 'p> {
    pub(super) fn connect(scene: Scene<'a>) -> Result<Self, Failure> {
        let kept = (!scene.by_hand).then_some(scene.running);
        let actor = Actor::connect(scene.workspace, scene.home, scene.lock, kept)?;
        Ok(Self { scene, actor, started: BTreeMap::new(), failures: BTreeMap::new() })
    }

    /// Carries out one action; what it starts has yet to prove healthy.
    pub(super) fn perform(&mut self, planned: &'p Planned, recorder: &mut Recorder<'_, '_>) -> AppResult<'p> {
        let (app, definition) = (planned.app.as_str(), planned.action.definition());
        let definition = definition.filter(|_| planned.action.runs());
        let logs = Logs::before(self.scene.home, app, self.scene.running);
        let performed = self.actor.perform(planned);
        if let Err(Fault { survivor: Some(pid), .. }) = performed {
            recorder.survived(app, pid);
        }
        match (performed, definition) {
            (Ok(Performed { never_ready }), Some(definition)) if self.scene.wait => {
                let since = Instant::now();
                self.started.insert(app, Started { definition, since, never_ready, logs });
                AppResult::plain(app, StepResult::Started)
            }
            (Ok(_), _) if matches!(planned.action, Action::Replace { stopped: true, .. }) => {
                AppResult::with(app, StepResult::InPlace, "it stays stopped")
            }
            (Ok(_), _) => AppResult::plain(app, StepResult::InPlace),
            (Err(Fault { message, is_down: true, .. }), Some(_)) => {
                self.failed(app, |ours| StepResult::Down { ours }, message, &logs)
            }
            (Err(fault), _) => AppResult::with(app, StepResult::Refused, fault.message),
        }
    }

    /// Checks what was started until the result of at least one app is certain.
    pub(super) fn prove(
        &mut self,
        apps: &[&'p str],
        until: Until,
        recorder: &mut Recorder<'_, '_>,
    ) -> Vec<AppResult<'p>> {
        loop {
            let results = self.look_at(apps, until);
            if !results.is_empty() {
                return results;
            }
            let Some(first) = apps.first().and_then(|app| self.started.get(app)) else { return results };
            let apps = apps.iter().map(|app| (*app).to_owned()).collect();
            recorder.tell(Event::Proving { apps, elapsed: first.since.elapsed() });
            pause();
        }
    }

    /// Checks once, up to the first that has failed: what follows takes a while, and
    /// the others may have ended in it.
    fn look_at(&mut self, apps: &[&'p str], until: Until) -> Vec<AppResult<'p>> {
        let running = running(self.scene.workspace, self.scene.home);
        let mut results = Vec::new();
        for &app in apps {
            let Some(one) = self.started.get(app) else { continue };
            let proof = Proof {
                definition: one.definition,
                before: self.scene.running.get(app),
                early: (until == Until::Early).then_some(LEAST_PROOF),
                since: one.since,
                limit: self.health_timeout(),
            };
            results.push(match proof.verdict(&running, &self.scene.workspace.interrupt) {
                Verdict::Wait => continue,
                Verdict::Passed => AppResult::plain(app, StepResult::Passed),
                Verdict::Healthy => match &one.never_ready {
                    None => AppResult::plain(app, StepResult::Healthy),
                    Some(never) => AppResult::with(app, StepResult::NotProven, never.as_str()),
                },
                Verdict::NotProven(why) => AppResult::with(app, StepResult::NotProven, why),
                Verdict::Lost(why) => AppResult::with(app, StepResult::Lost, why),
                Verdict::Failed(why) => {
                    results.push(self.failed(
                        app,
                        |ours| StepResult::Unhealthy { ours },
                        why.into(),
                        &one.logs,
                    ));
                    break;
                }
            });
        }
        results
    }

    /// A failure, with the owner of the app now and its error log.
    fn failed(
        &self,
        app: &'p str,
        result: fn(bool) -> StepResult,
        why: Redacted,
        logs: &Logs,
    ) -> AppResult<'p> {
        let running = running(self.scene.workspace, self.scene.home).unwrap_or_default();
        let there = running.get(app);
        let root = self.scene.workspace.root();
        let ours = there.is_none_or(|app| matches!(app.owner(root), Owner::Us(_)));
        AppResult { app, result: result(ours), message: Some(why), log: there.and_then(|app| logs.of(app)) }
    }

    /// Keeps what was wrong with an app until its old definition has been put back.
    pub(super) fn keep_failure(&mut self, app: &'p str, why: Option<Redacted>, log: Option<ErrorLog>) {
        self.failures.extend(why.map(|why| (app, (why, log))));
    }

    /// Puts the old definition in the place of the one that failed.
    pub(super) fn put_back(
        &mut self,
        planned: &'p Planned,
        old: &Definition,
        recorder: &mut Recorder<'_, '_>,
    ) -> AppResult<'p> {
        let app = planned.app.as_str();
        let (why, log) = self.failures.remove(app).unwrap_or(("it failed".into(), None));
        if let Some(definition) = planned.action.definition() {
            recorder.rejected(definition, why.own());
            // Where it cannot be written, it is rolled back all the same.
            drop(self.remember(definition, why.own()));
        }
        let running = running(self.scene.workspace, self.scene.home).unwrap_or_default();
        let restored = match self.actor.restore(app, old, running.get(app)) {
            Ok(_) => self.comes_up(old),
            Err(fault) => Err(fault.message),
        };
        let (result, message) = match restored {
            Ok(()) => (StepResult::PutBack, why.then("; ", &"the old definition runs again".into())),
            Err(again) => (StepResult::NotPutBack, why.then("; nor does the old definition run: ", &again)),
        };
        AppResult { app, result, message: Some(message), log }
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

    /// Waits until an app that was put back has been up for its time.
    fn comes_up(&self, old: &Definition) -> Result<(), Redacted> {
        let limit = self.health_timeout();
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

    /// Which of these apps PM2 no longer lists. Where all of them are there, what
    /// runs is saved for the next reboot.
    pub(super) fn recheck(
        &mut self,
        apps: &[&'p str],
        plan: &'p Plan,
        recorder: &mut Recorder<'_, '_>,
    ) -> Vec<&'p str> {
        let Ok(running) = running(self.scene.workspace, self.scene.home) else { return Vec::new() };
        let gone: Vec<&str> = apps.iter().copied().filter(|app| running.get(app).is_none()).collect();
        if gone.is_empty() {
            let is_removal = |planned: &&Planned| matches!(planned.action, Action::Remove { .. });
            let removed =
                plan.actions.iter().filter(is_removal).map(|planned| planned.app.as_str()).collect();
            if let Err(why) = self.save(&running, &removed) {
                recorder.tell(Event::NotSaved(format!("{why:#}")));
            }
        }
        gone
    }

    /// Saves what runs now, if someone has ever done so.
    fn save(&mut self, running: &Running, removed: &BTreeSet<&str>) -> anyhow::Result<()> {
        let Scene { workspace, home, .. } = self.scene;
        match saving(read_dump(home)?.as_ref(), running, workspace.root(), removed) {
            Saving::NoDump => Ok(()),
            Saving::Save => self.actor.save(),
            Saving::Differs(apps) => {
                let apps = apps.join("`, `");
                Err(anyhow!("PM2's dump says otherwise of `{apps}`; `pm2 save` decides"))
            }
        }
    }

    fn health_timeout(&self) -> Duration {
        self.scene.workspace.settings.apply.health_timeout.0
    }
}
