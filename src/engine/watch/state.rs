//! What a watch knows from one look to the next.

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

/// The pause before the next try after a failure that files did not cause; it
/// doubles up to the longest.
pub(super) const FIRST_RETRY: Duration = Duration::from_secs(1);

/// How it is watched.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long it has to be quiet after a change.
    pub quiet: Duration,
    /// How often what runs is compared, if at all.
    pub drift: Option<Duration>,
}

/// The files that the last sync was of.
pub(super) struct SyncedFiles {
    /// What a person edits, as it was synced.
    pub(super) files: SourceSet<Disk>,
    /// The fingerprint of what a person edits, at the end of the sync.
    pub(super) at_end: Digest,
    /// The fingerprint of what is known to be synced, or not to compile.
    pub(super) done: Option<Digest>,
    /// What was completed last then: once it is something else, another's sync
    /// was of other files, and these have to be synced again.
    pub(super) completed: Option<Digest>,
}

pub(super) struct Watch<'t> {
    pub(super) context: Context,
    pub(super) options: Options,
    pub(super) wishes: Wishes,
    pub(super) root: PathBuf,
    /// Moments are counted from here.
    pub(super) started: Instant,
    pub(super) watcher: Watcher,
    pub(super) debounce: Debounce,
    pub(super) rebuild_loop: RebuildLoop,
    pub(super) last_synced: Option<SyncedFiles>,
    /// What the last look read, where files are read again and again.
    pub(super) last_read: Option<Digest>,
    /// Until when files with this fingerprint are left alone, as part of a loop
    /// or after a failure.
    pub(super) backoff_until: Option<(Duration, Digest)>,
    /// Why nothing is done, where there is work.
    pub(super) blocked: Option<String>,
    pub(super) problem: Option<Problem>,
    pub(super) retry_delay: Duration,
    /// When to look although nothing was heard.
    pub(super) wake_at: Option<Duration>,
    pub(super) next_poll: Duration,
    /// When to compare what runs.
    pub(super) next_drift_check: Option<Duration>,
    /// What ran when there was nothing to put right.
    pub(super) in_sync: Option<Running>,
    /// What differs and could not be put right.
    pub(super) futile: FutileRepairs,
    /// Why it could not be compared the last time.
    pub(super) drift_error: Option<String>,
    pub(super) on_event: &'t mut dyn FnMut(WatchEvent),
}

/// What went wrong and is not yet mended.
pub(super) struct Problem {
    pub(super) text: String,
    /// Whether only another content of the files mends it.
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
            "{} is no workspace of its own any more, but part of {}; it is watched again when it is back",
            self.root.display(),
            workspace.root().display()
        )))
    }
}
