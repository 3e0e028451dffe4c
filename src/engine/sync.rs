//! One sync: take the lock, compile, compare with what runs, act, remember.
//!
//! A trigger leaves a token before it tries the lock; who holds the lock takes
//! it away at the end. So whatever happens in between, a crash or a second
//! trigger, the next look sees that there is work.

use std::path::Path;
use std::time::Duration;

use crate::adapters::clock;
use crate::adapters::pm2::socket_path;
use crate::adapters::state::{Lock, lock_home};
use crate::core::desired::Desired;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::outcome::{Outcome, Result as Ended, Synced};
use crate::core::plan::Plan;
use crate::core::settings::Compiler;
use crate::core::state::{LastSync, State, Unsettled};
use crate::engine::Listener;
use crate::engine::act::act;
use crate::engine::compile::{Artifact, chosen, compile};
use crate::engine::decide::{Wishes, decide};
use crate::engine::files::Files;
use crate::engine::pm2::running;
use crate::engine::workspace::Workspace;

/// How often a sync starts over because files changed under it.
const ROUNDS: usize = 3;

/// What a sync is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the caller wants of the plan.
    pub wishes: Wishes,
    /// How long to wait for another sync's lock.
    pub lock_timeout: Duration,
    /// What caused it, for the record: `sync`, or what a hook says.
    pub cause: String,
}

/// What there is to do, without doing it.
pub fn look(
    workspace: &Workspace,
    wishes: &Wishes,
    lock_timeout: Duration,
    tell: Listener<'_>,
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
    let definitions = compile(workspace, compiler, known, Artifact::Spare, tell)?;
    let desired = definitions.desired()?;
    tell_doubts(&desired, tell);
    Ok(decide(workspace, &desired, &running(workspace, &home)?, wishes)?.0)
}

/// Brings PM2 to what is desired.
pub fn sync(workspace: &Workspace, request: &Request, tell: Listener<'_>) -> Result<Synced, Failure> {
    let home = workspace.pm2_home()?;
    socket_path(&home).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    // A sync of some apps does nothing for the others, and leaves their token.
    let mut theirs = workspace.state.pending()?;
    if request.wishes.only.is_empty() {
        workspace.state.mark_pending()?;
        theirs = None;
    }
    let mut synced = Synced::default();
    let mut request = request.clone();
    for round in 1.. {
        let Some(lock) = take(&request, tell, |limit| workspace.state.lock(limit))? else {
            if round > 1 {
                break;
            }
            let root = workspace.root().display();
            return Err(Failure::Locked(format!(
                "another sync works in {root}; it goes on with this change"
            )));
        };
        let ended = sync_once(workspace, &home, &request, &mut synced, tell);
        drop(lock);
        if matches!(ended, Err(Failure::Usage(_) | Failure::Locked(_))) {
            return ended.map(|()| synced);
        }
        // Whoever came while the lock was held has left a token and gone, and
        // counts on a whole sync with nothing forced.
        let pending = workspace.state.pending()?;
        if round == ROUNDS || pending.is_none() || pending == theirs {
            return ended.map(|()| synced);
        }
        let wishes =
            Wishes { by_hand: request.wishes.by_hand, removed: request.wishes.removed, ..Wishes::default() };
        if !request.wishes.only.is_empty() || !request.wishes.force.is_empty() {
            request.wishes = wishes;
        }
        theirs = None;
    }
    Ok(synced)
}

