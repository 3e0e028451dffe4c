//! git's index: which files are tracked, what is staged of them, and what git
//! ignores. The linter reads it in the place of the disk, since what would be
//! committed is what counts.

mod parse;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use git2::{ErrorCode, Index, Oid, Patch, StatusOptions};

use crate::adapters::fs::read_bytes;
use crate::adapters::git::{Repository, digest};
use crate::adapters::index::parse::parse;
use crate::core::files::digest::Digest;
use crate::core::files::tracked_files::{File, FileKind, Tracked};

/// Larger files are not read: no document or definition is of such a size.
pub(crate) const HUGE: usize = 4 << 20;

/// How many bytes git looks at to tell whether a file is binary.
const SNIFFED: usize = 8000;

/// The content of a file that was expected to be text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Bytes that are text, in whatever encoding.
    Text(Vec<u8>),
    /// More bytes than are read.
    Huge,
    /// Binary content.
    Binary,
}

impl Content {
    /// Classifies what was read.
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        if bytes.len() > HUGE {
            Self::Huge
        } else if bytes[..bytes.len().min(SNIFFED)].contains(&0) {
            Self::Binary
        } else {
            Self::Text(bytes)
        }
    }
}

/// Every file of the index. `named` is the index that git names to its hooks in
/// `GIT_INDEX_FILE`: during `git commit -a` it is not the repository's own.
pub(crate) fn tracked(repository: &Repository, named: Option<&Path>) -> Result<Tracked> {
    let path = named.map_or_else(|| repository.inner().path().join("index"), Path::to_owned);
    if let Some(files) = read_bytes(&path)?.and_then(|bytes| parse(&bytes)) {
        return Ok(files.into_iter().collect());
    }
    let index = Index::open(&path).map_err(|error| {
        let way_out = if error.message().contains("extension") {
            "; `git update-index --no-split-index` and `git sparse-checkout reapply --no-sparse-index` write a plain one"
        } else {
            ""
        };
        anyhow!("cannot read the index of `{}`: {}{way_out}", repository.root().display(), error.message())
    })?;
    // In a conflict the common base is in neither side's files.
    Ok(index.iter().filter(|entry| stage(entry) != 1).map(|entry| file(&entry)).collect())
}

/// 0, or in a conflict 1 for the base, 2 for ours, 3 for theirs.
fn stage(entry: &git2::IndexEntry) -> u16 {
    (entry.flags >> 12) & 3
}

fn file(entry: &git2::IndexEntry) -> File {
    const FORMAT: u32 = 0o170_000;
    let kind = match entry.mode & FORMAT {
        0o120_000 => FileKind::Link,
        0o160_000 => FileKind::Submodule,
        _ => FileKind::File,
    };
    let path = String::from_utf8_lossy(&entry.path).into_owned().into_boxed_str();
    File { path, kind, id: Some(digest(entry.id)), size: entry.file_size }
}

/// What the worktree has beside the index: the files that git neither tracks nor
/// ignores, and the paths of tracked files that are gone.
pub(crate) fn worktree(repository: &Repository) -> Result<(Vec<File>, BTreeSet<String>)> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).exclude_submodules(true);
    options.show(git2::StatusShow::Workdir);
    let statuses = repository.inner().statuses(Some(&mut options)).context("cannot list the worktree")?;
    let mut new = Vec::new();
    let mut gone = BTreeSet::new();
    for entry in statuses.iter() {
        let path = String::from_utf8_lossy(entry.path_bytes()).into_owned();
        if entry.status().is_wt_new() {
            new.push(File { path: path.into(), kind: FileKind::File, id: None, size: 0 });
        } else if entry.status().is_wt_deleted() {
            gone.insert(path);
        }
    }
    Ok((new, gone))
}

/// Takes files out of the index and leaves them on disk: `git rm --cached`.
pub(crate) fn untrack(repository: &Repository, paths: &BTreeSet<String>) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let mut index = repository.inner().index().context("cannot read the index")?;
    for path in paths {
        let cannot = || format!("cannot remove `{path}` from the index");
        index.remove_path(Path::new(path)).with_context(cannot)?;
    }
    index.write().context("cannot write the index")
}

/// The change of one file as git shows it; `old` is nothing where it is new.
pub(crate) fn patch(path: &str, old: Option<&[u8]>, new: &[u8]) -> Result<String> {
    let cannot = || format!("cannot show the change of `{path}`");
    let before = old.unwrap_or_default();
    let made = Patch::from_buffers(before, Some(Path::new(path)), new, Some(Path::new(path)), None);
    let text = made.and_then(|mut patch| patch.to_buf()).with_context(cannot)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(match old {
        Some(_) => text,
        // libgit2 takes no bytes for an empty file.
        None => text.replacen("\nindex ", "\nnew file mode 100644\nindex ", 1).replacen(
            &format!("\n--- a/{path}\n"),
            "\n--- /dev/null\n",
            1,
        ),
    })
}

/// Access to the contents in git's object store. Each thread opens its own.
pub(crate) struct Blobs {
    repository: git2::Repository,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blobs").finish_non_exhaustive()
    }
}

impl Blobs {
    /// Opens the same repository once more.
    pub(crate) fn open(repository: &Repository) -> Result<Self> {
        Self::at(repository.inner().path())
    }

    /// Another access to the same contents, for another thread.
    pub(crate) fn open_beside(other: &Self) -> Result<Self> {
        Self::at(other.repository.path())
    }

    fn at(folder: &Path) -> Result<Self> {
        // An object was verified when it was written; `git grep` does not do it again either.
        git2::opts::strict_hash_verification(false);
        let opened = git2::Repository::open(folder);
        let repository = opened.with_context(|| format!("cannot open `{}` once more", folder.display()))?;
        Ok(Self { repository })
    }

    /// Whether git ignores the path, by any of its ignore files and settings.
    pub(crate) fn is_ignored(&self, path: &str) -> bool {
        self.repository.is_path_ignored(Path::new(path)).unwrap_or(false)
    }

    /// What git keeps under this id.
    pub(crate) fn read(&self, path: &str, id: Digest, size: u32) -> Result<Content> {
        let id = Oid::from_bytes(&id.0).with_context(|| format!("`{path}` has no id"))?;
        let absent = |error: git2::Error| match error.code() {
            ErrorCode::NotFound => {
                anyhow!("the content of `{path}` is not in this clone; fetch it, or check with `--worktree`")
            }
            _ => anyhow!("cannot read `{path}` from the index: {}", error.message()),
        };
        let odb = self.repository.odb().map_err(absent)?;
        // The index does not know the size of what was just written.
        let size = if size == 0 { odb.read_header(id).map_err(absent)?.0 } else { size as usize };
        if size > HUGE {
            return Ok(Content::Huge);
        }
        Ok(Content::of(odb.read(id).map_err(absent)?.data().to_vec()))
    }
}

/// The index that git names to its hooks, from the directory they run in.
pub(crate) fn named_index(directory: &Path, variable: Option<&OsStr>) -> Option<std::path::PathBuf> {
    variable.filter(|name| !name.is_empty()).map(|name| directory.join(name))
}
