//! The files that git tracks, or that lie in the worktree: their paths, what
//! they are, and git's ids of their content. What the linter knows of a tree
//! before it reads anything.

use crate::core::files::digest::Digest;

/// What an entry of the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A file with content.
    File,
    /// A symbolic link: its content is a path.
    Link,
    /// Another repository, of which only the revision is kept.
    Submodule,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub path: Box<str>,
    /// What it is.
    pub kind: FileKind,
    /// git's id of its content; nothing for what git does not track.
    pub id: Option<Digest>,
    /// Its size in bytes, 0 where the index does not know.
    pub size: u32,
}

/// Files in order of path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracked(Vec<File>);

impl FromIterator<File> for Tracked {
    fn from_iter<I: IntoIterator<Item = File>>(files: I) -> Self {
        let mut files: Vec<File> = files.into_iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        // While a merge is in conflict, a path has several entries.
        files.dedup_by(|a, b| a.path == b.path);
        Self(files)
    }
}

impl Tracked {
    /// Every file, in order of path.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &File> {
        self.0.iter()
    }

    /// The file of this path.
    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        let at = self.0.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.0.get(at)
    }

    /// Whether a file lies below this folder. The root is one, even when empty.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        let at = self.0.partition_point(|file| *file.path < *prefix);
        path.is_empty() || self.0.get(at).is_some_and(|file| file.path.starts_with(&prefix))
    }

    /// Whether the path is a submodule or link, or lies behind one: then what is
    /// there is not known.
    pub(crate) fn is_elsewhere(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().any(|end| self.get(&path[..end]).is_some_and(|file| file.kind != FileKind::File))
    }
}

#[cfg(test)]
mod tests {
    use super::{File, FileKind, Tracked};

    #[test]
    fn files_folders_and_what_lies_elsewhere_are_told_apart() {
        let file = |path: &str, kind| File { path: path.into(), kind, id: None, size: 0 };
        let tracked: Tracked = [
            file("vendor/lib", FileKind::Submodule),
            file("a-b", FileKind::File),
            file("a/x.js", FileKind::File),
            file("a/x.js", FileKind::File),
        ]
        .into_iter()
        .collect();
        assert_eq!(tracked.iter().count(), 3);
        assert!(tracked.get("a/x.js").is_some() && tracked.get("a").is_none());
        assert!(tracked.has_folder("a") && tracked.has_folder("") && !tracked.has_folder("a-b"));
        assert!(tracked.is_elsewhere("vendor/lib/y.js") && !tracked.is_elsewhere("a/x.js"));
    }
}
