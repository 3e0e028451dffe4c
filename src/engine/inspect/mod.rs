//! How things stand, looked up for people who ask: each app, what a change in
//! git would do, and everything that a sync depends on.

pub mod doctor;
pub mod revisions;
pub mod status;
