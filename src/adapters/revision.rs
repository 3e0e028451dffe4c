//! Revisions as git keeps them: what a name means, and the files that one
//! holds, read from git's own objects. Neither a checkout nor the disk is read.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, anyhow, bail};
use git2::{ErrorCode, FileMode, Oid};

use crate::adapters::git::Repository;
use crate::core::files::revision_range::is_null;
use crate::core::files::sources::Selection;

/// How many links a path may lead through.
const MOST_LINKS: usize = 40;

/// The files of one revision.
pub(crate) struct Revision {
    repository: Mutex<git2::Repository>,
    /// Its tree; none for the null revision, which has no files.
    tree: Option<Oid>,
    name: String,
}

impl std::fmt::Debug for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revision").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a path leads to.
enum Found {
    File(Oid),
    Folder(Oid),
}

/// The commit that both revisions come from.
pub(crate) fn common_ancestor(repository: &Repository, one: &str, other: &str) -> Result<String> {
    let inner = repository.inner();
    let base = inner.merge_base(commit(inner, one)?, commit(inner, other)?);
    let base = base.map_err(|_| {
        let shallow = if inner.is_shallow() { SHALLOW } else { "; compare them with two dots: `BASE..HEAD`" };
        anyhow!("`{one}` and `{other}` have no common ancestor here{shallow}")
    })?;
    Ok(base.to_string())
}

/// What to do where commits are cut off.
const SHALLOW: &str = "; this clone is shallow: `git fetch --unshallow` brings the rest";

/// The commit of a name, or why there is none and what to do.
fn commit(repository: &git2::Repository, name: &str) -> Result<Oid> {
    let found = repository.revparse_single(name).and_then(|object| object.peel_to_commit());
    found.map(|commit| commit.id()).map_err(|error| match error.code() {
        ErrorCode::Ambiguous => anyhow!("`{name}` is the beginning of several ids; give more of it"),
        ErrorCode::InvalidSpec | ErrorCode::Peel => anyhow!("`{name}` names no commit"),
        _ if repository.is_shallow() => anyhow!("`{name}` is not a revision of this clone{SHALLOW}"),
        _ if is_whole_id(name) => anyhow!(
            "the commit `{name}` is not in this clone; it may be gone after a force-push, or \
             `git fetch origin {name}` brings it"
        ),
        _ => anyhow!("`{name}` is not a revision of this clone; `git fetch` brings what is new elsewhere"),
    })
}

fn is_whole_id(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|digit| digit.is_ascii_hexdigit())
}

impl Revision {
    /// Opens a revision by any name that git has for it. The null revision, as
    /// git gives it for what does not exist, has no files.
    pub(crate) fn open(repository: &Repository, name: &str) -> Result<Self> {
        let inner = repository.inner();
        let tree = if is_null(name) {
            None
        } else {
            let commit = inner.find_commit(commit(inner, name)?);
            Some(commit.with_context(|| format!("cannot read the commit `{name}`"))?.tree_id())
        };
        let again = git2::Repository::open(inner.path()).context("cannot open the repository once more")?;
        Ok(Self { repository: Mutex::new(again), tree, name: name.to_owned() })
    }

    /// The bytes of a file, nothing where there is none. Fails where this clone
    /// does not have them.
    pub(crate) fn bytes(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        let repository = self.lock();
        let Some(Found::File(id)) = self.find(&repository, path)? else { return Ok(None) };
        let blob = repository.find_blob(id).map_err(|error| self.absent(path, &error))?;
        Ok(Some(blob.content().to_vec()))
    }

    /// The text of a file, nothing where there is none.
    pub(crate) fn text(&self, path: &Path) -> Result<Option<String>> {
        let text = self.bytes(path)?.map(String::from_utf8).transpose();
        text.with_context(|| format!("cannot read `{}` as UTF-8 text", path.display()))
    }

    /// Whether the path leads to a file.
    pub(crate) fn is_file(&self, path: &Path) -> Result<bool> {
        Ok(matches!(self.find(&self.lock(), path)?, Some(Found::File(_))))
    }

