//! One sync: take the lock, compile, compare with what runs, act, remember.
//!
//! A trigger leaves a pending token before it tries the lock; the holder of the
//! lock removes it at the end. So whatever happens in between, a crash or a second
//! trigger, the next check sees that there is work.

pub(crate) mod attempt;
pub(crate) mod decide;
pub(crate) mod gate;
pub(crate) mod locks;
pub(crate) mod request;

use std::time::{Duration, Instant};

use crate::adapters::clock;
use crate::adapters::pm2::socket_path;
use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::core::settings::Compiler;
use crate::core::sync::journal::Entry;
use crate::core::sync::outcome::Synced;
use crate::engine::Listener;
use crate::engine::bug::catch_panic;
use crate::engine::compile::definitions::ArtifactAccess;
use crate::engine::compile::{chosen, compile};
use crate::engine::pm2::running;
use crate::engine::sync::attempt::{sync_once, tell_doubts};
use crate::engine::sync::decide::{Memory, Wishes, decide};
use crate::engine::sync::gate::blocked_by;
use crate::engine::sync::locks::{lock_to_compile, take};
use crate::engine::sync::request::Request;
use crate::engine::workspace::Workspace;

/// How often a sync is repeated because files changed during it.
const MOST_ATTEMPTS: usize = 3;

/// The plan, without doing it.
pub(crate) fn preview(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    on_event: Listener<'_>,
) -> Result<Plan, Failure> {
    let home = workspace.pm2_home()?;
    let state = workspace.state.load()?;
    let compiler = chosen(workspace, workspace.settings.compile.compiler)?;
    // A command writes the artifact in place: not while a sync reads it.
    let _lock = match compiler {
        Compiler::ShadowCljs | Compiler::Command => Some(lock_to_compile(workspace, lock_timeout)?),
        _ => None,
    };
    let known = state.as_ref().and_then(|state| state.compiled.as_ref());
    let definitions = compile(workspace, compiler, known, ArtifactAccess::Spare, on_event)?;
    let desired = &definitions.desired;
    tell_doubts(desired, on_event);
    let memory = Memory::of(workspace, state.as_ref(), desired);
    decide(workspace, desired, &running(workspace, &home)?, wishes, &memory)
}

/// Brings PM2 to what is desired, and writes the journal.
pub(crate) fn sync(
    workspace: &Workspace,
    request: &Request,
    on_event: Listener<'_>,
) -> Result<Synced, Failure> {
    let started = Instant::now();
    let ended = catch_panic(&workspace.bugs, || sync_until_stable(workspace, request, on_event));
    let entry = match &ended {
        Ok(synced) => Some(Ok(synced)),
        Err(failure @ (Failure::Compile(_) | Failure::Bug(_) | Failure::Other(_))) => {
            Some(Err(failure.in_one_line()))
        }
        // A person at the terminal has read it.
        Err(failure @ Failure::Usage(_)) if !request.wishes.by_hand => Some(Err(failure.in_one_line())),
        Err(Failure::Usage(_) | Failure::Locked(_) | Failure::Interrupted) => None,
    };
    if let Some(entry) = entry {
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A full disk does not make a sync fail that was done.
        drop(workspace.state.record(&Entry::new(clock::now(), took, request.trigger.clone(), entry)));
    }
    ended
}

/// Syncs, and again where files changed during a whole sync by hand. What another
/// trigger has left is for its worker, which heeds pauses and git.
fn sync_until_stable(
    workspace: &Workspace,
    request: &Request,
    on_event: Listener<'_>,
) -> Result<Synced, Failure> {
    let home = workspace.pm2_home()?;
    socket_path(&home).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    let (by_hand, whole) = (request.wishes.by_hand, request.wishes.only.is_empty());
    // A worker's trigger has left its token, and a sync of some apps leaves the others pending.
    if whole && (by_hand || workspace.state.pending()?.is_none()) {
        workspace.state.mark_pending()?;
    }
    let mut synced = Synced::default();
    let mut request = request.clone();
    for attempt in 1.. {
        let Some(_lock) =
            take(workspace, request.lock_timeout, on_event, |limit| workspace.state.lock(limit))?
        else {
            let root = workspace.root().display();
            return Err(Failure::Locked(format!(
                "another sync is running in {root}; it will include this change"
            )));
        };
        if !by_hand && let Some(why) = blocked_by(workspace)? {
            return Err(Failure::Locked(why));
        }
        let token = workspace.state.pending()?;
        sync_once(workspace, &home, &request, &mut synced, on_event)?;
        let moved = token.is_some() && workspace.state.pending()? == token;
        if !(by_hand && whole && moved) || synced.interrupted || attempt == MOST_ATTEMPTS {
            break;
        }
        // What was forced has been done.
        request.wishes.force.clear();
    }
    Ok(synced)
}
