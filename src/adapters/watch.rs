//! Changes of files, as the kernel reports them. Folders are watched, never
//! files: an editor that saves by a rename puts another file in the place of
//! the one that would be watched.
//!
//! It reports only that something may have changed. However many changes there
//! are, one notification is queued, so a storm needs no memory, and an overflow of
//! the kernel's queue is a notification like any other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::sleep;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::core::watch::watch_set::{Obstacle, WatchSet};

/// A folder by its device and inode, which tell it from another one in its place.
type Identity = (u64, u64);

/// Watches folders for changes.
#[derive(Debug)]
pub(crate) struct Watcher {
    /// Nothing where files are polled: then there are no notifications.
    kernel: Option<RecommendedWatcher>,
    folders: BTreeMap<PathBuf, Identity>,
    watch_set: Arc<RwLock<WatchSet>>,
    changes: Receiver<()>,
    /// Kept here, since a channel without a sender is closed.
    sender: SyncSender<()>,
}

impl Watcher {
    /// One that watches no folder yet.
    pub(crate) fn new() -> Result<Self, Obstacle> {
        let mut watcher = Self::poll_only();
        let (sender, watch_set) = (watcher.sender.clone(), Arc::clone(&watcher.watch_set));
        let notify_change = move |event: notify::Result<Event>| {
            let watch_set = watch_set.read().unwrap_or_else(PoisonError::into_inner);
            if event.map_or(true, |event| may_matter(&event, &watch_set)) {
                // One queued notification is enough.
                let _ = sender.try_send(());
            }
        };
        watcher.kernel = Some(notify::recommended_watcher(notify_change).map_err(|error| obstacle(&error))?);
        Ok(watcher)
    }

    /// One that never reports a change, for files that are polled.
    pub(crate) fn poll_only() -> Self {
        let (sender, changes) = sync_channel(1);
        Self { kernel: None, folders: BTreeMap::new(), watch_set: Arc::default(), changes, sender }
    }

    /// Whether it never reports a change.
    pub(crate) fn is_poll_only(&self) -> bool {
        self.kernel.is_none()
    }

    /// Watches the folders of `watch_set` that exist, and no others.
    pub(crate) fn watch(&mut self, watch_set: WatchSet) -> Result<(), Obstacle> {
        let Some(kernel) = &mut self.kernel else { return Ok(()) };
        let wanted: BTreeMap<PathBuf, Identity> =
            watch_set.folders.iter().filter_map(|folder| Some((folder.clone(), identity(folder)?))).collect();
        *self.watch_set.write().unwrap_or_else(PoisonError::into_inner) = watch_set;
        for (folder, known) in &self.folders {
            if wanted.get(folder) != Some(known) {
                // The kernel may have forgotten it already, with the folder itself.
                drop(kernel.unwatch(folder));
            }
        }
        self.folders.retain(|folder, known| wanted.get(folder) == Some(known));
        for (folder, identity) in wanted {
            let Entry::Vacant(place) = self.folders.entry(folder) else { continue };
            match kernel.watch(place.key(), RecursiveMode::NonRecursive) {
                Ok(()) => drop(place.insert(identity)),
                // It has gone since; its parent is watched.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => {}
                Err(error) => return Err(obstacle(&error)),
            }
        }
        Ok(())
    }

    /// Watches nothing any more.
    pub(crate) fn unwatch_all(&mut self) {
        for folder in std::mem::take(&mut self.folders).into_keys() {
            if let Some(kernel) = &mut self.kernel {
                drop(kernel.unwatch(&folder));
            }
        }
    }

    /// Whether a watched folder is gone or was replaced: the kernel keeps reporting
    /// changes in a folder that was moved away.
    pub(crate) fn is_stale(&self) -> bool {
        self.folders.iter().any(|(folder, known)| identity(folder) != Some(*known))
    }

    /// Waits for a change, no longer than `limit`; whether there was one.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        match self.changes.recv_timeout(limit) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                sleep(limit);
                false
            }
        }
    }
}

