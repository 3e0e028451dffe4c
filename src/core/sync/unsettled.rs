//! What is remembered of an app that a sync did not bring to its definition.

use serde::{Deserialize, Serialize};

/// An app that is not as desired, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsettled {
    /// Its name.
    pub app: String,
    /// What the report said, without values.
    pub why: String,
    /// How it ended, as in the JSON of `sync`; `kept` where that was the policy.
    #[serde(default)]
    pub result: String,
    /// The next step, where it was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
