//! What the core asks about this machine, as data, and the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What has to be looked up before a definition's effect is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    /// Is there a file or a folder of this path?
    File(PathBuf),
    /// Is there a folder of this path?
    Folder(PathBuf),
    /// Can the file of this path be run?
    Executable(PathBuf),
    /// Which program does PATH give for this name?
    Program(String),
}

/// The answers, and where they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    /// The root of the workspace, which relative paths start from.
    pub root: PathBuf,
    /// The paths that exist, of those asked for.
    pub files: BTreeSet<PathBuf>,
    /// The folders that exist, of those asked for.
    pub folders: BTreeSet<PathBuf>,
    /// The files that can be run, of those asked for.
    pub executables: BTreeSet<PathBuf>,
    /// The programs that PATH has, of those asked for.
    pub programs: BTreeMap<String, PathBuf>,
}
