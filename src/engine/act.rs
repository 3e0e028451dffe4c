//! Carries out a plan, one app at a time, so that an app is down for its own
//! stop and start only, and sees that what was started stays up.
//!
//! Of three or more replaces the first has to come through before the others
//! are begun. What fails is put back to its old definition, if that ran well.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::state::Lock;
use crate::core::definition::Definition;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::health::LEAST_PROOF;
use crate::core::outcome::{ErrorLog, Outcome, Result as Ended};
use crate::core::plan::{Action, Left, Plan, Planned};
use crate::core::reason::{Cause, Reason};
use crate::core::remark::Remark;
use crate::core::running::Running;
use crate::engine::Listener;
use crate::engine::begun::look_again;
use crate::engine::proof::LOST;
use crate::engine::stage::Stage;
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
    /// Apps that an earlier sync has started and not seen stay up.
    pub begun: &'a BTreeSet<String>,
    /// Whether to wait until what was started has proved itself.
    pub wait: bool,
    /// Whether a person asked, whose environment is what apps are to inherit.
    pub by_hand: bool,
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
    /// The processes that outlived their stop, each with its app.
    pub survivors: Vec<(String, u32)>,
    /// The apps begun earlier that have proved themselves.
    pub proved: BTreeSet<String>,
}

/// Carries out `plan`, and tells what becomes of each app when that is certain.
pub fn act(scene: Scene<'_>, plan: &Plan, tell: Listener<'_>) -> Result<Acted, Failure> {
    let mut acted = Acted::default();
    let mut show = Show { acted: &mut acted, waits: scene.wait, kept: Vec::new(), tell };
    if plan.acts() {
        perform(scene, plan, &mut show)?;
    } else {
        plan.actions.iter().for_each(|planned| show.left(planned));
        show.kept();
    }
    look_again(scene, plan, &mut show);
    acted.interrupted = scene.workspace.interrupt.is_requested();
    Ok(acted)
}

/// Carries out a plan that does something.
fn perform(scene: Scene<'_>, plan: &Plan, show: &mut Show<'_, '_>) -> Result<(), Failure> {
    let mut stage = Stage::open(scene)?;
    let replaces = plan.actions.iter().filter(|planned| is_running_replace(planned)).count();
    let mut canary = scene.wait && replaces >= CANARY_FROM;
    let mut spoilt: Option<&str> = None;
    for planned in &plan.actions {
        let is_replace = is_running_replace(planned);
        match spoilt.filter(|_| is_replace) {
            _ if !planned.action.acts() => show.left(planned),
            _ if scene.workspace.interrupt.is_requested() => {
                show.unbegun(planned, "not begun, as it was interrupted");
            }
            Some(first) => {
                let why = format!("not begun, since `{first}` failed; `pm2sync sync` goes on");
                show.unbegun(planned, &why);
            }
            None => {
                stage.perform(planned, show);
                if is_replace && canary {
                    canary = false;
                    stage.prove(Some(LEAST_PROOF), show);
                    spoilt = show.has_failed(&planned.app).then_some(planned.app.as_str());
                }
            }
        }
    }
    show.kept();
    stage.prove(None, show);
    let Some(running) = stage.look_back() else { return Ok(()) };
    let mut is_whole = true;
    for (app, planned) in in_place(plan, show.acted).into_iter().filter(|(app, _)| running.get(app).is_none())
    {
        is_whole = false;
        show.lost(app, planned);
    }
    let gone = plan.actions.iter().filter(|planned| matches!(planned.action, Action::Remove { .. }));
    let saved = is_whole.then(|| stage.save(&running, &gone.map(|planned| planned.app.as_str()).collect()));
    if let Some(why) = saved.flatten() {
        (show.tell)(Event::NotSaved(why));
    }
    Ok(())
}

/// Every app that is as desired by now, or is ours and was so before, with what
/// was done for it. PM2 lists none of them where it died meanwhile.
fn in_place<'p>(plan: &'p Plan, acted: &Acted) -> Vec<(&'p str, Option<&'p Planned>)> {
    let is_done = |planned: &&Planned| {
        let mut outcomes = acted.outcomes.iter();
        planned.action.definition().is_some()
            && outcomes.any(|outcome| outcome.app == planned.app && outcome.is_as_wanted())
    };
    let done = plan.actions.iter().filter(is_done).map(|planned| (planned.app.as_str(), Some(planned)));
    let unchanged = plan.unchanged.iter().filter(|same| same.owned);
    done.chain(unchanged.map(|same| (same.app.as_str(), None))).collect()
}

/// Whether it replaces an app that is up: a stopped one is only put in place.
fn is_running_replace(planned: &Planned) -> bool {
    matches!(planned.action, Action::Replace { stopped: false, .. })
}

/// Who keeps the outcomes, and tells of each.
pub(in crate::engine) struct Show<'a, 't> {
    pub(in crate::engine) acted: &'a mut Acted,
    waits: bool,
    /// What is told together, at the end.
    kept: Vec<Outcome>,
    pub(in crate::engine) tell: &'a mut (dyn FnMut(Event) + 't),
}

impl Show<'_, '_> {
    /// One action has come to its end.
    pub(in crate::engine) fn ended(
        &mut self,
        planned: &Planned,
        result: Ended,
        message: Option<Remark>,
        log: Option<ErrorLog>,
    ) {
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
        if planned.action == Action::Leave(Left::Kept) {
            self.kept.push(outcome.clone());
            self.acted.outcomes.push(outcome);
        } else {
            self.tell_of(outcome);
        }
    }

    /// An app with which nothing was to be done is not as it should be.
    pub(in crate::engine) fn found(
        &mut self,
        app: &str,
        why: Reason,
        result: Ended,
        message: Remark,
        log: Option<ErrorLog>,
    ) {
        self.tell_of(Outcome {
            app: app.to_owned(),
            action: "leave",
            result,
            reasons: vec![why],
            message: Some(message),
            needs_agreement: false,
            log,
            is_unwatched: false,
            is_old: false,
        });
    }

    fn tell_of(&mut self, outcome: Outcome) {
        (self.tell)(Event::Acted(outcome.clone()));
        self.acted.outcomes.push(outcome);
    }

    /// Tells of everything that is kept, which has one reason.
    fn kept(&mut self) {
        if !self.kept.is_empty() {
            (self.tell)(Event::Kept(std::mem::take(&mut self.kept)));
        }
    }

    fn left(&mut self, planned: &Planned) {
        let Action::Leave(left) = planned.action else { return };
        let result = if left == Left::Errored { Ended::Unhealthy } else { Ended::Left };
        self.ended(planned, result, left.advice(&planned.app).map(Remark::from), None);
    }

    /// An app that was in place is gone, and was put there by `planned` if by us now.
    fn lost(&mut self, app: &str, planned: Option<&Planned>) {
        if let Some(planned) = planned {
            self.acted.outcomes.retain(|outcome| outcome.app != app);
            self.ended(planned, Ended::Failed, Some(LOST.into()), None);
        } else {
            let why = Reason::app(Cause::Missing, "not running any more");
            self.found(app, why, Ended::Left, LOST.into(), None);
        }
    }

    fn unbegun(&mut self, planned: &Planned, why: &str) {
        self.ended(planned, Ended::Left, Some(why.into()), None);
    }

    fn has_failed(&self, app: &str) -> bool {
        let failed = |result| matches!(result, Ended::Failed | Ended::Unhealthy | Ended::RolledBack);
        self.acted.outcomes.iter().any(|outcome| outcome.app == app && failed(outcome.result))
    }
}
