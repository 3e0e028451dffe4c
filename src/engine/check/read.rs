//! Reads files for the check: from the index by default, from disk where it is asked
//! for. Documents are read in parallel, and only those that may hold a legacy word
//! are parsed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use anyhow::Result;

use crate::adapters::fs::read_bytes;
use crate::adapters::index::{Blobs, Content, HUGE, named_index, tracked, worktree};
use crate::core::failure::Failure;
use crate::core::files::sources::Selection;
use crate::core::files::tracked_files::{File, FileKind, Tracked};
use crate::core::finding::Finding;
use crate::engine::check::checked::Checked;
use crate::engine::workspace::{Context, Workspace};
use crate::lint::check::check_document;
use crate::lint::inputs::document::Document;
use crate::lint::inputs::project::Project;

/// How many documents are worth a thread of their own.
const WORTH_A_THREAD: usize = 200;

/// The files of the tree that is checked, and access to their contents.
#[derive(Debug)]
pub(super) struct Reader {
    /// The list of files.
    pub(super) files: Tracked,
    blobs: Mutex<Blobs>,
    /// The root, where the disk is read.
    disk: Option<PathBuf>,
}

impl Reader {
    /// Lists the index and, with `from_disk`, untracked files.
    pub(super) fn open(workspace: &Workspace, context: &Context, from_disk: bool) -> Result<Self> {
        let repository = &workspace.repository;
        let named = named_index(&context.directory, context.environment.os("GIT_INDEX_FILE"));
        let mut files = tracked(repository, named.as_deref())?;
        if from_disk {
            let (new, gone) = worktree(repository)?;
            let there: Vec<File> = files.iter().filter(|file| !gone.contains(&*file.path)).cloned().collect();
            files = there.into_iter().chain(new).collect();
        }
        let disk = from_disk.then(|| workspace.root().to_owned());
        Ok(Self { files, blobs: Mutex::new(Blobs::open(repository)?), disk })
    }

    /// The files of a selection.
    pub(super) fn paths<'a>(&'a self, selection: &'a Selection) -> impl Iterator<Item = &'a str> {
        let meant = |file: &&File| file.kind == FileKind::File && selection.matches(Path::new(&*file.path));
        self.files.iter().filter(meant).map(|file| &*file.path)
    }

    /// Whether git ignores the path.
    pub(super) fn is_ignored(&self, path: &str) -> bool {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner).is_ignored(path)
    }

    /// The text of a file, nothing where there is none.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>> {
        Ok(self.bytes(path, &mut Vec::new())?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The bytes of a file, unless it is too large or binary: then a line in
    /// `skipped` says so.
    pub(super) fn bytes(&self, path: &str, skipped: &mut Vec<String>) -> Result<Option<Vec<u8>>> {
        let blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(&blobs, path, skipped)
    }

    fn read(&self, blobs: &Blobs, path: &str, skipped: &mut Vec<String>) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.files.get(path).filter(|file| file.kind == FileKind::File) else {
            return Ok(None);
        };
        let content = match (&self.disk, file.id) {
            (Some(root), _) => read_bytes(&root.join(path))?.map(Content::of),
            (None, Some(id)) => Some(blobs.read(path, id, file.size)?),
            (None, None) => None,
        };
        Ok(match content {
            Some(Content::Text(bytes)) => Some(bytes),
            Some(Content::Huge) => {
                skipped.push(format!("`{path}` is larger than {} MB, and was not read", HUGE >> 20));
                None
            }
            Some(Content::Binary) => {
                skipped.push(format!("`{path}` is binary, and was not read"));
                None
            }
            None => None,
        })
    }
}

/// The result of one thread.
#[derive(Default)]
struct Part {
    findings: Vec<Finding>,
    texts: Vec<(String, String)>,
    skipped: Vec<String>,
}

/// Reads the documents and runs the rules on them.
pub(super) fn documents(
    reader: &Reader,
    project: &Project<'_>,
    paths: &[&str],
    checked: &mut Checked,
) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(paths.len().div_ceil(WORTH_A_THREAD)).max(1);
    let next = AtomicUsize::new(0);
    let parts: Vec<Result<Part>> = if threads == 1 {
        let blobs = reader.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        vec![some_documents(reader, project, &blobs, paths, &next)]
    } else {
        let work = || {
            let blobs = Blobs::open_beside(&reader.blobs.lock().unwrap_or_else(PoisonError::into_inner))?;
            some_documents(reader, project, &blobs, paths, &next)
        };
        std::thread::scope(|scope| {
            // Fewer threads will do, if the system refuses more.
            let beside = |_| std::thread::Builder::new().spawn_scoped(scope, work).ok();
            let running: Vec<_> = (1..threads).filter_map(beside).collect();
            let joined = |thread: ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            let own = work();
            std::iter::once(own).chain(running.into_iter().map(joined)).collect()
        })
    };
    for part in parts {
        let part = part?;
        checked.findings.extend(part.findings);
        checked.texts.extend(part.texts);
        checked.skipped.extend(part.skipped);
    }
    checked.skipped.sort();
    Ok(())
}

/// Takes documents from the shared queue until it is empty.
fn some_documents(
    reader: &Reader,
    project: &Project<'_>,
    blobs: &Blobs,
    paths: &[&str],
    next: &AtomicUsize,
) -> Result<Part> {
    let mut part = Part::default();
    while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
        let Some(bytes) = reader.read(blobs, path, &mut part.skipped)? else { continue };
        if !project.legacy.may_matter(&bytes) {
            continue;
        }
        let document = Document::new(path, &bytes);
        let found = check_document(project, &document);
        if !found.is_empty() {
            part.findings.extend(found);
            part.texts.push((document.path, document.text));
        }
    }
    Ok(part)
}
