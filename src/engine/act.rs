//! Carries out a plan, one app at a time, so that an app is down for its own
//! stop and start only, and sees that what was started stays up.
//!
//! Of three or more replaces the first has to come through before the others
//! are begun. What fails is put back to its old definition, if that ran well.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::adapters::state::Lock;
use crate::core::definition::Definition;
use crate::core::effective::Machine;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::health::{self, Health, LEAST_PROOF};
use crate::core::outcome::{ErrorLog, Outcome, Result as Ended};
use crate::core::plan::{Action, Left, Plan, Planned};
use crate::core::running::{Owner, Running};
use crate::core::settings::OnFailure;
use crate::engine::Listener;
use crate::engine::perform::{Actor, Fault, Performed};
use crate::engine::proof::{Logs, Proof, Verdict, look, pause};
use crate::engine::workspace::Workspace;

/// From so many replaces on the first is tried alone.
const CANARY_FROM: usize = 3;

/// What an act rests on, and how it is done.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// PM2's home.
    pub home: &'a Path,
    /// PM2's lock, which whoever acts holds.
    pub lock: &'a Lock,
    /// What ran when the plan was made.
    pub running: &'a Running,
    /// When that was, in milliseconds since 1970.
    pub now: i64,
    /// The answers that the plan rests on.
    pub machine: &'a Machine,
    /// Whether to wait until what was started has proved itself.
    pub wait: bool,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Acted {
    /// What became of each action.
    pub outcomes: Vec<Outcome>,
    /// Whether someone asked to stop before the end.
    pub interrupted: bool,
    /// The apps that were rolled back, with what was wrong.
    pub rejected: Vec<(Definition, String)>,
}

/// Carries out `plan`, and tells what becomes of each app when that is certain.
pub fn act(scene: Scene<'_>, plan: &Plan, tell: Listener<'_>) -> Result<Acted, Failure> {
    let mut acted = Acted::default();
    let mut show = Show { acted: &mut acted, waits: scene.wait, tell };
    if !plan.acts() {
        plan.actions.iter().for_each(|planned| show.left(planned));
        return Ok(acted);
    }
    let actor = Actor::connect(scene.workspace, scene.home, scene.lock, scene.machine)?;
    let mut stage = Stage { scene, actor, unproven: Vec::new() };
    let replaces = plan.actions.iter().filter(|planned| is_running_replace(planned)).count();
    let mut canary = scene.wait && replaces >= CANARY_FROM;
    let mut spoilt: Option<&str> = None;
    for planned in &plan.actions {
        let is_replace = is_running_replace(planned);
        match spoilt.filter(|_| is_replace) {
            _ if matches!(planned.action, Action::Leave(_)) => show.left(planned),
            _ if scene.workspace.interrupt.is_requested() => {
                show.unbegun(planned, "not begun, as it was interrupted");
            }
            Some(first) => {
                let why = format!("not begun, since `{first}` failed; `pm2sync sync` goes on");
                show.unbegun(planned, &why);
            }
            None => {
                stage.perform(planned, &mut show);
                if is_replace && canary {
                    canary = false;
                    stage.prove(Some(LEAST_PROOF), &mut show);
                    spoilt = show.has_failed(&planned.app).then_some(planned.app.as_str());
                }
            }
        }
    }
    stage.prove(None, &mut show);
    acted.interrupted = scene.workspace.interrupt.is_requested();
    Ok(acted)
}

/// Whether it replaces an app that is up: a stopped one is only put in place.
fn is_running_replace(planned: &Planned) -> bool {
    matches!(planned.action, Action::Replace { stopped: false, .. })
}

/// A start whose end is not known yet.
struct Unproven<'p> {
    planned: &'p Planned,
    definition: &'p Definition,
    since: Instant,
    never_ready: Option<String>,
    logs: Logs,
}

/// Where it is done.
struct Stage<'a, 'p> {
    scene: Scene<'a>,
    actor: Actor<'a>,
    unproven: Vec<Unproven<'p>>,
}

