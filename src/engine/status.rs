//! How the running set stands to the definitions, app by app, without doing or
//! compiling anything that takes time.

use std::path::PathBuf;

use crate::adapters::clock;
use crate::core::plan::{Action, Left};
use crate::core::reason::{Cause, InOneLine};
use crate::core::running::Running;
use crate::core::state::LastSync;
use crate::engine::Listener;
use crate::engine::compile::{Artifact, compile};
use crate::engine::decide::{Wishes, decide};
use crate::engine::failure::Failure;
use crate::engine::files::Files;
use crate::engine::pm2::running;
use crate::engine::workspace::Workspace;

/// A workspace and its apps.
#[derive(Clone, Debug)]
pub struct Status {
    /// The root of the workspace.
    pub root: PathBuf,
    /// PM2's home.
    pub home: PathBuf,
    /// Whether `pm2sync sync` has ever run here by hand.
    pub enrolled: bool,
    /// Whether there is something that no sync has looked at.
    pub pending: bool,
    /// What git is in the middle of.
    pub busy: Option<&'static str>,
    /// The last sync that reached PM2.
    pub last_sync: Option<LastSync>,
    /// Every desired and every owned app, in order of name.
    pub apps: Vec<AppStatus>,
}

/// One app.
#[derive(Clone, Debug)]
pub struct AppStatus {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: Standing,
    /// PM2's id of its first process.
    pub pm_id: Option<u32>,
    /// Its first process.
    pub pid: Option<u32>,
    /// Since when that runs, RFC 3339.
    pub since: Option<String>,
    /// Why it is not in sync, or what else there is to say.
    pub why: Option<String>,
}

/// How an app stands to its definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It runs as defined.
    InSync,
    /// Its definition changed.
    Changed,
    /// It does not run.
    Missing,
    /// What runs is not what was applied.
    Drifted,
    /// It was stopped, or ran to its end, and its definition is in place.
    Stopped,
    /// PM2 gave up on it.
    Unhealthy,
    /// Someone else started it.
    Foreign,
    /// Its definition is gone.
    Removed,
    /// Its definition cannot be applied.
    Invalid,
}

impl Standing {
    /// Its word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::InSync => "in sync",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Drifted => "drifted",
            Self::Stopped => "stopped",
            Self::Unhealthy => "unhealthy",
            Self::Foreign => "foreign",
            Self::Removed => "removed",
            Self::Invalid => "invalid",
        }
    }

    /// Whether there is nothing to do about it.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::InSync | Self::Stopped)
    }
}

/// Looks at the workspace and at PM2.
pub fn status(workspace: &Workspace, tell: Listener<'_>) -> Result<Status, Failure> {
    let home = workspace.pm2_home()?;
    let state = workspace.state.load()?;
    let known = state.as_ref().and_then(|state| state.compiled.as_ref());
    let files = Files::read(workspace, known)?;
    let completed = state.as_ref().and_then(|state| state.completed);
    let definitions = compile(workspace, workspace.settings.compile.compiler, known, Artifact::AsItIs, tell)?;
    let desired = definitions.desired()?;
    let running = running(workspace, &home)?;
    let wishes = Wishes { by_hand: true, allow_empty: true, ..Wishes::default() };
    let (plan, _) = decide(workspace, &desired, &running, &wishes)?;
    let mut apps: Vec<AppStatus> = Vec::new();
    for planned in &plan.actions {
        let why = InOneLine(&planned.reasons).to_string();
        apps.push(describe(&planned.app, standing(&planned.action, &planned.reasons), Some(why), &running));
    }
    for same in &plan.unchanged {
        let app = running.get(&same.app);
        let errored = app.is_some_and(|app| app.processes.iter().any(|process| process.status == "errored"));
        let state = match app {
            _ if errored => Standing::Unhealthy,
            Some(app) if app.is_stopped() => Standing::Stopped,
            _ => Standing::InSync,
        };
        let why = if errored {
            Some("PM2 gave up restarting it; its error log says why".to_owned())
        } else {
            (!same.owned).then(|| "not yet owned".to_owned())
        };
        apps.push(describe(&same.app, state, why, &running));
    }
    apps.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Status {
        root: workspace.root().to_owned(),
        home,
        enrolled: state.is_some(),
        pending: state.is_some()
            && (completed != Some(files.fingerprint()) || workspace.state.pending()?.is_some()),
        busy: workspace.repository.busy(),
        last_sync: state.and_then(|state| state.last_sync),
        apps,
    })
}

fn standing(action: &Action, reasons: &[crate::core::reason::Reason]) -> Standing {
    match action {
        Action::Start { .. } => Standing::Missing,
        Action::Replace { .. } if reasons.iter().all(|reason| reason.cause == Cause::Drift) => {
            Standing::Drifted
        }
        Action::Replace { .. } => Standing::Changed,
        Action::Leave(Left::Drifted) => Standing::Drifted,
        Action::Remove { .. } | Action::Stop { .. } | Action::Leave(Left::Kept | Left::Asked) => {
            Standing::Removed
        }
        Action::Leave(Left::Invalid) => Standing::Invalid,
        Action::Leave(Left::Foreign | Left::OtherWorkspace | Left::Module) => Standing::Foreign,
    }
}

fn describe(name: &str, state: Standing, why: Option<String>, running: &Running) -> AppStatus {
    let process = running.get(name).and_then(|app| app.processes.first());
    AppStatus {
        name: name.to_owned(),
        state,
        pm_id: process.map(|process| process.pm_id),
        pid: process.and_then(|process| process.pid),
        since: process
            .filter(|process| process.pid.is_some())
            .and_then(|process| clock::at(process.started?)),
        why,
    }
}
