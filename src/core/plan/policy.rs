//! What a plan may do: who asks for it, what was agreed to, and what is known
//! of apps that must not be tried again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::core::pm2::running::RunningApp;
use crate::core::reason::{Cause, Reason};
use crate::core::settings::Removed;

/// Why nothing is removed while an entry has no name.
pub(in crate::core) const NAMELESS: &str =
    "an entry without a usable name may be what is gone; give every entry a `name`";

/// Why nothing is removed where nothing is defined.
pub(in crate::core) const EMPTY: &str =
    "the definitions are empty; `pm2sync sync --allow-empty` removes what is gone";

/// Why nothing is removed where that is the policy.
pub(in crate::core) const KEEP: &str = "the policy is `keep`";

/// Apps by name, each with the variables that make it doubtful.
pub(crate) type Doubtful = BTreeMap<String, BTreeSet<String>>;

/// What may be done, and who asks.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The root of this workspace: whose labels are ours.
    pub root: PathBuf,
    /// Whether a person asked; a hook does less.
    pub by_hand: bool,
    /// Whether drift is put right although no person asked.
    pub mends: bool,
    /// The app that is this very process: it cannot replace itself.
    pub itself: Option<String>,
    /// What becomes of owned apps whose definition is gone.
    pub removed: Removed,
    /// Whether an empty desired set may remove apps.
    pub allow_empty: bool,
    /// Whether a person agreed to take over foreign apps and to removals that
    /// are asked about.
    pub yes: bool,
    /// Only these apps, where any are named.
    pub only: BTreeSet<String>,
    /// Replaced although equal.
    pub force: BTreeSet<String>,
    /// Roots of other workspaces that no longer exist: their apps may be taken over.
    pub vanished: BTreeSet<PathBuf>,
    /// Folders that a person named: the apps of the workspaces there are ours now.
    pub taken_over: BTreeSet<PathBuf>,
    /// Apps whose desired definition was tried, did not come up healthy, and
    /// was rolled back: not tried again until it changes or is forced.
    pub rejected: BTreeSet<String>,
    /// Apps whose definition depends on variables that are unset now, or differ
    /// from the last sync, with the names of those: a hook leaves them.
    pub doubtful: Doubtful,
    /// Apps of which a process lives on that PM2 could not end, with its id.
    pub survivors: BTreeMap<String, u32>,
    /// Runs of apps that we ended while their definition was gone.
    pub stopped: BTreeMap<String, BTreeSet<String>>,
}

impl Policy {
    /// Whether it is stopped since its definition was gone, and by nobody else.
    pub(in crate::core) fn has_stopped(&self, name: &str, app: &RunningApp) -> bool {
        let ended =
            |runs: &BTreeSet<String>| app.processes.iter().all(|process| runs.contains(&process.run()));
        app.is_stopped() && self.stopped.get(name).is_some_and(ended)
    }

    /// Whether a person said that the apps of the workspace at this root are ours now.
    pub(in crate::core) fn takes_over(&self, root: &Path) -> bool {
        self.taken_over.iter().any(|folder| root.starts_with(folder))
    }

    pub(in crate::core) fn means(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.contains(name)
    }

    /// Why an app that PM2 does not know is not started: it runs all the same.
    pub(in crate::core) fn survivor(&self, name: &str) -> Option<Reason> {
        let pid = self.survivors.get(name).filter(|_| !self.force.contains(name))?;
        let message = format!("process {pid} of it, which survived its stop, lives on");
        Some(Reason::app(Cause::Survived, message))
    }

    /// Why a hook does nothing about an app that depends on the environment.
    pub(in crate::core) fn doubt(&self, name: &str) -> Option<Reason> {
        let names = self.doubtful.get(name).filter(|names| !self.by_hand && !names.is_empty())?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("`{}` {verb} unset or otherwise than at the last sync", names.join("`, `"));
        Some(Reason::app(Cause::Unset, message))
    }
}