impl<'p> Stage<'_, 'p> {
    fn perform(&mut self, planned: &'p Planned, show: &mut Show<'_, '_>) {
        let definition = planned.action.definition().filter(|_| planned.action.runs());
        let logs = Logs::before(self.scene.home, &planned.app, self.scene.running);
        match (self.actor.perform(planned), definition) {
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
                let note = stopped.then(|| "it stays stopped".to_owned());
                show.ended(planned, Ended::Done, note, None);
            }
            (Err(Fault { message, is_down: true }), Some(definition)) => {
                self.fall_back(planned, definition, &message, &logs, Ended::Failed, show);
            }
            (Err(fault), _) => show.ended(planned, Ended::Failed, Some(fault.message), None),
        }
    }

    /// Looks at what was started until each is certain, or its time is over.
    /// With `early` an app is let go on as soon as it has been up for so long.
    fn prove(&mut self, early: Option<Duration>, show: &mut Show<'_, '_>) {
        let limit = self.scene.workspace.settings.apply.health_timeout.0;
        let mut passed = Vec::new();
        while !self.unproven.is_empty() {
            let running = look(self.scene.workspace, self.scene.home);
            for one in std::mem::take(&mut self.unproven) {
                let Unproven { planned, definition, never_ready, .. } = &one;
                let proof = Proof { definition, early, since: one.since, limit };
                match proof.verdict(&running, &self.scene.workspace.interrupt) {
                    Verdict::Wait => self.unproven.push(one),
                    Verdict::Passed => passed.push(one),
                    Verdict::Healthy => match never_ready {
                        None => show.ended(planned, Ended::Done, None, None),
                        Some(never) => show.ended(planned, Ended::NotProven, Some(never.clone()), None),
                    },
                    Verdict::NotProven(why) => show.ended(planned, Ended::NotProven, Some(why), None),
                    Verdict::Lost(why) => show.ended(planned, Ended::Failed, Some(why), None),
                    Verdict::Failed(why) => {
                        self.fall_back(planned, definition, &why, &one.logs, Ended::Unhealthy, show);
                    }
                }
            }
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
        why: &str,
        logs: &Logs,
        otherwise: Ended,
        show: &mut Show<'_, '_>,
    ) {
        let running = look(self.scene.workspace, self.scene.home).unwrap_or_default();
        let there = running.get(&planned.app);
        let log = there.and_then(|app| logs.of(app));
        let rollback = self.scene.workspace.settings.apply.on_failure == OnFailure::Rollback;
        let old = self.old_definition(&planned.app).filter(|old| rollback && *old != definition);
        let root = self.scene.workspace.root();
        let ours = there.is_none_or(|app| matches!(app.owner(root), Owner::Us(_)));
        let Some(old) = old.filter(|_| ours).cloned() else {
            return show.ended(planned, otherwise, Some(why.to_owned()), log);
        };
        show.acted.rejected.push((definition.clone(), why.to_owned()));
        let restored = match self.actor.restore(&planned.app, &old, there) {
            Ok(_) => self.comes_up(&old),
            Err(fault) => Err(fault.message),
        };
        match restored {
            Ok(()) => {
                let message = format!("{why}; the old definition runs again");
                show.ended(planned, Ended::RolledBack, Some(message), log);
            }
            Err(again) => {
                let message = format!("{why}; nor does the old definition run: {again}");
                show.ended(planned, otherwise, Some(message), log);
            }
        }
    }

    /// What ran before, as its label says, if it ran well.
    fn old_definition(&self, app: &str) -> Option<&Definition> {
        let before = self.scene.running.get(app)?;
        let Owner::Us(label) = before.owner(self.scene.workspace.root()) else { return None };
        let old = &label.definition;
        let stood = health::standing(old, before, health::proof(old), self.scene.now);
        (stood == Health::Healthy).then_some(old)
    }

    /// Waits until an app that was put back has been up for its time.
    fn comes_up(&self, old: &Definition) -> Result<(), String> {
        let limit = self.scene.workspace.settings.apply.health_timeout.0;
        let proof = Proof { definition: old, early: None, since: Instant::now(), limit };
        loop {
            let running = look(self.scene.workspace, self.scene.home);
            match proof.verdict(&running, &self.scene.workspace.interrupt) {
                Verdict::Wait => pause(),
                Verdict::Healthy | Verdict::Passed | Verdict::NotProven(_) => return Ok(()),
                Verdict::Failed(why) | Verdict::Lost(why) => return Err(why),
            }
        }
    }
}

/// Who keeps the outcomes, and tells of each.
struct Show<'a, 't> {
    acted: &'a mut Acted,
    waits: bool,
    tell: &'a mut (dyn FnMut(Event) + 't),
}

impl Show<'_, '_> {
    fn ended(&mut self, planned: &Planned, result: Ended, message: Option<String>, log: Option<ErrorLog>) {
        let outcome = Outcome {
            app: planned.app.clone(),
            action: planned.action.verb(),
            result,
            reasons: planned.reasons.clone(),
            message,
            needs_agreement: matches!(planned.action, Action::Leave(Left::Foreign | Left::Asked)),
            log,
            is_unwatched: result == Ended::Done && !self.waits && planned.action.runs(),
            is_old: false,
        };
        (self.tell)(Event::Acted(outcome.clone()));
        self.acted.outcomes.push(outcome);
    }

    fn left(&mut self, planned: &Planned) {
        let Action::Leave(left) = planned.action else { return };
        let result = if left == Left::Errored { Ended::Unhealthy } else { Ended::Left };
        self.ended(planned, result, advice(left, &planned.app), None);
    }

    fn unbegun(&mut self, planned: &Planned, why: &str) {
        self.ended(planned, Ended::Left, Some(why.to_owned()), None);
    }

    fn has_failed(&self, app: &str) -> bool {
        let failed = |result| matches!(result, Ended::Failed | Ended::Unhealthy | Ended::RolledBack);
        self.acted.outcomes.iter().any(|outcome| outcome.app == app && failed(outcome.result))
    }
}

/// The next step for an app that is left.
fn advice(left: Left, app: &str) -> Option<String> {
    match left {
        Left::Foreign => Some(format!("`pm2sync sync --yes --only '{app}'` takes it over")),
        Left::Asked => Some("`pm2sync sync --yes` removes it".to_owned()),
        Left::Drifted => Some("`pm2sync sync` puts it right".to_owned()),
        Left::Errored => Some(format!("its error log says why; `pm2sync sync --force '{app}'` tries again")),
        Left::Rejected => Some(format!("change it, or `pm2sync sync --force '{app}'` tries again")),
        Left::Unset => Some("set it, or `pm2sync sync` applies it as it is".to_owned()),
        Left::Invalid | Left::OtherWorkspace | Left::Module | Left::Kept => None,
    }
}
