//! One command, one file: what it takes beside what it does.

pub mod check;
pub mod compile;
pub mod completions;
pub mod doctor;
pub mod history;
pub mod hook;
pub mod install_hooks;
pub mod pause;
pub mod plan;
pub mod resume;
pub mod status;
pub mod sync;
pub mod uninstall_hooks;
pub mod watch;
mod words;
pub mod worker;
