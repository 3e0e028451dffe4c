//! The facts that `doctor` observes and the findings that it reports; `checks` is
//! the table between the two.

pub(crate) mod apps;
mod assessment;
pub(crate) mod checks;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What was observed. An error is reported as it is.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Whether `pm2sync.toml` can be read.
    pub settings: Result<(), String>,
    /// Whether `sync` has run here by hand.
    pub enrolled: bool,
    /// Why hooks do nothing for now.
    pub paused: Option<String>,
    /// The operation of git in progress.
    pub busy: Option<&'static str>,
    /// The variable that turns hooks off.
    pub switched_off: Option<&'static str>,
    /// The branch that is checked out, and whether hooks act on it.
    pub branch: (Option<String>, bool),
    /// The hooks of the settings' events.
    pub hooks: Hooks,
    /// git's version.
    pub git: Result<String, String>,
    /// Where node is, and its version.
    pub node: Result<String, String>,
    /// Where PM2 is, and its version.
    pub pm2: Result<String, String>,
    /// PM2's home, if its socket path is short enough.
    pub home: Result<PathBuf, String>,
    /// The version of the daemon that answers, nothing where none runs.
    pub daemon: Result<Option<String>, String>,
    /// The compiler and how it is run.
    pub compiler: Result<String, String>,
    /// The state of the definitions.
    pub definitions: Result<Definitions, String>,
    /// The apps that are unhealthy.
    pub apps: Result<Vec<UnhealthyApp>, String>,
    /// The artifact.
    pub artifact: ArtifactState,
    /// The state folder, if it can be written.
    pub state_folder: Result<PathBuf, String>,
    /// What a hook finds in a bare environment; nothing where there is none to try.
    pub bare: Result<Option<Probe>, String>,
}

/// The hooks of a repository.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hooks {
    /// Where git looks for them.
    pub folder: PathBuf,
    /// Each event and its hook.
    pub events: Vec<(String, HookState)>,
    /// Why git would not run hooks there.
    pub path_problem: Option<String>,
    /// The manager that owns them, and the events it does not call us for.
    pub manager: Option<(&'static str, Vec<String>)>,
}

/// The state of one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HookState {
    /// It runs this program.
    Current,
    /// Our lines are not in it.
    Missing,
    /// It has our lines, and they are out of date.
    Stale(String),
}

/// The state of the definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Definitions {
    /// They were compiled just now.
    Compiled {
        /// How many apps they are.
        apps: usize,
        /// Why not all of them can be applied, if so.
        invalid: Option<String>,
    },
    /// They were compiled before, by a slow compiler.
    Before {
        /// How many apps they were.
        apps: usize,
        /// Why not all of them can be applied, if so.
        invalid: Option<String>,
        /// By what.
        compiler: String,
        /// When the last sync was, RFC 3339.
        at: Option<String>,
    },
    /// They were never compiled, since the compiler is slow.
    Never(String),
}

/// An app that is unhealthy, rolled back, failed or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnhealthyApp {
    /// Its name.
    pub app: String,
    /// Its state, as a verb: `is unhealthy`, `was rolled back`.
    pub state: &'static str,
    /// Why.
    pub why: String,
    /// The way out.
    pub next: String,
    /// Whether it is an error, and not only left to a person.
    pub is_error: bool,
}

/// The artifact on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArtifactState {
    /// There is none: the entry is written by hand.
    None,
    /// It is tracked by git, or not ignored.
    InGit(String),
    /// It was never made.
    Absent(String),
    /// It is not what was compiled.
    Edited(String),
    /// Sources, or what they read, have changed since the last sync.
    Behind(String),
    /// It is as the sources say.
    Current(String),
}

/// What a hook finds where it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Probe {
    /// The programs it needs, and where they are.
    pub programs: BTreeMap<String, Option<PathBuf>>,
    /// PM2's home.
    pub home: Option<PathBuf>,
}

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As it should be.
    Good,
    /// On purpose, or not yet: worth knowing.
    Note,
    /// Something does not work.
    Wrong,
}

impl Verdict {
    /// `ok`, `note`, `wrong`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// The message.
    pub message: String,
    /// What to do.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests;
