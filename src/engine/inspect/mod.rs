//! The commands that only inspect: the status of each app, what a change in git
//! would do, and the checks of `doctor`.

pub(crate) mod doctor;
pub(crate) mod revisions;
pub(crate) mod status;
