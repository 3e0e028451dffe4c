//! What the commands that only inspect show: the status of each app, and the checks
//! of `doctor`.

pub(crate) mod doctor;
pub(crate) mod status;
