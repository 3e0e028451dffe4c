//! What a watch remembers from one check to the next.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::adapters::watch::Watcher;
use crate::core::failure::Failure;
use crate::core::files::digest::Digest;
use crate::core::files::sources::{Disk, SourceSet};
use crate::core::pm2::running::Running;
use crate::core::watch::debounce::Debounce;
use crate::core::watch::futile_repairs::FutileRepairs;
use crate::core::watch::rebuild_loop::RebuildLoop;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::sync::decide::Wishes;
use crate::engine::workspace::{Context, Workspace};

/// The first delay before a retry after a failure that the files did not cause; it
/// doubles up to `LONGEST_RETRY`.
pub(super) const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The options of `watch`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The debounce: how long no change may come before a check.
    pub quiet: Duration,
    /// The interval of drift checks, if there are any.
    pub drift: Option<Duration>,
}

/// The files of the last sync.
pub(super) struct SyncedFiles {
    /// The files that people edit, as they were synced.
    pub(super) files: SourceSet<Disk>,
    /// Their fingerprint at the end of the sync.
    pub(super) at_end: Digest,
    /// The fingerprint that is known to be synced, or not to compile.
    pub(super) done: Option<Digest>,
    /// The state's `completed` at that time: once it differs, another process has
    /// synced other files, and these have to be synced again.
    pub(super) completed: Option<Digest>,
}

pub(super) struct Watch<'t> {
    pub(super) context: Context,
    pub(super) options: Options,
    pub(super) wishes: Wishes,
    pub(super) root: PathBuf,
    /// The moment that all others are counted from.
    pub(super) started: Instant,
    pub(super) watcher: Watcher,
    pub(super) debounce: Debounce,
    pub(super) rebuild_loop: RebuildLoop,
    pub(super) last_synced: Option<SyncedFiles>,
    /// The fingerprint of the last poll, where files are polled.
    pub(super) last_read: Option<Digest>,
    /// Until when files with this fingerprint are not synced: a rebuild loop, or
    /// the backoff after a failure.
    pub(super) backoff_until: Option<(Duration, Digest)>,
    /// Why there is work and it is not done now.
    pub(super) blocked: Option<String>,
    pub(super) problem: Option<Problem>,
    pub(super) retry_delay: Duration,
    /// When to check although no event came.
    pub(super) wake_at: Option<Duration>,
    pub(super) next_poll: Duration,
    pub(super) next_drift_check: Option<Duration>,
    /// What ran when nothing had drifted.
    pub(super) in_sync: Option<Running>,
    /// Drift that could not be repaired.
    pub(super) futile: FutileRepairs,
    /// Why the last drift check failed.
    pub(super) drift_error: Option<String>,
    pub(super) on_event: &'t mut dyn FnMut(WatchEvent),
}

/// A failure that is not yet fixed.
pub(super) struct Problem {
    pub(super) text: String,
    /// Whether only an edit can fix it.
    pub(super) is_compile_failure: bool,
}

impl Watch<'_> {
    /// The workspace as it is now, if it still is the one that is watched.
    pub(super) fn open(&self) -> Result<Workspace, Failure> {
        let workspace = Workspace::open(&self.context)?;
        if workspace.root() == self.root {
            return Ok(workspace);
        }
        Err(Failure::Usage(format!(
            "{} is no longer a workspace of its own, but part of {}; it is watched again when it is back",
            self.root.display(),
            workspace.root().display()
        )))
    }
}
