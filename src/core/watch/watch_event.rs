//! What a watch tells as it happens, beside the events of each sync.

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
pub enum WatchEvent {
    /// It watches from now on.
    Started {
        /// The top of the worktree.
        root: PathBuf,
        /// How often what runs is compared, where it is.
        drift: Option<Duration>,
    },
    /// The kernel cannot tell of changes, so files are read again and again.
    Polling(Obstacle),
    /// In the middle of a sync.
    Event(Event),
    /// A sync came to its end.
    Synced {
        /// What made it look.
        trigger: Trigger,
        /// When it ended, RFC 3339.
        at: String,
        /// How.
        synced: Synced,
    },
    /// A sync, or a look, came to nothing.
    Failed {
        /// What made it look.
        trigger: Trigger,
        /// Why.
        failure: Failure,
        /// The texts of the files that the failure speaks of.
        texts: BTreeMap<String, String>,
    },
    /// What was wrong is so no longer.
    Recovered,
    /// There is work, and a reason not to do it now.
    Blocked(String),
    /// That reason is gone.
    Unblocked,
    /// The compile changes its own sources.
    Looping(Loop),
    /// What was edited is synced: by someone else, or by the sync it came into.
    UpToDate,
}
