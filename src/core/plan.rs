//! The plan: what has to be done so that what runs is what is desired, and
//! why. A pure function of the two sets and the policy.
//!
//! Nothing that is not ours is touched but where a person said so, and what
//! already agrees is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::core::definition::Definition;
use crate::core::desired::{Desired, DesiredApp};
use crate::core::drift::{drift, option_drift};
use crate::core::effective::{Machine, effective};
use crate::core::reason::{Cause, Reason, differences};
use crate::core::running::{Owner, Running, RunningApp, Target};
use crate::core::settings::Removed;
use crate::text::diagnostic::Place;

/// What may be done, and who asks.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The root of this workspace: whose labels are ours.
    pub root: PathBuf,
    /// Whether a person asked; a hook does less.
    pub by_hand: bool,
    /// What becomes of owned apps whose definition is gone.
    pub removed: Removed,
    /// Whether an empty desired set may remove apps.
    pub allow_empty: bool,
    /// Whether a person agreed to take over foreign apps and to removals that
    /// are asked about.
    pub yes: bool,
    /// Only these apps, where any are named.
    pub only: BTreeSet<String>,
    /// Replaced although equal.
    pub force: BTreeSet<String>,
    /// Roots of other workspaces that no longer exist: their apps may be taken over.
    pub vanished: BTreeSet<PathBuf>,
    /// Apps whose desired definition was tried, did not come up healthy, and
    /// was rolled back: not tried again until it changes or is forced.
    pub rejected: BTreeSet<String>,
    /// Apps whose definition depends on variables that are unset now, or differ
    /// from the last sync, with the names of those: a hook leaves them.
    pub doubtful: BTreeMap<String, BTreeSet<String>>,
}

impl Policy {
    fn means(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.contains(name)
    }

    /// Why a hook does nothing about an app that depends on the environment.
    fn doubt(&self, name: &str) -> Option<Reason> {
        let names = self.doubtful.get(name).filter(|names| !self.by_hand && !names.is_empty())?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("`{}` {verb} unset or otherwise than at the last sync", names.join("`, `"));
        Some(Reason::app(Cause::Unset, message))
    }
}

/// What is to be done with one app.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Start what does not run.
    Start {
        /// What is started.
        definition: Definition,
    },
    /// Delete the processes and start the definition in their place.
    Replace {
        /// What is started.
        definition: Definition,
        /// What is deleted.
        targets: Vec<Target>,
        /// Whether the app was stopped, and so is put in place without running.
        stopped: bool,
    },
    /// Delete an owned app whose definition is gone.
    Remove {
        /// What is deleted.
        targets: Vec<Target>,
    },
    /// Stop an owned app whose definition is gone.
    Stop {
        /// What is stopped.
        targets: Vec<Target>,
    },
    /// Leave it as it is, though it is not as desired.
    Leave(Left),
}

/// Why an app is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Its definition cannot be applied.
    Invalid,
    /// Someone else started it: a person has to agree.
    Foreign,
    /// It belongs to another workspace.
    OtherWorkspace,
    /// It is a PM2 module.
    Module,
    /// It drifted, and a hook only reports that.
    Drifted,
    /// Its definition is gone, and the policy or a guard keeps it.
    Kept,
    /// Its definition is gone, and a person has to agree to the removal.
    Asked,
    /// PM2 gave up restarting it, and its definition is what it was.
    Errored,
    /// Its definition was tried before and rolled back.
    Rejected,
    /// Its definition depends on variables that are unset or different now, and
    /// a hook does not decide whether that is meant.
    Unset,
}

impl Action {
    /// Its word in plans and reports.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Replace { .. } => "replace",
            Self::Remove { .. } => "remove",
            Self::Stop { .. } => "stop",
            Self::Leave(_) => "leave",
        }
    }

    /// What is put in place.
    pub fn definition(&self) -> Option<&Definition> {
        match self {
            Self::Start { definition } | Self::Replace { definition, .. } => Some(definition),
            Self::Remove { .. } | Self::Stop { .. } | Self::Leave(_) => None,
        }
    }

    /// Whether an app runs afterwards that did not run before.
    pub fn runs(&self) -> bool {
        matches!(self, Self::Start { .. } | Self::Replace { stopped: false, .. })
    }

    /// Removals first, since they free ports; then replaces, then starts.
    fn order(&self) -> u8 {
        match self {
            Self::Remove { .. } => 0,
            Self::Stop { .. } => 1,
            Self::Replace { .. } => 2,
            Self::Start { .. } => 3,
            Self::Leave(_) => 4,
        }
    }
}

/// One action of a plan.
#[derive(Clone, Debug)]
pub struct Planned {
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
pub struct Plan {
    /// What differs.
    pub actions: Vec<Planned>,
    /// What agrees.
    pub unchanged: Vec<Unchanged>,
}

impl Plan {
    /// Whether performing it would touch any process.
    pub fn acts(&self) -> bool {
        self.actions.iter().any(|planned| !matches!(planned.action, Action::Leave(_)))
    }

