//! The argument of `pm2sync worker`: what a hook passes to the worker it starts.

use serde::{Deserialize, Serialize};

use crate::core::sync::trigger::Trigger;

/// What a hook passes to its worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What triggered the hook.
    pub trigger: Trigger,
}
