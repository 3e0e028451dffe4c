//! Sets of source files: as they lie on disk, and as a git revision holds them.
//!
//! The two are different types and are never compared: git's ids pass through
//! line-ending conversion and filters, digests of bytes do not.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::core::files::digest::Digest;

/// Marks a set of files on disk; its digests are of their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {}

/// Marks a set of files in a revision's tree; its digests are git's blob ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {}

/// Files by path, relative to the workspace, with what stands for their content.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceSet<Origin> {
    files: BTreeMap<PathBuf, Digest>,
    origin: PhantomData<Origin>,
}

impl<Origin> SourceSet<Origin> {
    /// How each file went from this set to the newer one.
    pub fn changes_to(&self, new: &Self) -> Changes {
        let absent_from = |set: &Self, other: &Self| -> Vec<PathBuf> {
            set.files.keys().filter(|path| !other.files.contains_key(*path)).cloned().collect()
        };
        Changes {
            added: absent_from(new, self),
            modified: self
                .files
                .iter()
                .filter(|(path, digest)| new.files.get(*path).is_some_and(|other| other != *digest))
                .map(|(path, _)| path.clone())
                .collect(),
            removed: absent_from(self, new),
        }
    }

    /// Each path with its digest, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, Digest)> {
        self.files.iter().map(|(path, digest)| (path.as_path(), *digest))
    }

    /// The digest of one file of the set.
    pub fn get(&self, path: &Path) -> Option<Digest> {
        self.files.get(path).copied()
    }

    /// Whether no file is in the set.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl<Origin> FromIterator<(PathBuf, Digest)> for SourceSet<Origin> {
    fn from_iter<I: IntoIterator<Item = (PathBuf, Digest)>>(files: I) -> Self {
        Self { files: files.into_iter().collect(), origin: PhantomData }
    }
}

impl<Origin> fmt::Debug for SourceSet<Origin> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.files).finish()
    }
}

/// What became of files between two sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Only in the newer set.
    pub added: Vec<PathBuf>,
    /// In both, with other content.
    pub modified: Vec<PathBuf>,
    /// Only in the older set.
    pub removed: Vec<PathBuf>,
}

impl Changes {
    /// Every path that changed in any way, in order.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = [&self.added, &self.modified, &self.removed]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
            .collect();
        paths.sort_unstable();
        paths
    }
}

/// Which files are meant: globs relative to the workspace, in which `*` does
/// not cross a slash and `**` does.
#[derive(Clone, Debug)]
pub struct Selection {
    set: GlobSet,
    roots: Vec<Root>,
    /// What every match of each glob begins and ends with: most paths of a
    /// large tree are told apart by these alone.
    ends: Vec<(String, String)>,
}

/// Where the files of a glob can lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The folder, or the single file, relative to the workspace.
    pub path: PathBuf,
    /// How many levels below it can hold a meant file; any number with `**`.
    pub depth: Option<usize>,
}

impl Selection {
    /// Compiles the globs; the error names the one that is malformed.
    pub fn new<S: AsRef<str>>(globs: &[S]) -> Result<Self, String> {
        Self::compile(globs, false)
    }

    /// The same for paths in any spelling of capital letters.
    pub fn ignoring_case<S: AsRef<str>>(globs: &[S]) -> Result<Self, String> {
        Self::compile(globs, true)
    }

    fn compile<S: AsRef<str>>(globs: &[S], ignores_case: bool) -> Result<Self, String> {
        let mut builder = GlobSetBuilder::new();
        for glob in globs.iter().map(AsRef::as_ref) {
            let compiled =
                GlobBuilder::new(glob).literal_separator(true).case_insensitive(ignores_case).build();
            builder.add(compiled.map_err(|error| format!("`{glob}`: {}", error.kind()))?);
        }
        let set = builder.build().map_err(|error| error.to_string())?;
        let globs = || globs.iter().map(AsRef::as_ref);
        let ends = if ignores_case { Vec::new() } else { globs().map(ends_of).collect() };
        Ok(Self { set, roots: globs().map(root_of).collect(), ends })
    }

    /// Whether the path, relative to the workspace, is meant.
    pub fn matches(&self, path: &Path) -> bool {
        let bytes = path.as_os_str().as_bytes();
        let may = |(first, last): &(String, String)| {
            bytes.starts_with(first.as_bytes()) && bytes.ends_with(last.as_bytes())
        };
        (self.ends.is_empty() || self.ends.iter().any(may)) && self.set.is_match(path)
    }

