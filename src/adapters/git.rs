//! The git repository: where the workspace and its state lie, and which files
//! revisions hold. It never opens the index (`index` does), so it is as fast in a
//! large repository as in a small one.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use git2::{
    ErrorClass, ErrorCode, ObjectType, Oid, RepositoryState, Tree as GitTree, TreeWalkMode, TreeWalkResult,
};

use crate::core::files::digest::Digest;
use crate::core::files::sources::{Changes, Selection, SourceSet, Tree};

/// A repository with a worktree.
pub struct Repository {
    inner: git2::Repository,
    root: PathBuf,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Repository {
    /// Opens the repository that `directory` lies in; only where there is none,
    /// the one that `GIT_DIR` names.
    pub fn open(directory: &Path, git_dir: Option<&OsStr>) -> Result<Self> {
        if !directory.is_dir() {
            return Err(anyhow!("there is no folder `{}`", directory.display()));
        }
        let found = git2::Repository::discover(directory).or_else(|error| match git_dir {
            Some(named) if error.code() == ErrorCode::NotFound => {
                git2::Repository::open(directory.join(named))
            }
            _ => Err(error),
        });
        let inner = found.map_err(|error| explain(&error, directory))?;
        let Some(root) = inner.workdir() else {
            return Err(anyhow!(
                "`{}` is a bare repository: it has no files to run apps from",
                inner.path().display()
            ));
        };
        let root = root.canonicalize().with_context(|| format!("cannot find `{}`", root.display()))?;
        Ok(Self { inner, root })
    }

    /// The top of the worktree, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// git's own view of it, for the adapter of the index.
    pub(in crate::adapters) fn inner(&self) -> &git2::Repository {
        &self.inner
    }

    /// The folder of our state: each linked worktree has its own, and it moves
    /// with the worktree.
    pub fn state_folder(&self) -> PathBuf {
        self.inner.path().join("pm2sync")
    }

    /// The branch that is checked out, nothing where HEAD is detached.
    pub fn branch(&self) -> Option<String> {
        let head = self.inner.find_reference("HEAD").ok()?;
        let name = head.symbolic_target().ok().flatten()?;
        Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned())
    }

