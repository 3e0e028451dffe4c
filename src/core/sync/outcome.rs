//! The outcome of each action of a plan.

use std::path::PathBuf;

use serde::Serialize;

use crate::core::plan::{Ended, Unchanged, Verb};
use crate::core::reason::words::InOneLine;
use crate::core::reason::{Cause, Reason};
use crate::core::sync::redacted::Redacted;
use crate::core::sync::unsettled::Unsettled;

/// The error log of an app that failed. Its end is shown once and never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorLog {
    /// The file.
    pub path: PathBuf,
    /// How long it was before the start that failed, in bytes.
    pub from: u64,
}

/// The outcome for one app.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The name of the app.
    pub app: String,
    /// What was to be done.
    pub action: Verb,
    /// How it ended.
    pub result: Ended,
    /// Why it was planned.
    pub reasons: Vec<Reason>,
    /// What went wrong, or the next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Redacted>,
    /// Whether it was left because a person has to agree to it.
    #[serde(skip)]
    pub needs_agreement: bool,
    /// The error log of an app that failed.
    #[serde(skip)]
    pub log: Option<ErrorLog>,
    /// Whether it was started without waiting for its health check.
    #[serde(skip)]
    pub is_unwatched: bool,
    /// Whether it was left before for the same reasons, and reported then.
    #[serde(skip)]
    pub is_old: bool,
}

impl Outcome {
    /// What is remembered of an app that is not as desired.
    pub fn unsettled(&self) -> Unsettled {
        let is_left = self.result == Ended::Left;
        Unsettled {
            app: self.app.clone(),
            why: InOneLine(&self.reasons).to_string(),
            result: if self.is_kept() { "kept" } else { self.result.word() }.to_owned(),
            next: self.message.as_ref().filter(|_| is_left).map(|message| message.own().to_owned()),
        }
    }

    /// Whether it is as desired and has proved it, so that nothing is to be remembered.
    pub fn is_in_place(&self) -> bool {
        self.result == Ended::Done && !self.is_unwatched
    }

    /// Whether it runs and has yet to prove itself.
    pub fn is_unproven(&self) -> bool {
        matches!(self.result, Ended::Unhealthy | Ended::NotProven) || self.is_unwatched
    }

    /// Whether its definition was tried now, however that ended.
    pub fn was_tried(&self) -> bool {
        matches!(self.action, Verb::Start | Verb::Replace) && self.result != Ended::Left
    }

    /// Whether nothing went wrong: it was started, although it may not have
    /// proved itself in time, or it was left because the policy says so.
    pub fn is_as_wanted(&self) -> bool {
        matches!(self.result, Ended::Done | Ended::NotProven) || self.is_settled()
    }

    /// Whether it was left because the policy or a guard is to keep what was removed.
    pub fn is_kept(&self) -> bool {
        let by_policy = |reason: &Reason| matches!(reason.cause, Cause::Removed | Cause::Policy);
        self.result == Ended::Left && self.reasons.iter().all(by_policy)
    }

    /// Whether the app is as desired, or was left only because the policy is to
    /// keep what was removed.
    pub fn is_settled(&self) -> bool {
        self.is_in_place() || self.is_kept()
    }
}

/// How a whole sync ended.
#[derive(Clone, Debug, Default)]
pub struct Synced {
    /// The outcome of each action.
    pub outcomes: Vec<Outcome>,
    /// How many apps needed nothing.
    pub unchanged: usize,
    /// Whether a signal asked to stop, so that actions were left out.
    pub interrupted: bool,
}

impl Synced {
    /// Adds what one more attempt came to: of an app the last outcome counts.
    pub fn add(&mut self, outcomes: Vec<Outcome>, unchanged: &[Unchanged], interrupted: bool) {
        self.interrupted = interrupted;
        self.outcomes.retain(|old| !outcomes.iter().any(|new| new.app == old.app));
        self.outcomes.extend(outcomes);
        let is_new = |same: &&Unchanged| !self.outcomes.iter().any(|outcome| outcome.app == same.app);
        self.unchanged = unchanged.iter().filter(is_new).count();
    }

    /// The apps that are not as desired, to be remembered.
    pub fn unsettled(&self) -> Vec<Unsettled> {
        self.outcomes.iter().filter(|outcome| !outcome.is_in_place()).map(Outcome::unsettled).collect()
    }
}