    /// The meant files, in order of path.
    pub(crate) fn sources(&self, selection: &Selection) -> Result<Vec<PathBuf>> {
        let repository = self.lock();
        let mut walk = Walk { revision: self, repository: &repository, selection, found: Vec::new() };
        for root in selection.roots() {
            match self.find(&repository, &root.path)? {
                Some(Found::Folder(id)) => walk.folder(id, &root.path, root.depth)?,
                Some(Found::File(_)) if selection.matches(&root.path) => walk.found.push(root.path.clone()),
                _ => {}
            }
        }
        let mut found = walk.found;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Where a path leads, through every link on its way.
    fn find(&self, repository: &git2::Repository, path: &Path) -> Result<Option<Found>> {
        let Some(root) = self.tree else { return Ok(None) };
        let mut folders = vec![root];
        let mut rest: VecDeque<PathBuf> = steps(path);
        let mut links = 0;
        while let Some(step) = rest.pop_front() {
            let here = *folders.last().unwrap_or(&root);
            match step.components().next() {
                Some(Component::Normal(_)) => {}
                Some(Component::CurDir) | None => continue,
                Some(Component::ParentDir) if folders.len() > 1 => {
                    folders.pop();
                    continue;
                }
                Some(_) => bail!("`{}` leads out of the repository in {}", path.display(), self.name),
            }
            let tree = repository.find_tree(here).map_err(|error| self.absent(path, &error))?;
            let Some(entry) = tree.get_name_bytes(step.as_os_str().as_bytes()) else { return Ok(None) };
            match kind(&entry) {
                FileMode::Tree => folders.push(entry.id()),
                FileMode::Link => {
                    links += 1;
                    if links > MOST_LINKS {
                        bail!("`{}` is a link that leads in circles in {}", path.display(), self.name);
                    }
                    let target =
                        repository.find_blob(entry.id()).map_err(|error| self.absent(path, &error))?;
                    let target = steps(Path::new(OsStr::from_bytes(target.content())));
                    target.into_iter().rev().for_each(|step| rest.push_front(step));
                }
                FileMode::Commit => {
                    bail!("`{}` is in a submodule, whose files {} does not hold", path.display(), self.name)
                }
                _ => return Ok(rest.is_empty().then(|| Found::File(entry.id()))),
            }
        }
        Ok(Some(Found::Folder(*folders.last().unwrap_or(&root))))
    }

    /// The error for an object that should be there.
    fn absent(&self, path: &Path, error: &git2::Error) -> anyhow::Error {
        let path = path.display();
        match error.code() {
            ErrorCode::NotFound => anyhow!(
                "the content of `{path}` in {} is not in this partial clone; \
                 `git fetch --refetch --no-filter` brings everything",
                self.name
            ),
            _ => anyhow!("cannot read `{path}` in {}: {}", self.name, error.message()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, git2::Repository> {
        self.repository.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A walk over the folders of a revision, as that over the disk: linked folders are
/// not entered.
struct Walk<'a> {
    revision: &'a Revision,
    repository: &'a git2::Repository,
    selection: &'a Selection,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: Oid, path: &Path, depth: Option<usize>) -> Result<()> {
        if depth == Some(0) {
            return Ok(());
        }
        let tree = self.repository.find_tree(folder).map_err(|error| self.revision.absent(path, &error))?;
        for entry in &tree {
            let path = path.join(OsStr::from_bytes(entry.name_bytes()));
            match kind(&entry) {
                FileMode::Tree if entry.name_bytes() == b"node_modules" => {}
                FileMode::Tree => self.folder(entry.id(), &path, depth.map(|depth| depth - 1))?,
                FileMode::Link if self.selection.matches(&path) => {
                    if let Some(Found::File(_)) = self.revision.find(self.repository, &path)? {
                        self.found.push(path);
                    }
                }
                FileMode::Blob | FileMode::BlobExecutable if self.selection.matches(&path) => {
                    self.found.push(path);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// What an entry of a tree is; old gits wrote other modes for files.
fn kind(entry: &git2::TreeEntry<'_>) -> FileMode {
    const KIND: i32 = 0o170_000;
    match entry.filemode() & KIND {
        0o040_000 => FileMode::Tree,
        0o120_000 => FileMode::Link,
        0o160_000 => FileMode::Commit,
        _ => FileMode::Blob,
    }
}

fn steps(path: &Path) -> VecDeque<PathBuf> {
    path.components().map(|step| PathBuf::from(step.as_os_str())).collect()
}