    fn push(&mut self, app: &str, action: Action, reasons: Vec<Reason>, place: Option<Place>) {
        self.actions.push(Planned { app: app.to_owned(), action, reasons, place });
    }
}

/// What has to be done so that the running set is the desired one.
pub fn plan(desired: &Desired, running: &Running, machine: &Machine, policy: &Policy) -> Plan {
    let mut plan = Plan::default();
    for app in desired.apps.iter().filter(|app| policy.means(app.definition.name())) {
        plan_desired(app, running, machine, policy, &mut plan);
    }
    for (name, errors) in
        desired.invalid.iter().chain(&desired.nameless).filter(|(name, _)| policy.means(name))
    {
        let reasons = errors.iter().map(|error| Reason::app(Cause::Invalid, error.message.clone())).collect();
        let place = errors.iter().find_map(|error| error.place.clone());
        plan.push(name, Action::Leave(Left::Invalid), reasons, place);
    }
    plan_removals(desired, running, policy, &mut plan);
    plan.actions.sort_by_key(|planned| planned.action.order());
    plan
}

/// One app of the desired set.
fn plan_desired(app: &DesiredApp, running: &Running, machine: &Machine, policy: &Policy, plan: &mut Plan) {
    let name = app.definition.name();
    let place = app.place.clone();
    let effective = match effective(&app.definition, machine) {
        Ok(effective) => effective,
        Err(why) => {
            let message = why.help.map_or(why.message.clone(), |help| format!("{}; {help}", why.message));
            plan.push(name, Action::Leave(Left::Invalid), vec![Reason::app(Cause::Invalid, message)], place);
            return;
        }
    };
    let Some(current) = running.get(name) else {
        let mut reasons = vec![Reason::app(Cause::Missing, "not running")];
        let doubt = policy.doubt(name);
        let action = if doubt.is_some() {
            Action::Leave(Left::Unset)
        } else {
            Action::Start { definition: app.definition.clone() }
        };
        reasons.extend(doubt);
        plan.push(name, action, reasons, place);
        return;
    };
    let replace = || Action::Replace {
        definition: app.definition.clone(),
        targets: current.targets(),
        stopped: current.is_stopped(),
    };
    if current.is_module() {
        let reasons = vec![Reason::app(Cause::Foreign, "a PM2 module has this name")];
        plan.push(name, Action::Leave(Left::Module), reasons, place);
        return;
    }
    let label = match current.owner(&policy.root) {
        Owner::Us(label) => label,
        Owner::OtherWorkspace(label) if policy.vanished.contains(&label.root) => label,
        Owner::OtherWorkspace(label) => {
            let (theirs, ours) = (label.root.display(), policy.root.display());
            let message = format!("belongs to the workspace {theirs}, not to {ours}");
            let reasons = vec![Reason::app(Cause::OtherWorkspace, message)];
            plan.push(name, Action::Leave(Left::OtherWorkspace), reasons, place);
            return;
        }
        Owner::Nobody => {
            let mut reasons = drift(&app.definition, &effective, current);
            reasons.extend(option_drift(&app.definition, current));
            if reasons.is_empty() && !policy.force.contains(name) {
                plan.unchanged.push(Unchanged { app: name.to_owned(), owned: false });
            } else {
                reasons.insert(0, Reason::app(Cause::Foreign, "not started by pm2sync"));
                let action =
                    if policy.by_hand && policy.yes { replace() } else { Action::Leave(Left::Foreign) };
                plan.push(name, action, reasons, place);
            }
            return;
        }
    };
    let mut reasons = differences(&label.definition, &app.definition);
    let drifted = drift(&app.definition, &effective, current);
    if label.root != policy.root {
        let message = format!("was started from {}, which is gone", label.root.display());
        reasons.push(Reason::app(Cause::OtherWorkspace, message));
    }
    let forced = policy.force.contains(name);
    if forced {
        reasons.push(Reason::app(Cause::Forced, "forced"));
    } else if label.definition != app.definition {
        let kept = if policy.rejected.contains(name) {
            Some((Left::Rejected, Reason::app(Cause::Rejected, "this definition was tried and rolled back")))
        } else {
            policy.doubt(name).map(|doubt| (Left::Unset, doubt))
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
        plan.push(name, Action::Leave(Left::Errored), reasons, place);
    } else if drifted.is_empty() {
        plan.unchanged.push(Unchanged { app: name.to_owned(), owned: true });
    } else if policy.by_hand {
        plan.push(name, replace(), drifted, place);
    } else {
        plan.push(name, Action::Leave(Left::Drifted), drifted, place);
    }
}

/// Owned apps of which the sources no longer speak.
fn plan_removals(desired: &Desired, running: &Running, policy: &Policy, plan: &mut Plan) {
    let owned = |app: &RunningApp| matches!(app.owner(&policy.root), Owner::Us(_));
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
                Action::Leave(Left::Unset)
            }
            (Some(why), _) => {
                reasons.push(Reason::app(Cause::Policy, why.clone()));
                Action::Leave(Left::Kept)
            }
            (None, Removed::Keep) => {
                reasons.push(Reason::app(Cause::Policy, "the policy is to keep it"));
                Action::Leave(Left::Kept)
            }
            (None, Removed::Ask) if !(policy.by_hand && policy.yes) => Action::Leave(Left::Asked),
            (None, Removed::Stop) if app.is_stopped() => {
                plan.unchanged.push(Unchanged { app: name.to_owned(), owned: true });
                continue;
            }
            (None, Removed::Stop) => Action::Stop { targets: app.targets() },
            (None, Removed::Delete | Removed::Ask) => Action::Remove { targets: app.targets() },
        };
        plan.push(name, action, reasons, None);
    }
}

/// Why nothing may be removed at all, if so.
fn removal_guard(desired: &Desired, policy: &Policy, gone: usize, owned: usize) -> Option<String> {
    if !desired.nameless.is_empty() {
        Some("an entry without a usable name could be it".to_owned())
    } else if desired.is_empty() && !policy.allow_empty {
        Some("the definitions are empty; `pm2sync sync --allow-empty` removes it".to_owned())
    } else if !policy.by_hand && gone * 2 > owned {
        Some(format!("a hook does not remove {gone} of {owned} apps; `pm2sync sync` does"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
