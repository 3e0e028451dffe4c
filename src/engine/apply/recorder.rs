//! What an act rests on, and what is kept and told of its outcomes.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::state::Lock;
use crate::core::definition::Definition;
use crate::core::plan::Ended;
use crate::core::plan::Verb;
use crate::core::plan::rollout::Why;
use crate::core::plan::{Action, LeaveReason, Planned};
use crate::core::pm2::running::Running;
use crate::core::reason::{Cause, Reason};
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{ErrorLog, Outcome};
use crate::core::sync::redacted::Redacted;
use crate::engine::apply::health_watch::LOST;
use crate::engine::workspace::Workspace;

/// What an act rests on, and how it is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
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
pub(crate) struct Acted {
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

/// An app with which nothing was to be done, and which is not as it should be.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) app: &'a str,
    pub(super) why: Reason,
    pub(super) result: Ended,
    pub(super) message: Redacted,
    pub(super) log: Option<ErrorLog>,
}

/// Keeps the outcomes, and tells of each.
pub(super) struct Recorder<'a, 't> {
    acted: &'a mut Acted,
    waits: bool,
    /// What is told together, at the end.
    kept: Vec<Outcome>,
    tell: &'a mut (dyn FnMut(Event) + 't),
}

impl<'a, 't> Recorder<'a, 't> {
    pub(super) fn new(acted: &'a mut Acted, waits: bool, tell: &'a mut (dyn FnMut(Event) + 't)) -> Self {
        Self { acted, waits, kept: Vec::new(), tell }
    }

    /// Something happened that is no outcome.
    pub(super) fn tell(&mut self, event: Event) {
        (self.tell)(event);
    }

    /// One action has come to its end.
    pub(super) fn ended(
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
            needs_agreement: matches!(
                planned.action,
                Action::Leave(LeaveReason::Foreign | LeaveReason::Asked)
            ),
            log,
            is_unwatched: result == Ended::Done && !self.waits && planned.action.runs(),
            is_old: false,
        };
        if planned.action == Action::Leave(LeaveReason::Kept) {
            self.kept.push(outcome.clone());
            self.acted.outcomes.push(outcome);
        } else {
            self.tell_of(outcome);
        }
    }

    /// An app is left as it is.
    pub(super) fn left(&mut self, planned: &Planned, why: Why<'_>, ended: Ended) {
        let message = match why {
            Why::Planned(reason) => reason.advice(&planned.app),
            Why::Interrupted => Some("not begun, as it was interrupted".to_owned()),
            Why::Canary(first) => {
                Some(format!("not begun, since `{first}` failed; `pm2sync sync` continues"))
            }
        };
        self.ended(planned, ended, message.map(Redacted::from), None);
    }

    /// An app with which nothing was to be done is not as it should be.
    pub(super) fn found(&mut self, found: Found<'_>) {
        let Found { app, why, result, message, log } = found;
        self.tell_of(Outcome {
            app: app.to_owned(),
            action: Verb::Leave,
            result,
            reasons: vec![why],
            message: Some(message),
            needs_agreement: false,
            log,
            is_unwatched: false,
            is_old: false,
        });
    }

    /// An app that was in place is gone, and was put there by `planned` if by us now.
    pub(super) fn lost(&mut self, app: &str, planned: Option<&Planned>) {
        if let Some(planned) = planned {
            self.acted.outcomes.retain(|outcome| outcome.app != app);
            self.ended(planned, Ended::Failed, Some(LOST.into()), None);
        } else {
            let why = Reason::app(Cause::Missing, "not running any more");
            self.found(Found { app, why, result: Ended::Left, message: LOST.into(), log: None });
        }
    }

    /// A process outlived its stop.
    pub(super) fn survived(&mut self, app: &str, pid: u32) {
        self.acted.survivors.push((app.to_owned(), pid));
    }

    /// A definition is rolled back, and what was wrong with it.
    pub(super) fn rejected(&mut self, definition: &Definition, why: &str) {
        self.acted.rejected.push((definition.clone(), why.to_owned()));
    }

    /// An app that an earlier sync started stays up.
    pub(super) fn proved(&mut self, app: &str) {
        self.acted.proved.insert(app.to_owned());
    }

    /// Whether there is an outcome of this app.
    pub(super) fn knows(&self, app: &str) -> bool {
        self.acted.outcomes.iter().any(|outcome| outcome.app == app)
    }

    /// Tells of everything that is kept, which has one reason.
    pub(super) fn tell_kept(&mut self) {
        if !self.kept.is_empty() {
            (self.tell)(Event::Kept(std::mem::take(&mut self.kept)));
        }
    }

    fn tell_of(&mut self, outcome: Outcome) {
        (self.tell)(Event::Acted(outcome.clone()));
        self.acted.outcomes.push(outcome);
    }
}
