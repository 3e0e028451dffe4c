//! One sync: what caused it, what happens in it, what became of each action, and
//! what is remembered of it.

pub mod event;
pub mod journal;
pub mod outcome;
pub mod pause;
pub mod redacted;
pub mod state;
pub mod trigger;
pub mod unsettled;
pub mod worker_message;
