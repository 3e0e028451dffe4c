//! One sync: its trigger, its events, the outcome of each action, and the state
//! that it leaves.

pub(crate) mod event;
pub(crate) mod journal;
pub(crate) mod outcome;
pub(crate) mod pause;
pub(crate) mod redacted;
pub mod state;
pub mod trigger;
pub(crate) mod unsettled;
pub mod worker_message;
