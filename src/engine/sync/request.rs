//! What a sync is asked to do.

use std::time::Duration;

use crate::core::sync::trigger::Trigger;
use crate::engine::sync::decide::Wishes;

/// What a sync is asked to do.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What the caller wants of the plan.
    pub wishes: Wishes,
    /// How long to wait for another sync's lock.
    pub lock_timeout: Duration,
    /// What caused it, for the record.
    pub trigger: Trigger,
    /// Whether to wait until what was started has proved itself.
    pub wait: bool,
}
