//! The commands that only inspect: the status of each app, what a change in git
//! would do, and the checks of `doctor`.

pub mod doctor;
pub mod revisions;
pub mod status;
