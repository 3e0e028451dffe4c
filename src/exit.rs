//! The exit codes. Where several apply, 4 comes before 5 before 1.

use std::process::ExitCode;

use crate::core::failure::Failure;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, in sync, clean.
    Done,
    /// Something could not be done.
    Failed,
    /// Wrong usage or settings.
    Usage,
    /// Changes are pending, and it was asked for by `--exit-code`.
    Pending,
    /// The definitions do not compile.
    Compile,
    /// Started but unhealthy, or rolled back.
    Unhealthy,
    /// Another sync holds the lock.
    Locked,
    /// Someone asked to stop.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Pending => 3,
            Self::Compile => 4,
            Self::Unhealthy => 5,
            Self::Locked => 75,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage(_) => Self::Usage,
            Failure::Compile(_) => Self::Compile,
            Failure::Locked(_) => Self::Locked,
            Failure::Interrupted => Self::Interrupted,
            Failure::Bug(_) | Failure::Other(_) => Self::Failed,
        }
    }
}
