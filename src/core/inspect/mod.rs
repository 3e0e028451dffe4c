//! How things stand, for people who ask: each app, and everything that a sync
//! depends on.

pub mod doctor;
pub mod status;
