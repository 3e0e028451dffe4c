//! The state of a workspace and its apps: what `status` shows.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::core::definition::Definition;
use crate::core::plan::{Action, LeaveReason};
use crate::core::pm2::health::{self, Health};
use crate::core::pm2::running::RunningApp;
use crate::core::reason::{Cause, Reason};
use crate::core::sync::pause::Pause;
use crate::core::sync::state::LastSync;

/// A workspace and its apps.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    /// The root of the workspace.
    pub root: PathBuf,
    /// PM2's home.
    pub home: PathBuf,
    /// Whether a person has ever run `pm2sync sync` or `watch` here.
    pub enrolled: bool,
    /// Whether there is something that no sync has looked at.
    pub pending: bool,
    /// The pause of its hooks.
    pub paused: Option<Pause>,
    /// The operation of git in progress.
    pub busy: Option<&'static str>,
    /// The last sync that reached PM2.
    pub last_sync: Option<LastSync>,
    /// The variables of the environment that the definitions read, by name.
    pub variables: BTreeSet<String>,
    /// Every desired and every owned app, in order of name.
    pub apps: Vec<AppStatus>,
}

/// One app.
#[derive(Clone, Debug)]
pub(crate) struct AppStatus {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: AppState,
    /// PM2's id of its first process that runs, or else of its first.
    pub pm_id: Option<u32>,
    /// That process.
    pub pid: Option<u32>,
    /// Since when that runs, RFC 3339.
    pub since: Option<String>,
    /// Why it is not in sync, or what else there is to say.
    pub why: Option<String>,
}

/// The state of an app, compared with its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppState {
    /// It runs as defined, or is a job at its end, or waits for its cron.
    InSync,
    /// Its definition changed.
    Changed,
    /// It does not run.
    Missing,
    /// What runs is not what was applied.
    Drifted,
    /// Someone stopped it, and its definition is in place.
    Stopped,
    /// It runs as defined, and has yet to show that it stays up.
    NotProven,
    /// It does not stay up, or did not end well.
    Unhealthy,
    /// Its definition was tried, and the old one runs again.
    RolledBack,
    /// Someone else started it.
    Foreign,
    /// Its definition is gone.
    Removed,
    /// The same, and it is kept because the policy or a guard says so.
    Kept,
    /// Its definition cannot be applied.
    Invalid,
}

impl AppState {
    /// Its word in tables and JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Drifted => "drifted",
            Self::Stopped => "stopped",
            Self::NotProven => "not yet proven",
            Self::Unhealthy => "unhealthy",
            Self::RolledBack => "rolled back",
            Self::Foreign => "foreign",
            Self::Removed | Self::Kept => "removed",
            Self::Invalid => "invalid",
        }
    }

    /// Whether there is nothing to do about it.
    pub(crate) fn is_settled(self) -> bool {
        matches!(self, Self::InSync | Self::NotProven | Self::Stopped | Self::Kept)
    }

    /// The state of an app whose definition is in place, and why.
    /// `now` is in milliseconds since 1970.
    pub(crate) fn in_place(definition: &Definition, app: &RunningApp, now: i64) -> (Self, Option<String>) {
        let proof = health::proof(definition);
        match health::standing(definition, app, proof, now) {
            Health::Failed(why) => (Self::Unhealthy, Some(why)),
            Health::Healthy if app.is_stopped() => match health::rest(definition) {
                Some(rest) => (Self::InSync, Some(rest.to_owned())),
                None => (Self::Stopped, None),
            },
            Health::Healthy => match app.processes.iter().filter(|process| process.is_stopped()).count() {
                0 => (Self::InSync, None),
                _ if health::rest(definition).is_some() => (Self::InSync, None),
                count => (Self::Stopped, Some(format!("{count} of its {} processes", app.processes.len()))),
            },
            Health::Undecided => match health::proving(definition, None, app, proof, now) {
                Health::Failed(why) => (Self::Unhealthy, Some(why)),
                _ => (Self::NotProven, None),
            },
        }
    }

    /// The state of an app for which this action is planned.
    pub(crate) fn of(action: &Action, reasons: &[Reason]) -> Self {
        match action {
            Action::Start { .. } | Action::Leave(LeaveReason::Survived) => Self::Missing,
            Action::Replace { .. } if reasons.iter().all(|reason| reason.cause == Cause::Drift) => {
                Self::Drifted
            }
            // `status` asks as a person would, for whom no variable is in doubt.
            Action::Replace { .. } | Action::Leave(LeaveReason::Unset | LeaveReason::Itself) => Self::Changed,
            Action::Leave(LeaveReason::Rejected) => Self::RolledBack,
            Action::Leave(LeaveReason::Errored) => Self::Unhealthy,
            Action::Scale { .. } | Action::Leave(LeaveReason::Drifted) => Self::Drifted,
            Action::Remove { .. } | Action::Stop { .. } | Action::Leave(LeaveReason::Asked) => Self::Removed,
            Action::Leave(LeaveReason::Kept) => Self::Kept,
            Action::Leave(LeaveReason::Invalid) => Self::Invalid,
            Action::Leave(LeaveReason::Foreign | LeaveReason::OtherWorkspace | LeaveReason::Module) => {
                Self::Foreign
            }
        }
    }
}
