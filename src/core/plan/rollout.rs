//! How a plan is carried out, step by step: what is next, in which order, and
//! what follows a failure.
//!
//! It is a value that is driven from outside: [`Rollout::next`] returns the next
//! step, the caller performs it, and passes the result to [`Rollout::record`]. So it
//! sees no PM2 and no clock, and its rules are tested on a model.
//!
//! Each action is carried out by itself, so that an app is down only for its own
//! stop and start; then everything that was started has to prove healthy. Of
//! three or more replaces the first is a canary: it has to pass before
//! the others are started. What fails gets its old definition back, if that ran well.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::definition::Definition;
use crate::core::plan::action::{Action, LeaveReason};
use crate::core::plan::ended::Ended;
use crate::core::plan::{Plan, Planned};

/// From so many replaces on the first is tried alone.
const CANARY_FROM: usize = 3;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step<'p> {
    /// Carry out this action.
    Do(&'p Planned),
    /// See whether these stay up, until at least one thing is certain.
    Prove {
        /// By name.
        apps: Vec<&'p str>,
        /// For how long.
        until: Until,
    },
    /// Put this definition in the place of the one that failed.
    PutBack(&'p Planned, &'p Definition),
    /// Leave it as it is, and why.
    Leave(&'p Planned, Why<'p>),
    /// See whether PM2 still lists these, which are in place: one may have died
    /// while the others were waited for.
    Recheck(Vec<&'p str>),
    /// There is nothing left to do.
    Finished,
}

/// How long an app has to stay up before the rollout continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// As long as a canary must: it may go on to prove itself beside the others.
    Early,
    /// Until it is healthy, has failed, or its time is over.
    Certain,
}

/// Why an app is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why<'p> {
    /// The plan says so.
    Planned(LeaveReason),
    /// A signal asked to stop before it was started.
    Interrupted,
    /// This app, which was tried alone, has failed.
    Canary(&'p str),
}

/// The result of a step, for one app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepResult {
    /// It was done, and nothing has to prove itself.
    InPlace,
    /// It was started, and has to prove that it stays up.
    Started,
    /// It failed, and what ran before is still there.
    Refused,
    /// It failed, and what ran before is gone.
    Down {
        /// Whether no other workspace's app has replaced it since.
        ours: bool,
    },
    /// It has been up for as long as a canary must.
    Passed,
    /// It stays up.
    Healthy,
    /// It does not stay up.
    Unhealthy {
        /// Whether what runs under its name is ours.
        ours: bool,
    },
    /// Its time is over, and nothing is certain.
    NotProven,
    /// PM2 no longer lists it, or can no longer be asked.
    Lost,
    /// The old definition runs again.
    PutBack,
    /// Nor does the old definition.
    NotPutBack,
}

/// A plan that is being carried out.
#[derive(Clone, Debug)]
pub(crate) struct Rollout<'p> {
    plan: &'p Plan,
    /// The old definitions of those apps that ran well with one.
    fallbacks: BTreeMap<&'p str, &'p Definition>,
    /// The place in the plan of the next action.
    at: usize,
    canary: Canary<'p>,
    /// What was started and is not certain yet, in the order of the plan.
    unproven: Vec<&'p Planned>,
    /// Of those, the ones that have been up for as long as a canary must.
    passed: BTreeSet<&'p str>,
    /// What has failed and gets its old definition back, and how it ends if that fails too.
    put_back: Option<(&'p Planned, &'p Definition, Ended)>,
    /// How each action has ended.
    ended: BTreeMap<&'p str, Ended>,
    has_acted: bool,
    is_interrupted: bool,
    is_rechecked: bool,
}

