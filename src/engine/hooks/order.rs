//! What a hook tells the worker that it starts.

use serde::{Deserialize, Serialize};

use crate::core::sync::trigger::Trigger;

/// What a hook tells its worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What made the hook look.
    pub trigger: Trigger,
}