    /// Where every meant file lies: only there has to be looked.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }
}

/// What stands before the first special character of a glob and behind the last.
fn ends_of(glob: &str) -> (String, String) {
    const SPECIAL: &[char] = &['*', '?', '[', ']', '{', '}', '\\', '!', ','];
    // `a/**` also means `a/` itself, and `**/a` means `a`.
    let first = glob.split(SPECIAL).next().unwrap_or_default();
    let last = glob.rsplit(SPECIAL).next().unwrap_or_default().trim_start_matches('/');
    (first.trim_end_matches('/').to_owned(), last.to_owned())
}

/// The leading components of a glob that hold no special character, and how
/// many follow them. A `{` may hold slashes, so it counts as any number.
fn root_of(glob: &str) -> Root {
    let parts: Vec<&str> = glob.split('/').collect();
    let literal = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).count();
    let deep = parts.contains(&"**") || glob.contains('{');
    Root { path: parts[..literal].iter().collect(), depth: (!deep).then(|| parts.len() - literal) }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Disk, Selection, SourceSet};
    use crate::core::files::digest::Digest;

    fn set(files: &[(&str, &str)]) -> SourceSet<Disk> {
        files.iter().map(|(path, text)| (PathBuf::from(path), Digest::of(text.as_bytes()))).collect()
    }

    #[test]
    fn changes_are_added_modified_and_removed() {
        let old = set(&[("a.cljs", "1"), ("b.cljs", "1"), ("c.cljs", "1")]);
        let new = set(&[("b.cljs", "2"), ("c.cljs", "1"), ("d.cljs", "1")]);
        let changes = old.changes_to(&new);
        assert_eq!(changes.added, [Path::new("d.cljs")]);
        assert_eq!(changes.modified, [Path::new("b.cljs")]);
        assert_eq!(changes.removed, [Path::new("a.cljs")]);
        assert_eq!(changes.paths(), ["a.cljs", "b.cljs", "d.cljs"].map(Path::new));
        assert!(old.changes_to(&old).paths().is_empty());
    }

    #[test]
    fn a_star_does_not_cross_a_slash() {
        let selection = Selection::new(&["ecosystems/*.cljs"]).unwrap();
        assert!(selection.matches(Path::new("ecosystems/x.cljs")));
        assert!(!selection.matches(Path::new("ecosystems/inactive/x.cljs")));
    }

    #[test]
    fn every_kind_of_glob_is_matched_whole() {
        let matches = |glob: &str, path: &str| Selection::new(&[glob]).unwrap().matches(Path::new(path));
        let cases = [
            ("**/*.md", "README.md"),
            ("**/*.md", "a/b/c.md"),
            ("**/README.md", "README.md"),
            ("**", "a"),
            (".clobber/**", ".clobber/x/y"),
            ("x{1,2/3}/y.md", "x2/3/y.md"),
            ("docs/{a,b}.md", "docs/b.md"),
            ("[ab].md", "b.md"),
            ("a\\*.md", "a*.md"),
            ("one.edn", "one.edn"),
        ];
        for (glob, path) in cases {
            assert!(matches(glob, path), "{glob} {path}");
            assert!(!matches(glob, "zz/other.txt.z") || glob == "**", "{glob}");
        }
    }

    #[test]
    fn capital_letters_count_unless_they_are_ignored() {
        let path = Path::new("Ecosystems/A.CLJS");
        assert!(!Selection::new(&["ecosystems/*.cljs"]).unwrap().matches(path));
        assert!(Selection::ignoring_case(&["ecosystems/*.cljs"]).unwrap().matches(path));
        assert!(
            !Selection::ignoring_case(&["ecosystems/*.cljs"])
                .unwrap()
                .matches(Path::new("Ecosystems/x/a.cljs"))
        );
    }

    #[test]
    fn only_the_literal_prefix_is_walked() {
        let globs = ["a/*.cljs", "a/b/**/*.md", "**/*.md", "one.edn", "x{1,2/3}/y"];
        let selection = Selection::new(&globs).unwrap();
        let roots: Vec<_> =
            selection.roots().iter().map(|root| (root.path.to_str().unwrap(), root.depth)).collect();
        assert_eq!(roots, [("a", Some(1)), ("a/b", None), ("", None), ("one.edn", Some(0)), ("", None)]);
    }

    #[test]
    fn a_malformed_glob_is_named() {
        assert!(Selection::new(&["a/{b"]).unwrap_err().starts_with("`a/{b`: "));
    }
}
