//! Starts and ends the pause of a workspace.

use std::time::Duration;

use crate::adapters::clock;
use crate::core::failure::Failure;
use crate::core::sync::pause::Pause;
use crate::engine::workspace::Workspace;

/// Pauses the hooks, and returns the pause that this replaces.
pub(crate) fn pause(
    workspace: &Workspace,
    span: Option<Duration>,
    reason: Option<String>,
) -> Result<(Pause, Option<Pause>), Failure> {
    let until = span.map(|span| {
        let too_long =
            || Failure::Usage("the pause would end beyond the calendar; leave out `--for`".to_owned());
        clock::after(span).ok_or_else(too_long)
    });
    let now = clock::now();
    let before = workspace.state.pause()?.filter(|before| !before.is_over(&now));
    let pause = Pause { since: now, until: until.transpose()?, reason };
    workspace.state.set_pause(&pause)?;
    Ok((pause, before))
}

/// Ends the pause: whether there was one, and whether work is pending.
pub(crate) fn resume(workspace: &Workspace) -> Result<(bool, bool), Failure> {
    let was_paused = workspace.state.pause()?.is_some();
    workspace.state.end_pause()?;
    let is_pending = workspace.state.load()?.is_some() && workspace.state.pending()?.is_some();
    Ok((was_paused, is_pending))
}
