//! Waiting for the locks under which one sync at a time runs: first the
//! workspace's, then that of PM2's home.

use std::time::{Duration, Instant};

use crate::adapters::state::Lock;
use crate::core::failure::Failure;
use crate::core::sync::event::Event;
use crate::engine::Listener;
use crate::engine::workspace::Workspace;

/// How often a waiting process checks for a signal to stop.
const TRY: Duration = Duration::from_millis(200);

/// The lock of the workspace, for a command that compiles but does not sync.
pub(crate) fn lock_to_compile(workspace: &Workspace, limit: Duration) -> Result<Lock, Failure> {
    let root = workspace.root().display();
    let locked =
        || Failure::Locked(format!("another sync is running in {root}; try again when it has ended"));
    workspace.state.lock(limit)?.ok_or_else(locked)
}

/// Takes a lock, and reports once if it has to wait.
pub(crate) fn take<L>(
    workspace: &Workspace,
    timeout: Duration,
    on_event: Listener<'_>,
    mut lock: impl FnMut(Duration) -> anyhow::Result<Option<L>>,
) -> Result<Option<L>, Failure> {
    if let Some(lock) = lock(Duration::ZERO)? {
        return Ok(Some(lock));
    }
    if timeout.is_zero() {
        return Ok(None);
    }
    on_event(Event::Waiting);
    let deadline = Instant::now() + timeout;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match lock(left.min(TRY))? {
            Some(lock) => return Ok(Some(lock)),
            None if workspace.interrupt.is_requested() => return Err(Failure::Interrupted),
            None if left.is_zero() => return Ok(None),
            None => {}
        }
    }
}
