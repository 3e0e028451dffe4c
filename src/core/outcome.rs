//! What became of each action of a plan.

use serde::Serialize;

use crate::core::reason::Reason;

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
