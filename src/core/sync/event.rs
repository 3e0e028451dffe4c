//! What happens during a sync, told as it happens to whoever listens. The
//! engine tells; only a report prints.

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
    /// A command is compiling the sources; told again and again.
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
    /// The artifact on disk was not what was compiled last, and is made anew.
    ArtifactEdited(String),
    /// Something about the definitions.
    Diagnostic(Diagnostic),
    /// Started apps have not yet proved that they stay up; told again and again.
    Proving {
        /// Which.
        apps: Vec<String>,
        /// For how long the first of them has been looked at.
        elapsed: Duration,
    },
    /// An action ended.
    Acted(Outcome),
    /// Apps whose definitions are gone are kept, all for the same reasons.
    Kept(Vec<Outcome>),
    /// What PM2 drops or misreads of an app that was started just now. Who was
    /// told of all apps with `Diagnostic` knows it already.
    Misread {
        /// The app.
        app: String,
        /// What, and where.
        warnings: Vec<Diagnostic>,
    },
    /// `pm2 save` was not done after the changes, and why.
    NotSaved(String),
}
