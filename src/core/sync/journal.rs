//! What the journal keeps of a sync: when, by what, what it did and why. No
//! value of a variable or an argument is in it.

use serde::{Deserialize, Serialize};

use crate::core::reason::words::InOneLine;
use crate::core::sync::outcome::{Outcome, Synced};
use crate::core::sync::trigger::Trigger;

/// One line of `journal.jsonl`: one sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it ended, RFC 3339 in UTC.
    pub at: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What triggered it.
    pub trigger: Trigger,
    /// What it did, app by app.
    pub apps: Vec<Done>,
    /// How many apps needed nothing.
    pub unchanged: usize,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The result for one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Its name.
    pub app: String,
    /// `start`, `replace`, `remove`, `stop`, `leave`.
    pub action: String,
    /// How that ended, as in the JSON of `sync`.
    pub result: String,
    /// The reasons, in one line.
    pub why: String,
    /// What went wrong, or the next step, without what PM2 itself said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Entry {
    /// The entry for a sync that ended so.
    pub fn new(at: String, took_ms: u64, trigger: Trigger, ended: Result<&Synced, String>) -> Self {
        let (apps, unchanged, failure) = match ended {
            Ok(synced) => (synced.outcomes.iter().map(done).collect(), synced.unchanged, None),
            Err(failure) => (Vec::new(), 0, Some(failure)),
        };
        Self { at, took_ms, trigger, apps, unchanged, failure }
    }
}

fn done(outcome: &Outcome) -> Done {
    Done {
        app: outcome.app.clone(),
        action: outcome.action.word().to_owned(),
        result: outcome.result.word().to_owned(),
        why: InOneLine(&outcome.reasons).to_string(),
        message: outcome.message.as_ref().map(|message| message.own().to_owned()),
    }
}