/// One round under the lock. The token goes away only if what was compiled is
/// what lies there at the end.
fn sync_once(
    workspace: &Workspace,
    home: &Path,
    request: &Request,
    synced: &mut Synced,
    tell: Listener<'_>,
) -> Result<(), Failure> {
    let whole = request.wishes.only.is_empty();
    let token = workspace.state.pending()?.filter(|_| whole);
    let mut state = workspace.state.load()?.unwrap_or_default();
    if request.wishes.by_hand {
        workspace.state.save(&state)?;
    }
    if synced.outcomes.is_empty() {
        synced.known.clone_from(&state.unsettled);
    }
    let before = Files::read(workspace, state.compiled.as_ref())?;
    let compiler = workspace.settings.compile.compiler;
    let definitions = match compile(workspace, compiler, state.compiled.as_ref(), Artifact::Write, tell) {
        Ok(definitions) => definitions,
        Err(failure) => {
            give_up(workspace, &mut state, &before, &failure)?;
            workspace.state.clear_pending(token.as_deref())?;
            return Err(failure);
        }
    };
    let home_lock = take(request, tell, |limit| lock_home(home, limit))?;
    let Some(_held) = home_lock else {
        let home = home.display();
        return Err(Failure::Locked(format!(
            "another workspace's sync works on {home}; the next hook or `pm2sync sync` goes on"
        )));
    };
    let desired = definitions.desired()?;
    tell_doubts(&desired, tell);
    let decided = decide(workspace, &desired, &running(workspace, home)?, &request.wishes);
    if let Err(Failure::Usage(_)) = decided {
        workspace.state.clear_pending(token.as_deref())?;
    }
    let (plan, machine) = decided?;
    if plan.acts() {
        // Killed from here on, it is not as it was when it was last completed.
        state.completed = None;
        workspace.state.save(&state)?;
    }
    let outcomes = act(workspace, home, &plan, &machine, tell)?;
    synced.unchanged = plan.unchanged.len();
    synced.outcomes.retain(|old| !outcomes.iter().any(|new| new.app == old.app));
    let settled = outcomes.iter().all(Outcome::is_settled);
    synced.outcomes.extend(outcomes);
    let after = Files::read(workspace, Some(&definitions.compiled))?;
    let unmoved = after.is_as_compiled(&before, workspace.root(), &definitions.compiled);
    state.compiled = Some(definitions.compiled);
    state.attempted = None;
    if whole {
        state.completed = (settled && unmoved).then(|| after.fingerprint());
        state.unsettled = unsettled(&synced.outcomes);
    }
    let (at, by) = (clock::now(), request.cause.clone());
    state.last_sync = Some(LastSync { at, by, completed: settled && unmoved });
    workspace.state.save(&state)?;
    if unmoved {
        workspace.state.clear_pending(token.as_deref())?;
    }
    Ok(())
}

/// Remembers that these files do not compile, so that a hook does not try them
/// again; not if they have changed since.
fn give_up(
    workspace: &Workspace,
    state: &mut State,
    before: &Files,
    failure: &Failure,
) -> Result<(), Failure> {
    let mut compiled = state.compiled.clone().unwrap_or_default();
    if let Failure::Compile(failure) = failure {
        compiled.files.extend(failure.files.iter().cloned());
    }
    let after = Files::read(workspace, Some(&compiled))?;
    let unmoved = after.is_as_compiled(before, workspace.root(), &compiled);
    state.attempted = unmoved.then(|| after.fingerprint());
    state.compiled = Some(compiled);
    Ok(workspace.state.save(state)?)
}

/// What is not as desired, to be told from what is new the next time.
fn unsettled(outcomes: &[Outcome]) -> Vec<Unsettled> {
    outcomes.iter().filter(|outcome| outcome.result != Ended::Done).map(Outcome::unsettled).collect()
}

/// What PM2 drops or misreads.
fn tell_doubts(desired: &Desired, tell: Listener<'_>) {
    for said in &desired.warnings {
        tell(Event::Said(said.clone()));
    }
}

/// The lock of the workspace, for who compiles but does not sync.
pub fn lock_to_compile(workspace: &Workspace, limit: Duration) -> Result<Lock, Failure> {
    let root = workspace.root().display();
    let locked = || Failure::Locked(format!("another sync works in {root}; try again when it has ended"));
    workspace.state.lock(limit)?.ok_or_else(locked)
}

/// Takes a lock, telling once when it has to be waited for.
fn take<L>(
    request: &Request,
    tell: Listener<'_>,
    mut lock: impl FnMut(Duration) -> anyhow::Result<Option<L>>,
) -> Result<Option<L>, Failure> {
    if let Some(lock) = lock(Duration::ZERO)? {
        return Ok(Some(lock));
    }
    if request.lock_timeout.is_zero() {
        return Ok(None);
    }
    tell(Event::Waiting);
    Ok(lock(request.lock_timeout)?)
}
