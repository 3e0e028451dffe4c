//! What keeps a watch from syncing: the same that keeps a hook from it, and a
//! worker or git at work.

use crate::core::failure::Failure;
use crate::engine::sync::gate::{branch_not_listed, other_pm2_home, paused};
use crate::engine::workspace::Workspace;

/// Why a watch must not sync now, if so.
pub(in crate::engine) fn watch_blocked_by(workspace: &Workspace) -> Result<Option<String>, Failure> {
    if let Some(pause) = paused(workspace)? {
        return Ok(Some(format!("{pause}; `pm2sync resume` continues")));
    }
    if let Some(what) = workspace.repository.busy() {
        return Ok(Some(format!("waiting for the {what} to end")));
    }
    let state = workspace.state.load()?;
    if let Some(elsewhere) = state.map_or(Ok(None), |state| other_pm2_home(workspace, &state))? {
        return Ok(Some(elsewhere));
    }
    if let Some(elsewhere) = branch_not_listed(workspace)? {
        return Ok(Some(elsewhere));
    }
    if workspace.repository.is_writing() {
        return Ok(Some("waiting for git to end".to_owned()));
    }
    let is_free = workspace.state.no_worker()?.is_some();
    Ok((!is_free).then(|| "a sync is running in the background".to_owned()))
}
