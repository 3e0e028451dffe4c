//! What is compiled, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::text::diagnostic::Place;

/// What is compiled and everything evaluation may look at.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// Workspace-relative folders, in order: `["ecosystems", "src"]`.
    pub source_paths: &'a [String],
    /// What to load, in order.
    pub entries: &'a [Entry],
    /// `process.env`.
    pub environment: &'a BTreeMap<String, String>,
    /// `process.cwd()`.
    pub directory: &'a str,
    /// Workspace-relative path to text; `None`: no such file; an error: why it cannot be read.
    pub read: &'a (dyn Fn(&str) -> Result<Option<String>, String> + Sync),
}

impl fmt::Debug for Program<'_> {
    /// Without the environment: its values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("source_paths", &self.source_paths)
            .field("entries", &self.entries)
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// Something to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A namespace, by name.
    Namespace(String),
    /// A workspace-relative source file.
    File(String),
}

/// What a program gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compiled {
    /// `module.exports`; where no file sets it, what `(clobber.macro/ecosystem)`
    /// gives: no apps, if that namespace was not loaded.
    pub exports: serde_json::Value,
    /// JSON pointer into the exports (`/apps/3`, `/apps/3/env/PORT`) to where it is written.
    pub origins: BTreeMap<String, Place>,
    /// Environment variables that were read by name.
    pub variables: BTreeSet<String>,
    /// Whether the whole environment was enumerated.
    pub enumerated: bool,
    /// Variables that were read with no value and no default.
    pub unset: Vec<(String, Place)>,
    /// Every source file that was read, workspace-relative, in load order.
    pub files: Vec<String>,
    /// What `println` and the other printing functions wrote.
    pub output: String,
}
