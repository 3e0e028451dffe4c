//! How the running apps compare with the definitions, without changing anything or
//! running a slow compiler.

use std::collections::BTreeSet;

use crate::adapters::clock;
use crate::core::failure::Failure;
use crate::core::inspect::status::{AppState, AppStatus, Status};
use crate::core::pm2::running::Running;
use crate::core::reason::words::InOneLine;
use crate::core::sync::state::LastSync;
use crate::engine::Listener;
use crate::engine::compile::compile;
use crate::engine::compile::definitions::ArtifactAccess;
use crate::engine::files::Files;
use crate::engine::pm2::running;
use crate::engine::sync::decide::{Memory, Wishes, decide};
use crate::engine::workspace::Workspace;

/// When and by what a sync last reached PM2.
pub(crate) fn last_sync(workspace: &Workspace) -> Option<LastSync> {
    workspace.state.load().ok()??.last_sync
}

/// The status of the workspace without its definitions: no apps yet.
pub(crate) fn workspace_status(workspace: &Workspace) -> Result<Status, Failure> {
    let state = workspace.state.load()?;
    let known = state.as_ref().and_then(|state| state.compiled.as_ref());
    let completed = state.as_ref().and_then(|state| state.completed);
    let differs = completed != Some(Files::read(workspace, known)?.fingerprint());
    Ok(Status {
        root: workspace.root().to_owned(),
        home: workspace.pm2_home()?,
        enrolled: state.is_some(),
        pending: state.is_some() && (differs || workspace.state.pending()?.is_some()),
        paused: workspace.state.pause()?.filter(|pause| !pause.is_over(&clock::now())),
        busy: workspace.repository.busy(),
        variables: known.map(|known| known.variables.clone()).unwrap_or_default(),
        last_sync: state.and_then(|state| state.last_sync),
        apps: Vec::new(),
    })
}

/// The state of every app, in order of name, and the variables that the definitions
/// read.
pub(crate) fn app_states(
    workspace: &Workspace,
    on_event: Listener<'_>,
) -> Result<(Vec<AppStatus>, BTreeSet<String>), Failure> {
    let home = workspace.pm2_home()?;
    let state = workspace.state.load()?;
    let known = state.as_ref().and_then(|state| state.compiled.as_ref());
    let compiler = workspace.settings.compile.compiler;
    let definitions = compile(workspace, compiler, known, ArtifactAccess::AsItIs, on_event)?;
    let desired = &definitions.desired;
    let running = running(workspace, &home)?;
    let wishes = Wishes { by_hand: true, allow_empty: true, ..Wishes::default() };
    let memory = Memory::of(workspace, state.as_ref(), desired);
    let plan = decide(workspace, desired, &running, &wishes, &memory)?;
    let mut apps: Vec<AppStatus> = Vec::new();
    for planned in &plan.actions {
        let app_state = AppState::of(&planned.action, &planned.reasons);
        let rejected = state.as_ref().and_then(|state| state.rejected.get(&planned.app));
        let why = match rejected.filter(|_| app_state == AppState::RolledBack) {
            Some(rejected) => rejected.why.clone(),
            None => InOneLine(&planned.reasons).to_string(),
        };
        apps.push(describe(&planned.app, app_state, Some(why), &running));
    }
    for same in &plan.unchanged {
        let definition = desired.get(&same.app).map(|app| &app.definition);
        let (app_state, why) = match (definition, running.get(&same.app)) {
            (Some(definition), Some(app)) => AppState::in_place(definition, app, running.seen()),
            // Its definition is gone, and the policy is to keep it stopped.
            _ => (AppState::Stopped, None),
        };
        let why = why.or_else(|| (!same.owned).then(|| "not yet owned".to_owned()));
        apps.push(describe(&same.app, app_state, why, &running));
    }
    apps.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((apps, definitions.compiled.variables))
}

fn describe(name: &str, state: AppState, why: Option<String>, running: &Running) -> AppStatus {
    let mut processes = running.get(name).into_iter().flat_map(|app| &app.processes);
    let first = processes.clone().next();
    let process = processes.find(|process| process.pid.is_some()).or(first);
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
