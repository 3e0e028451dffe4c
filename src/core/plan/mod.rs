//! The plan: what has to be done so that what runs is what is desired, and
//! why. A pure function of the two sets and the policy.
//!
//! Nothing that is not ours is touched but where a person said so, and what
//! already agrees is left alone.

mod action;
mod ended;
pub(crate) mod fallback;
mod policy;
pub(crate) mod revision_plan;
pub(crate) mod rollout;

use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::desired::{Desired, DesiredApp};
use crate::core::definition::label::Label;
use crate::core::pm2::drift::{count, drift, foreign_drift, increment_drift, named_environment};
use crate::core::pm2::effective::machine::Machine;
use crate::core::pm2::effective::{Effective, examined};
use crate::core::pm2::running::{Owner, Process, Running, RunningApp};
use crate::core::reason::{Cause, Reason, differences, is_scaling};
use crate::core::settings::Removed;
use crate::text::diagnostic::Place;

pub(crate) use crate::core::plan::action::{Action, LeaveReason, Scaling, Target, Verb};
pub(crate) use crate::core::plan::ended::Ended;
pub(crate) use crate::core::plan::policy::{Doubtful, Policy};
pub(in crate::core) use crate::core::plan::policy::{EMPTY, KEEP, NAMELESS};

/// One action of a plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Planned {
    /// The name of the app.
    pub app: String,
    /// What is to be done with it.
    pub action: Action,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Where its definition is written, where that is known.
    pub place: Option<Place>,
}

/// An app with which nothing is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchanged {
    /// Its name.
    pub app: String,
    /// Whether it is ours, or only agrees with the definition.
    pub owned: bool,
}

/// Everything to be done, in the order in which it is done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// What differs.
    pub actions: Vec<Planned>,
    /// What agrees.
    pub unchanged: Vec<Unchanged>,
}

impl Plan {
    /// Whether performing it would touch any process.
    pub(crate) fn acts(&self) -> bool {
        self.actions.iter().any(|planned| planned.action.acts())
    }

    fn push(&mut self, app: &str, action: Action, reasons: Vec<Reason>, place: Option<Place>) {
        self.actions.push(Planned { app: app.to_owned(), action, reasons, place });
    }
}

/// What has to be done so that the running set is the desired one.
pub(crate) fn plan(desired: &Desired, running: &Running, machine: &Machine, policy: &Policy) -> Plan {
    let mut plan = Plan::default();
    for app in desired.apps.iter().filter(|app| policy.means(app.definition.name())) {
        plan_desired(app, running, machine, policy, &mut plan);
    }
    for (name, errors) in
        desired.invalid.iter().chain(&desired.nameless).filter(|(name, _)| policy.means(name))
    {
        let reasons = errors.iter().map(Reason::invalid).collect();
        let place = errors.iter().find_map(|error| error.place.clone());
        plan.push(name, Action::Leave(LeaveReason::Invalid), reasons, place);
    }
    plan_removals(desired, running, policy, &mut plan);
    let is_itself = |planned: &&mut Planned| policy.itself.as_ref() == Some(&planned.app);
    for planned in plan.actions.iter_mut().filter(is_itself) {
        if planned.action.acts() {
            planned.action = Action::Leave(LeaveReason::Itself);
        }
    }
    plan.actions.sort_by_key(|planned| planned.action.order());
    plan
}

/// One app of the desired set.
fn plan_desired(app: &DesiredApp, running: &Running, machine: &Machine, policy: &Policy, plan: &mut Plan) {
    let name = app.definition.name();
    let place = app.place.clone();
    let effective = match examined(app, machine) {
        Ok(effective) => effective,
        Err(why) => {
            let place = why.place.clone().or(place);
            plan.push(name, Action::Leave(LeaveReason::Invalid), vec![Reason::invalid(&why)], place);
            return;
        }
    };
    let Some(current) = running.get(name) else { return plan_missing(app, policy, plan) };
    if current.is_module() {
        let reasons = vec![Reason::app(Cause::Foreign, "a PM2 module has this name")];
        plan.push(name, Action::Leave(LeaveReason::Module), reasons, place);
        return;
    }
    let label = match current.owner(&policy.root) {
        Owner::Us(label) => label,
        Owner::OtherWorkspace(label)
            if policy.vanished.contains(&label.root) || policy.takes_over(&label.root) =>
        {
            label
        }
        Owner::OtherWorkspace(label) => {
            let (theirs, ours) = (label.root.display(), policy.root.display());
            let message = format!("belongs to the workspace {theirs}, not to {ours}");
            let reasons = vec![Reason::app(Cause::OtherWorkspace, message)];
            plan.push(name, Action::Leave(LeaveReason::OtherWorkspace), reasons, place);
            return;
        }
        Owner::Nobody => return plan_foreign(app, &effective, current, policy, plan),
    };
    plan_owned(app, &effective, (current, label), policy, plan);
}

