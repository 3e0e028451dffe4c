//! The events of a watch, beside those of each sync.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::core::failure::Failure;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::Synced;
use crate::core::sync::trigger::Trigger;
use crate::core::watch::rebuild_loop::Loop;
use crate::core::watch::watch_set::Obstacle;

/// One thing that happened.
#[derive(Debug)]
pub(crate) enum WatchEvent {
    /// The watch has started.
    Started {
        /// The top of the worktree.
        root: PathBuf,
        /// The interval of drift checks, if there are any.
        drift: Option<Duration>,
    },
    /// The kernel cannot report changes, so files are polled.
    Polling(Obstacle),
    /// An event of the running sync.
    Event(Event),
    /// A sync ended.
    Synced {
        /// What triggered it.
        trigger: Trigger,
        /// When it ended, RFC 3339.
        at: String,
        /// How.
        synced: Synced,
    },
    /// A sync or a check failed.
    Failed {
        /// What triggered it.
        trigger: Trigger,
        /// Why.
        failure: Failure,
        /// The texts of the files that the failure names.
        texts: BTreeMap<String, String>,
    },
    /// The problem is fixed.
    Recovered,
    /// There is work that must wait, and why.
    Blocked(String),
    /// It need not wait any longer.
    Unblocked,
    /// The compile changes its own sources: a rebuild loop.
    Looping(Loop),
    /// The edit is synced already, by another process or by the sync it came during.
    UpToDate,
}