/// The state of the first of many replaces.
#[derive(Clone, Copy, Debug)]
enum Canary<'p> {
    /// There are too few to try one alone, or it has passed.
    None,
    /// The next replace is the one.
    Next,
    /// It has to pass before others are started.
    Tried(&'p str),
    /// It has failed.
    Failed(&'p str),
}

impl<'p> Rollout<'p> {
    /// The rollout of a plan; `waits` says whether what is started has to prove
    /// itself, `fallbacks` what can be put back where it does not.
    pub(crate) fn new(plan: &'p Plan, waits: bool, fallbacks: BTreeMap<&'p str, &'p Definition>) -> Self {
        let replaces = plan.actions.iter().filter(|planned| is_running_replace(planned)).count();
        Self {
            plan,
            fallbacks,
            at: 0,
            canary: if waits && replaces >= CANARY_FROM { Canary::Next } else { Canary::None },
            unproven: Vec::new(),
            passed: BTreeSet::new(),
            put_back: None,
            ended: BTreeMap::new(),
            has_acted: false,
            is_interrupted: false,
            is_rechecked: false,
        }
    }

    /// The next step: the same one again until its result is known.
    pub(crate) fn next(&self) -> Step<'p> {
        if let Some((planned, old, _)) = self.put_back {
            return Step::PutBack(planned, old);
        }
        if let Canary::Tried(_) = self.canary {
            return Step::Prove { apps: self.waiting(), until: Until::Early };
        }
        if let Some(planned) = self.plan.actions.get(self.at) {
            return self.next_action(planned);
        }
        if !self.unproven.is_empty() {
            return Step::Prove { apps: self.waiting(), until: Until::Certain };
        }
        if self.has_acted && !self.is_rechecked {
            return Step::Recheck(self.in_place());
        }
        Step::Finished
    }

    /// Records the result of a step for an app of the plan: how its action ended, if it has.
    pub(crate) fn record(&mut self, planned: &'p Planned, result: StepResult) -> Option<Ended> {
        if self.plan.actions.get(self.at).is_some_and(|next| next.app == planned.app) {
            self.begin(planned);
        }
        let ended = match result {
            StepResult::Started => {
                self.unproven.push(planned);
                None
            }
            StepResult::Passed => {
                self.passed.insert(&planned.app);
                None
            }
            StepResult::Down { ours } => self.fall_back(planned, ours, Ended::Failed),
            StepResult::Unhealthy { ours } => self.fall_back(planned, ours, Ended::Unhealthy),
            StepResult::InPlace | StepResult::Healthy => Some(Ended::Done),
            StepResult::Refused | StepResult::Lost => Some(Ended::Failed),
            StepResult::NotProven => Some(Ended::NotProven),
            StepResult::PutBack => self.put_back.take().map(|_| Ended::RolledBack),
            StepResult::NotPutBack => self.put_back.take().map(|(.., otherwise)| otherwise),
        };
        if let Some(ended) = ended {
            self.end(planned, ended);
        }
        self.settle_canary();
        ended
    }

    /// An action that is not carried out was left.
    pub(crate) fn left(&mut self, planned: &'p Planned, why: Why<'p>) -> Ended {
        self.at += 1;
        let is_unhealthy = why == Why::Planned(LeaveReason::Errored);
        let ended = if is_unhealthy { Ended::Unhealthy } else { Ended::Left };
        self.end(planned, ended);
        ended
    }

    /// Of what is in place, PM2 lists all but these.
    pub(crate) fn rechecked(&mut self, gone: &[&'p str]) {
        self.is_rechecked = true;
        for planned in gone.iter().filter_map(|app| self.planned(app)).collect::<Vec<_>>() {
            self.end(planned, Ended::Failed);
        }
    }

    /// A signal asked to stop: what is started is finished, and nothing else is started.
    pub(crate) fn interrupt(&mut self) {
        self.is_interrupted = true;
    }

    /// The action for an app.
    pub(crate) fn planned(&self, app: &str) -> Option<&'p Planned> {
        self.plan.actions.iter().find(|planned| planned.app == app)
    }

    fn next_action(&self, planned: &'p Planned) -> Step<'p> {
        match (&planned.action, self.canary) {
            (Action::Leave(why), _) => Step::Leave(planned, Why::Planned(*why)),
            _ if self.is_interrupted => Step::Leave(planned, Why::Interrupted),
            (_, Canary::Failed(first)) if is_running_replace(planned) => {
                Step::Leave(planned, Why::Canary(first))
            }
            _ => Step::Do(planned),
        }
    }

    fn begin(&mut self, planned: &'p Planned) {
        self.at += 1;
        self.has_acted = true;
        if matches!(self.canary, Canary::Next) && is_running_replace(planned) {
            self.canary = Canary::Tried(&planned.app);
        }
    }

    /// What is started and not yet certain enough for the rollout to go on.
    fn waiting(&self) -> Vec<&'p str> {
        let apps = self.unproven.iter().map(|planned| planned.app.as_str());
        apps.filter(|app| !self.passed.contains(app)).collect()
    }

    /// What follows a failure: the old definition again, if what runs is not
    /// another workspace's and it ran well; else the action ends so.
    fn fall_back(&mut self, planned: &'p Planned, ours: bool, otherwise: Ended) -> Option<Ended> {
        let Some(old) = self.fallbacks.get(planned.app.as_str()).filter(|_| ours) else {
            return Some(otherwise);
        };
        self.unproven.retain(|one| one.app != planned.app);
        self.put_back = Some((planned, old, otherwise));
        None
    }

    fn end(&mut self, planned: &'p Planned, ended: Ended) {
        self.unproven.retain(|one| one.app != planned.app);
        self.ended.insert(&planned.app, ended);
    }

    /// Once nothing is waited for, the canary has passed or failed.
    fn settle_canary(&mut self) {
        if let Canary::Tried(app) = self.canary
            && self.put_back.is_none()
            && self.waiting().is_empty()
        {
            self.passed.clear();
            self.canary = if self.has_failed(app) { Canary::Failed(app) } else { Canary::None };
        }
    }

    fn has_failed(&self, app: &str) -> bool {
        matches!(self.ended.get(app), Some(Ended::Failed | Ended::Unhealthy | Ended::RolledBack))
    }

    /// Every app that is as desired by now, or is ours and was so before.
    fn in_place(&self) -> Vec<&'p str> {
        let is_done = |planned: &&Planned| {
            let ended = self.ended.get(planned.app.as_str());
            planned.action.definition().is_some() && matches!(ended, Some(Ended::Done | Ended::NotProven))
        };
        let done = self.plan.actions.iter().filter(is_done).map(|planned| planned.app.as_str());
        let unchanged = self.plan.unchanged.iter().filter(|same| same.owned).map(|same| same.app.as_str());
        done.chain(unchanged).collect()
    }
}

/// Whether it replaces an app that is up: a stopped one is only put in place.
fn is_running_replace(planned: &Planned) -> bool {
    matches!(planned.action, Action::Replace { stopped: false, .. })
}

#[cfg(test)]
mod properties;
