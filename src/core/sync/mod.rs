//! One sync: its trigger, its events, the outcome of each action, and the state
//! that it leaves.

pub mod event;
pub mod journal;
pub mod outcome;
pub mod pause;
pub mod redacted;
pub mod state;
pub mod trigger;
pub mod unsettled;
pub mod worker_message;