/// One app of the desired set that does not run.
fn plan_missing(app: &DesiredApp, policy: &Policy, plan: &mut Plan) {
    let name = app.definition.name();
    let mut reasons = vec![Reason::app(Cause::Missing, "not running")];
    let (survivor, doubt) = (policy.survivor(name), policy.doubt(name));
    let action = if survivor.is_some() {
        Action::Leave(LeaveReason::Survived)
    } else if doubt.is_some() {
        Action::Leave(LeaveReason::Unset)
    } else {
        Action::Start { definition: app.definition.clone() }
    };
    reasons.extend(survivor.or(doubt));
    plan.push(name, action, reasons, app.place.clone());
}

/// One app of the desired set under whose name someone else's runs.
fn plan_foreign(
    app: &DesiredApp,
    effective: &Effective,
    current: &RunningApp,
    policy: &Policy,
    plan: &mut Plan,
) {
    let name = app.definition.name();
    let mut reasons = foreign_reasons(&app.definition, effective, current);
    if reasons.is_empty() && !policy.force.contains(name) {
        plan.unchanged.push(Unchanged { app: name.to_owned(), owned: false });
        return;
    }
    reasons.insert(0, Reason::app(Cause::Foreign, "not started by pm2sync"));
    let takes_over = policy.by_hand && policy.yes;
    let action =
        if takes_over { replacing(app, current, policy) } else { Action::Leave(LeaveReason::Foreign) };
    plan.push(name, action, reasons, app.place.clone());
}

/// One app of the desired set that runs and is ours, with its label.
fn plan_owned(
    app: &DesiredApp,
    effective: &Effective,
    (current, label): (&RunningApp, &Label),
    policy: &Policy,
    plan: &mut Plan,
) {
    let (name, place) = (app.definition.name(), app.place.clone());
    let replace = || replacing(app, current, policy);
    let label = odd_one(current, app).unwrap_or(label);
    let mut reasons = differences(&label.definition, &app.definition);
    let mut drifted = drift(&app.definition, effective, current);
    if label.root != policy.root {
        let gone = if policy.vanished.contains(&label.root) { ", which is gone" } else { "" };
        let message = format!("was started from {}{gone}", label.root.display());
        reasons.push(Reason::app(Cause::OtherWorkspace, message));
    }
    if policy.has_stopped(name, current) {
        reasons.push(Reason::app(Cause::Missing, "was stopped while its definition was gone"));
    }
    let forced = policy.force.contains(name);
    if forced {
        reasons.push(Reason::app(Cause::Forced, "forced"));
    } else if label.definition != app.definition {
        let kept = if policy.rejected.contains(name) {
            Some((
                LeaveReason::Rejected,
                Reason::app(Cause::Rejected, "this definition was tried and rolled back"),
            ))
        } else {
            policy.doubt(name).map(|doubt| (LeaveReason::Unset, doubt))
        };
        if let Some((left, why)) = kept {
            reasons.push(why);
            plan.push(name, Action::Leave(left), reasons, place);
            return;
        }
    }
    if !reasons.is_empty() {
        plan.push(name, replace(), reasons, place);
    } else if drifted.is_empty() && current.is_errored() {
        let reasons = vec![Reason::app(Cause::Errored, "PM2 gave up restarting it")];
        plan.push(name, Action::Leave(LeaveReason::Errored), reasons, place);
    } else if drifted.is_empty() {
        plan.unchanged.push(Unchanged { app: name.to_owned(), owned: true });
    } else if policy.by_hand || policy.mends {
        let scaled = count(effective, current)
            .filter(|_| is_scaling(&drifted))
            .map(|count| scaled(app, current, count));
        let action = scaled.unwrap_or_else(|| Ok(replace())).unwrap_or_else(|why| {
            drifted.push(Reason::app(Cause::Drift, why));
            replace()
        });
        plan.push(name, action, drifted, place);
    } else {
        plan.push(name, Action::Leave(LeaveReason::Drifted), drifted, place);
    }
}

/// What puts the definition in the place of what runs. What a person stopped
/// stays so.
fn replacing(app: &DesiredApp, current: &RunningApp, policy: &Policy) -> Action {
    Action::Replace {
        definition: app.definition.clone(),
        targets: targets(current),
        stopped: current.is_stopped() && !policy.has_stopped(app.definition.name(), current),
    }
}

