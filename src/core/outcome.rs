//! What became of each action of a plan.

use serde::Serialize;

use crate::core::reason::{Cause, InOneLine, Reason};
use crate::core::state::Unsettled;

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// It is as desired.
    Done,
    /// PM2 refused, or what it made is not what was asked for.
    Failed,
    /// It was started and does not stay up.
    Unhealthy,
    /// It was started and has not proved itself in time.
    NotProven,
    /// It was started, did not stay up, and the old definition runs again.
    RolledBack,
    /// It was left as it is.
    Left,
}

/// What became of one app.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The name of the app.
    pub app: String,
    /// The word of its action: `start`, `replace`, `remove`, `stop`, `leave`.
    pub action: &'static str,
    /// How it ended.
    pub result: Result,
    /// Why it was planned.
    pub reasons: Vec<Reason>,
    /// What went wrong, or the next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it was left because a person has to agree to it.
    #[serde(skip)]
    pub needs_agreement: bool,
}

impl Outcome {
    /// What is remembered of an app that is not as desired.
    pub fn unsettled(&self) -> Unsettled {
        let reasons = InOneLine(&self.reasons);
        let why = match &self.message {
            Some(message) => format!("{reasons}; {message}"),
            None => reasons.to_string(),
        };
        Unsettled { app: self.app.clone(), why }
    }

    /// Whether the app is as desired, or was left only because the policy is to
    /// keep what was removed.
    pub fn is_settled(&self) -> bool {
        let by_policy = |reason: &Reason| matches!(reason.cause, Cause::Removed | Cause::Policy);
        let kept = self.result == Result::Left && self.reasons.iter().all(by_policy);
        self.result == Result::Done || kept
    }
}

/// How a whole sync ended.
#[derive(Clone, Debug, Default)]
pub struct Synced {
    /// What became of each action.
    pub outcomes: Vec<Outcome>,
    /// How many apps needed nothing.
    pub unchanged: usize,
    /// What was known not to be as desired before this sync.
    pub known: Vec<Unsettled>,
}

impl Synced {
    /// Whether everything is as desired, or was left because the policy says so.
    pub fn is_settled(&self) -> bool {
        self.outcomes.iter().all(Outcome::is_settled)
    }

    /// The outcomes that are worth saying again: all but what was left before
    /// for the same reasons.
    pub fn news(&self) -> Vec<&Outcome> {
        let is_old =
            |outcome: &&Outcome| outcome.result == Result::Left && self.known.contains(&outcome.unsettled());
        self.outcomes.iter().filter(|outcome| !is_old(outcome)).collect()
    }
}
