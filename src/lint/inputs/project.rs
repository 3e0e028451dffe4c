//! What every rule may look at: the settings, the paths that git tracks, what
//! it ignores, and how the definitions are compiled.

use std::fmt;

use crate::clojure::Entry;
use crate::core::files::sources::Selection;
use crate::core::files::tracked_files::Tracked;
use crate::core::settings::{Compiler, Settings};
use crate::lint::inputs::document::Document;
use crate::lint::inputs::legacy::Legacy;

/// The tree that is checked.
pub(crate) struct Project<'a> {
    /// The settings of the workspace.
    pub settings: &'a Settings,
    /// The files of the tree, in order of path.
    pub files: &'a Tracked,
    /// Whether git ignores a path.
    pub is_ignored: &'a (dyn Fn(&str) -> bool + Sync),
    /// Who compiles the definitions; `None` where the entry is written by hand.
    pub compiler: Compiler,
    /// The folders in which namespaces are found.
    pub source_paths: &'a [String],
    /// What is loaded; nothing where only shadow-cljs knows.
    pub entries: Option<&'a [Entry]>,
    /// The text of the tracked entry.
    pub entry: Option<&'a str>,
    /// The other files that decide what runs, by their lines: the settings, the
    /// entry, and inputs that hold no forms.
    pub others: &'a [Document],
    /// The globs of the sources.
    pub sources: &'a Selection,
    /// The globs of what is never tracked.
    pub generated: &'a Selection,
    /// The words that no document says any more.
    pub legacy: &'a Legacy,
}

impl fmt::Debug for Project<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project").field("compiler", &self.compiler).finish_non_exhaustive()
    }
}

impl Project<'_> {
    /// Whether an artifact is made from sources.
    pub(crate) fn has_artifact(&self) -> bool {
        self.compiler != Compiler::None
    }

    /// The line of `.gitignore` that takes in a generated file: the folder where
    /// all of it is generated, else the file.
    pub(crate) fn ignore_line(&self, path: &str) -> String {
        let whole_folder = |glob: &&String| {
            let folder = glob.strip_suffix("/**");
            folder.is_some_and(|folder| {
                !folder.contains(['*', '?', '[', '{']) && path.starts_with(&format!("{folder}/"))
            })
        };
        match self.settings.check.generated.iter().find(whole_folder) {
            Some(glob) => format!("/{}/", glob.trim_end_matches("/**")),
            None => format!("/{path}"),
        }
    }
}
