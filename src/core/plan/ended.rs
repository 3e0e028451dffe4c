//! How an action ended.

use serde::Serialize;

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
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

impl Ended {
    /// Its word in JSON and in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unhealthy => "unhealthy",
            Self::NotProven => "not-proven",
            Self::RolledBack => "rolled-back",
            Self::Left => "left",
        }
    }
}
