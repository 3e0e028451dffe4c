//! One command, one file: what it takes beside what it does.

pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod history;
pub(crate) mod hook;
pub(crate) mod install_hooks;
pub(crate) mod pause;
pub(crate) mod plan;
pub(crate) mod resume;
pub(crate) mod status;
pub(crate) mod sync;
pub(crate) mod uninstall_hooks;
pub(crate) mod watch;
mod words;
pub(crate) mod worker;
