//! The events of a sync, which the engine reports and `report` prints.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::core::settings::Compiler;
use crate::core::sync::outcome::Outcome;
use crate::text::diagnostic::Diagnostic;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Another sync holds the lock, and this one waits.
    Waiting,
    /// A command is compiling the sources; reported repeatedly.
    Compiling {
        /// Which compiler.
        compiler: Compiler,
        /// For how long.
        elapsed: Duration,
    },
    /// They were compiled.
    Compiled {
        /// How long it took.
        elapsed: Duration,
        /// What the compiler command printed.
        output: String,
    },
    /// What the definitions read.
    Read {
        /// Of the environment, by name.
        variables: BTreeSet<String>,
        /// The files that the compile looked for, relative to the root.
        files: BTreeSet<PathBuf>,
    },
    /// The artifact on disk was not what was compiled last, and is rebuilt.
    ArtifactEdited(String),
    /// A diagnostic about the definitions.
    Diagnostic(Diagnostic),
    /// Started apps have not yet proved healthy; reported repeatedly.
    Proving {
        /// Which.
        apps: Vec<String>,
        /// For how long the first of them has been checked.
        elapsed: Duration,
    },
    /// An action ended.
    Acted(Outcome),
    /// Apps whose definitions are gone are kept, all for the same reasons.
    Kept(Vec<Outcome>),
    /// What PM2 drops or misreads of an app that was started just now. A report that
    /// prints every `Diagnostic` has it already.
    Misread {
        /// The app.
        app: String,
        /// What, and where.
        warnings: Vec<Diagnostic>,
    },
    /// `pm2 save` was not done after the changes, and why.
    NotSaved(String),
}
