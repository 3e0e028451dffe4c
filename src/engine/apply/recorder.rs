//! What an act rests on, and what is kept and told of its outcomes.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::state::Lock;
use crate::core::definition::Definition;
use crate::core::plan::{Action, Left, Planned};
use crate::core::pm2::running::Running;
use crate::core::reason::{Cause, Reason};
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{ErrorLog, Outcome, Result as Ended};
use crate::core::sync::redacted::Redacted;
use crate::engine::apply::health_watch::LOST;
use crate::engine::workspace::Workspace;

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

/// Who keeps the outcomes, and tells of each.
pub(in crate::engine) struct Show<'a, 't> {
    pub(in crate::engine) acted: &'a mut Acted,
    pub(in crate::engine) waits: bool,
    /// What is told together, at the end.
    pub(in crate::engine) kept: Vec<Outcome>,
    pub(in crate::engine) tell: &'a mut (dyn FnMut(Event) + 't),
}

impl Show<'_, '_> {
    /// One action has come to its end.
    pub(in crate::engine) fn ended(
        &mut self,
        planned: &Planned,
        result: Ended,
        message: Option<Redacted>,
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
        message: Redacted,
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
    pub(in crate::engine) fn kept(&mut self) {
        if !self.kept.is_empty() {
            (self.tell)(Event::Kept(std::mem::take(&mut self.kept)));
        }
    }

    pub(in crate::engine) fn left(&mut self, planned: &Planned) {
        let Action::Leave(left) = planned.action else { return };
        let result = if left == Left::Errored { Ended::Unhealthy } else { Ended::Left };
        self.ended(planned, result, left.advice(&planned.app).map(Redacted::from), None);
    }

    /// An app that was in place is gone, and was put there by `planned` if by us now.
    pub(in crate::engine) fn lost(&mut self, app: &str, planned: Option<&Planned>) {
        if let Some(planned) = planned {
            self.acted.outcomes.retain(|outcome| outcome.app != app);
            self.ended(planned, Ended::Failed, Some(LOST.into()), None);
        } else {
            let why = Reason::app(Cause::Missing, "not running any more");
            self.found(app, why, Ended::Left, LOST.into(), None);
        }
    }

    pub(in crate::engine) fn unbegun(&mut self, planned: &Planned, why: &str) {
        self.ended(planned, Ended::Left, Some(why.into()), None);
    }

    pub(in crate::engine) fn has_failed(&self, app: &str) -> bool {
        let failed = |result| matches!(result, Ended::Failed | Ended::Unhealthy | Ended::RolledBack);
        self.acted.outcomes.iter().any(|outcome| outcome.app == app && failed(outcome.result))
    }
}