/// The kind of the file system that a folder lies on, by Linux's number.
pub(crate) fn file_system(folder: &Path) -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let kind = rustix::fs::statfs(folder).ok()?.f_type;
    // Some are signed, and all of them mean 32 bits.
    #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "the bits are meant")]
    Some(u64::from(kind as u32))
}

fn identity(folder: &Path) -> Option<Identity> {
    let found = folder.metadata().ok().filter(std::fs::Metadata::is_dir)?;
    Some((found.dev(), found.ino()))
}

/// Whether files may have changed: reading them is not a change.
fn may_matter(event: &Event, watch_set: &WatchSet) -> bool {
    let is_change = match event.kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        _ => true,
    };
    // Secret managers write into a pipe because it is read.
    let is_pipe_write = |path: &Path| {
        matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Data(_))) && is_pipe(path)
    };
    let is_relevant = |path: &PathBuf| watch_set.is_relevant(path, path.is_dir()) && !is_pipe_write(path);
    is_change && (event.need_rescan() || event.paths.is_empty() || event.paths.iter().any(is_relevant))
}

fn is_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.file_type().is_fifo())
}

/// What an error of the watcher means.
fn obstacle(error: &notify::Error) -> Obstacle {
    /// Of `inotify_add_watch` and `inotify_init`.
    const LIMITS: &[rustix::io::Errno] =
        &[rustix::io::Errno::NOSPC, rustix::io::Errno::MFILE, rustix::io::Errno::NFILE];
    match &error.kind {
        ErrorKind::MaxFilesWatch => Obstacle::Limit,
        ErrorKind::Io(io) if rustix::io::Errno::from_io_error(io).is_some_and(|no| LIMITS.contains(&no)) => {
            Obstacle::Limit
        }
        _ => Obstacle::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;
    use std::time::Duration;

    use notify::event::Flag;
    use notify::{Error, Event, EventKind};

    use super::{Watcher, file_system, may_matter, obstacle};
    use crate::core::files::sources::Selection;
    use crate::core::watch::watch_set::{Obstacle, WatchSet};

    const SOON: Duration = Duration::from_millis(300);
    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn relevant_changes_are_reported_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let watch_set = WatchSet {
            root: root.clone(),
            globs: vec![Selection::new(&["*.cljs"]).unwrap()],
            folders: [root.clone()].into(),
            ..WatchSet::default()
        };
        let mut watcher = Watcher::new().unwrap();
        watcher.watch(watch_set.clone()).unwrap();
        fs::write(root.join("app.log"), "words").unwrap();
        assert!(!watcher.wait(SOON), "a log is not relevant");
        fs::write(root.join("a.cljs"), "()").unwrap();
        assert!(watcher.wait(LIMIT));
        while watcher.wait(SOON) {}
        assert_eq!(fs::read(root.join("a.cljs")).unwrap(), b"()");
        assert!(!watcher.wait(SOON), "reading is not a change");

        fs::rename(&root, root.with_extension("away")).unwrap();
        assert!(watcher.is_stale());
        fs::rename(root.with_extension("away"), &root).unwrap();
        assert!(!watcher.is_stale());
        watcher.unwatch_all();
        while watcher.wait(SOON) {}
        fs::write(root.join("a.cljs"), "(a)").unwrap();
        assert!(!watcher.wait(SOON));
        watcher.watch(watch_set).unwrap();
        fs::write(root.join("a.cljs"), "(b)").unwrap();
        assert!(watcher.wait(LIMIT));
    }

    #[test]
    fn an_overflow_of_the_kernels_queue_may_matter() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(may_matter(&overflow, &WatchSet::default()));
    }

    #[test]
    fn the_limits_of_the_kernel_are_told_from_other_errors() {
        for no in [rustix::io::Errno::NOSPC, rustix::io::Errno::MFILE] {
            assert_eq!(obstacle(&Error::io(io::Error::from(no))), Obstacle::Limit);
        }
        assert!(matches!(obstacle(&Error::generic("no")), Obstacle::Other(_)));
    }

    #[test]
    fn the_file_system_of_a_folder_is_known() {
        assert_eq!(file_system("/proc".as_ref()), cfg!(target_os = "linux").then_some(0x9fa0));
    }
}
