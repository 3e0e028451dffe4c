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
pub mod worker;

use clap::ValueEnum;

use crate::report::Form;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document on stdout, and nothing else there.
    Json,
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
        }
    }
}