/// How an app that someone started differs, and what they may have meant by it.
fn foreign_reasons(definition: &Definition, effective: &Effective, current: &RunningApp) -> Vec<Reason> {
    let mut reasons = foreign_drift(definition, effective, current);
    if let Some(name) = named_environment(definition, current, &reasons) {
        let message = format!("it runs with its `{name}`, for which there is `[env] name`");
        reasons.insert(0, Reason::app(Cause::Foreign, message));
    }
    reasons
}

/// The label of a process that was started with another definition than the
/// desired one: one is enough to replace them all.
fn odd_one<'a>(current: &'a RunningApp, app: &DesiredApp) -> Option<&'a Label> {
    let labels = current.processes.iter().filter_map(|process| process.label.as_ref());
    labels.into_iter().find(|label| label.definition != app.definition)
}

/// Owned apps of which the sources no longer speak.
fn plan_removals(desired: &Desired, running: &Running, policy: &Policy, plan: &mut Plan) {
    let owned = |app: &RunningApp| match app.owner(&policy.root) {
        Owner::Us(_) => true,
        Owner::OtherWorkspace(label) => policy.takes_over(&label.root),
        Owner::Nobody => false,
    };
    let gone: Vec<(&str, &RunningApp)> =
        running.iter().filter(|(name, app)| owned(app) && !desired.speaks_of(name)).collect();
    let all_owned = running.iter().filter(|(_, app)| owned(app)).count();
    let guard = removal_guard(desired, policy, gone.len(), all_owned);
    for (name, app) in gone.into_iter().filter(|(name, _)| policy.means(name)) {
        let mut reasons = vec![Reason::app(Cause::Removed, "its definition is gone")];
        let doubt = policy.doubt(name).filter(|_| guard.is_none());
        let action = match (&guard, policy.removed) {
            _ if doubt.is_some() => {
                reasons.extend(doubt);
                Action::Leave(LeaveReason::Unset)
            }
            (Some(why), _) => {
                reasons.push(Reason::app(Cause::Policy, why.clone()));
                Action::Leave(LeaveReason::Kept)
            }
            (None, Removed::Keep) => {
                reasons.push(Reason::app(Cause::Policy, KEEP));
                Action::Leave(LeaveReason::Kept)
            }
            (None, Removed::Ask) if !(policy.by_hand && policy.yes) => Action::Leave(LeaveReason::Asked),
            (None, Removed::Stop) if app.is_stopped() => {
                plan.unchanged.push(Unchanged { app: name.to_owned(), owned: true });
                continue;
            }
            (None, Removed::Stop) => Action::Stop { targets: targets(app) },
            (None, Removed::Delete | Removed::Ask) => Action::Remove { targets: targets(app) },
        };
        plan.push(name, action, reasons, None);
    }
}

/// Why nothing may be removed at all, if so.
fn removal_guard(desired: &Desired, policy: &Policy, gone: usize, owned: usize) -> Option<String> {
    if !desired.nameless.is_empty() {
        Some(NAMELESS.to_owned())
    } else if desired.is_empty() && !policy.allow_empty {
        Some(EMPTY.to_owned())
    } else if let Some(entry) = &desired.unread {
        Some(format!("`{entry}` may define what is gone, and is not read beside the sources"))
    } else if !policy.by_hand && gone * 2 > owned {
        Some(format!("a hook does not remove {gone} of {owned} apps; `pm2sync sync` does"))
    } else {
        None
    }
}

/// Scaling, where the count of processes is all that is wrong and the others
/// can stay as they are; else why they cannot.
fn scaled(app: &DesiredApp, current: &RunningApp, count: usize) -> Result<Action, &'static str> {
    if current.is_errored() {
        return Err("PM2 gave up restarting one of them");
    }
    let processes = &current.processes;
    let has = processes.len();
    // Those that do not run go first, then the newest.
    let mut by_worth: Vec<&Process> = processes.iter().collect();
    by_worth.sort_by_key(|process| (process.pid.is_none(), process.pm_id));
    if increment_drift(&app.definition, &by_worth[..count.min(has)]).is_some() {
        return Err("the first numbers would be gone");
    }
    let scaling = if has < count {
        let source = processes.iter().find(|process| process.status == "online");
        Scaling::Up { source: target(source.ok_or("none of them is up")?), add: count - has }
    } else {
        Scaling::Down { targets: by_worth.into_iter().skip(count).map(target).collect() }
    };
    Ok(Action::Scale { definition: app.definition.clone(), scaling })
}

/// Every process of an app, to act on.
pub(crate) fn targets(app: &RunningApp) -> Vec<Target> {
    app.processes.iter().map(target).collect()
}

fn target(process: &Process) -> Target {
    Target {
        pm_id: process.pm_id,
        unique_id: process.unique_id.clone(),
        kill_timeout: process.options.0.get("kill_timeout").and_then(Value::as_u64).unwrap_or_default(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