    /// The operation of git in progress, if it is one that changes files again at
    /// its end.
    pub fn busy(&self) -> Option<&'static str> {
        match self.inner.state() {
            RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
                Some("rebase")
            }
            RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => Some("rebase or am"),
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => Some("cherry-pick"),
            RepositoryState::Revert | RepositoryState::RevertSequence => Some("revert"),
            RepositoryState::Bisect => Some("bisect"),
            RepositoryState::Merge => Some("merge"),
            RepositoryState::Clean => self.returns_a_stash().then_some("merge"),
        }
    }

    /// Whether git is writing files at this moment: then it holds the lock of its
    /// index. One that is older was left by a crash, or by a commit whose
    /// message is being written.
    pub fn is_writing(&self) -> bool {
        const OLD: std::time::Duration = std::time::Duration::from_mins(1);
        let made = self.inner.path().join("index.lock").metadata().and_then(|found| found.modified());
        made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < OLD))
    }

    /// Whether git has an autostash that it restores at the very end, after the last
    /// hook has run.
    pub fn returns_a_stash(&self) -> bool {
        const ASIDE: &[&str] = &["MERGE_AUTOSTASH", "rebase-merge/autostash", "rebase-apply/autostash"];
        ASIDE.iter().any(|file| self.inner.path().join(file).exists())
    }

    /// Whether the cherry-pick or the revert of a single commit is in progress, which
    /// is over with that commit.
    pub fn is_picking_one(&self) -> bool {
        matches!(self.inner.state(), RepositoryState::CherryPick | RepositoryState::Revert)
    }

    /// The files whose staged content is not that of the last commit. git names
    /// another index by `GIT_INDEX_FILE` for a commit of single files.
    pub fn staged_paths(&self, index_file: Option<&OsStr>) -> Result<BTreeSet<PathBuf>> {
        let cannot = "cannot compare what is staged with the last commit";
        let index = match index_file {
            Some(file) => git2::Index::open(&self.root.join(file)),
            None => self.inner.index(),
        };
        let head = self.inner.head().ok().and_then(|head| head.peel_to_tree().ok());
        let diff = self.inner.diff_tree_to_index(head.as_ref(), Some(&index.context(cannot)?), None);
        let diff = diff.context(cannot)?;
        Ok(diff.deltas().filter_map(|delta| delta.new_file().path().map(Path::to_owned)).collect())
    }

    /// A revision as a full id, nothing where it names none.
    pub fn resolve(&self, revision: &str) -> Option<String> {
        let object = self.inner.revparse_single(revision).ok()?;
        Some(object.peel_to_commit().ok()?.id().to_string())
    }

    /// The selected files that changed between two revisions, by git's own ids.
    /// An `old` of all zeros, as clones give it, has no files.
    pub fn changes(&self, old: &str, new: &str, selection: &Selection) -> Result<Changes> {
        Ok(self.tree_sources(old, selection)?.changes_to(&self.tree_sources(new, selection)?))
    }

    /// The selected files of a revision, with git's ids of their content.
    pub fn tree_sources(&self, revision: &str, selection: &Selection) -> Result<SourceSet<Tree>> {
        if revision.bytes().all(|digit| digit == b'0') {
            return Ok(SourceSet::from_iter([]));
        }
        let unknown = || format!("`{revision}` is not a revision of this repository");
        let tree = self
            .inner
            .revparse_single(revision)
            .and_then(|object| object.peel_to_tree())
            .with_context(unknown)?;
        let mut files = Vec::new();
        for root in selection.roots() {
            if root.path.as_os_str().is_empty() {
                collect(&tree, Path::new(""), selection, &mut files)?;
            } else if let Ok(entry) = tree.get_path(&root.path) {
                match entry.to_object(&self.inner).map(git2::Object::into_tree) {
                    Ok(Ok(tree)) => collect(&tree, &root.path, selection, &mut files)?,
                    Ok(Err(_)) if selection.matches(&root.path) => {
                        files.push((root.path.clone(), digest(entry.id())));
                    }
                    _ => {}
                }
            }
        }
        Ok(files.into_iter().collect())
    }
}

fn collect(
    tree: &GitTree<'_>,
    base: &Path,
    selection: &Selection,
    files: &mut Vec<(PathBuf, Digest)>,
) -> Result<()> {
    let walked = tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        let path = base.join(folder).join(OsStr::from_bytes(entry.name_bytes()));
        if entry.kind() == Some(ObjectType::Blob) && selection.matches(&path) {
            files.push((path, digest(entry.id())));
        }
        TreeWalkResult::Ok
    });
    walked.with_context(|| format!("cannot read the tree of `{}`", base.display()))
}

pub(in crate::adapters) fn digest(id: Oid) -> Digest {
    let mut bytes = [0; 20];
    let id = id.as_bytes();
    let length = id.len().min(20);
    bytes[..length].copy_from_slice(&id[..length]);
    Digest(bytes)
}

/// git's error, with the way out.
fn explain(error: &git2::Error, directory: &Path) -> anyhow::Error {
    let at = directory.display();
    match error.code() {
        ErrorCode::NotFound => {
            anyhow!("`{at}` is not in a git repository; go to the workspace, or name it with `-C`")
        }
        ErrorCode::Owner => {
            // What git trusts is the top of the repository, which its message names.
            let named = error.message().split('\'').nth(1).map(|path| path.trim_end_matches('/'));
            let top =
                named.filter(|path| path.starts_with('/')).map_or_else(|| at.to_string(), str::to_owned);
            anyhow!(
                "the repository `{top}` belongs to another user; if you trust it: \
                 `git config --global --add safe.directory '{top}'`"
            )
        }
        _ if error.class() == ErrorClass::Repository => {
            let way_out = if error.message().contains("refstorage") {
                "reftable is not supported; `git refs migrate --ref-format=files` turns it into one that is"
            } else {
                "SHA-256 is not supported; only repositories with SHA-1 ids are"
            };
            anyhow!("cannot open the repository of `{at}`: {}; {way_out}", error.message())
        }
        _ => anyhow!("cannot open the repository of `{at}`: {}", error.message()),
    }
}
