//! Whether an automatic sync may run: not while hooks are off or paused or an
//! operation of git is in progress, nor on another branch or with another PM2.

use std::path::Path;

use crate::adapters::clock;
use crate::core::failure::Failure;
use crate::core::files::sources::Selection;
use crate::core::sync::state::State;
use crate::engine::files::Files;
use crate::engine::workspace::{Context, Workspace};

/// Why an automatic sync must not run where it would use another PM2 than the last
/// sync: every app would run a second time.
pub(crate) fn other_pm2_home(workspace: &Workspace, state: &State) -> Result<Option<String>, Failure> {
    let home = workspace.pm2_home()?;
    let last = state.last_sync.as_ref().map(|last| &last.home).filter(|last| !last.as_os_str().is_empty());
    Ok(last.filter(|last| **last != home).map(|last| {
        let (last, home) = (last.display(), home.display());
        format!("the last sync went to the PM2 in `{last}`, and this one would go to `{home}`; set `[pm2] home`, or run `pm2sync sync`")
    }))
}

/// Whether nothing differs from the last completed sync; then a pending token is
/// removed.
pub(crate) fn is_up_to_date(workspace: &Workspace) -> Result<bool, Failure> {
    let Some(state) = workspace.state.load()? else { return Ok(false) };
    let token = workspace.state.pending()?;
    let now = Files::read(workspace, state.compiled.as_ref())?.fingerprint();
    let settled = state.completed == Some(now);
    if settled {
        workspace.state.clear_pending(token.as_deref())?;
    }
    Ok(settled)
}

/// Why an automatic sync must not run now: hooks are paused, an operation of git is
/// in progress, or hooks do not act on this branch.
pub(crate) fn blocked_by(workspace: &Workspace) -> Result<Option<String>, Failure> {
    if let Some(why) = paused(workspace)? {
        return Ok(Some(why));
    }
    match workspace.repository.busy() {
        Some(what) if !workspace.state.is_over()? => Ok(Some(format!("waiting for the {what} to end"))),
        _ => branch_not_listed(workspace),
    }
}

/// The pause of the hooks, if there is one.
pub(crate) fn paused(workspace: &Workspace) -> Result<Option<String>, Failure> {
    let pause = workspace.state.pause()?.filter(|pause| !pause.is_over(&clock::now()));
    Ok(pause.map(|pause| pause.to_string()))
}

/// `PM2SYNC=0`, or a CI machine that has not said `PM2SYNC=1`.
pub(crate) fn hooks_are_off(context: &Context) -> bool {
    let asked = context.environment.text("PM2SYNC");
    let in_ci = context.environment.text("CI") == Some("true");
    asked == Some("0") || (in_ci && asked != Some("1"))
}

/// Why hooks do not act on the branch that is checked out, if so.
pub(crate) fn branch_not_listed(workspace: &Workspace) -> Result<Option<String>, Failure> {
    let branch = workspace.repository.branch();
    if is_hook_branch(workspace, branch.as_deref())? {
        return Ok(None);
    }
    let listed = workspace.settings.hooks.branches.join("`, `");
    let here = branch.map_or("a detached HEAD".to_owned(), |branch| format!("branch `{branch}`"));
    Ok(Some(format!("hooks act on `{listed}` and not on {here}; `pm2sync sync` does")))
}

/// Whether hooks act on a branch, or on a detached HEAD where there is none.
pub(crate) fn is_hook_branch(workspace: &Workspace, branch: Option<&str>) -> Result<bool, Failure> {
    let globs = &workspace.settings.hooks.branches;
    let means = Selection::new(globs).map_err(Failure::Usage)?;
    let is_listed = branch.is_some_and(|branch| means.matches(Path::new(branch)));
    Ok(is_listed || globs.iter().any(|glob| glob == "*"))
}
