//! One sync: take the lock, compile, compare with what runs, act, remember.
//!
//! A trigger leaves a token before it tries the lock; who holds the lock takes
//! it away at the end. So whatever happens in between, a crash or a second
//! trigger, the next look sees that there is work.

use std::path::Path;
use std::time::Duration;

use crate::adapters::clock;
use crate::adapters::pm2::socket_path;
use crate::adapters::state::lock_home;
use crate::core::desired::Desired;
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::outcome::{Outcome, Result as Ended, Synced};
use crate::core::plan::Plan;
use crate::core::settings::Compiler;
use crate::core::state::{LastSync, State};
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
        Compiler::ShadowCljs | Compiler::Command => workspace.state.lock(lock_timeout)?,
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
    workspace.state.mark_pending()?;
    let mut report = Synced::default();
    for round in 0..ROUNDS {
        let lock = take(request, tell, |limit| workspace.state.lock(limit))?;
        match lock {
            None if round == 0 => {
                let root = workspace.root().display();
                return Err(Failure::Locked(format!(
                    "another sync works in {root}; it goes on with this change"
                )));
            }
            None => break,
            Some(_held) => sync_once(workspace, &home, request, &mut report, tell)?,
        }
        // Whoever came while the lock was held has left a token and gone.
        if workspace.state.pending()?.is_none() {
            break;
        }
    }
    Ok(report)
}

/// One round under the lock. The token goes away only if what was compiled is
/// what lies there at the end.
fn sync_once(
    workspace: &Workspace,
    home: &Path,
    request: &Request,
    report: &mut Synced,
    tell: Listener<'_>,
) -> Result<(), Failure> {
    let token = workspace.state.pending()?;
    let mut state = workspace.state.load()?.unwrap_or_default();
    if request.wishes.by_hand {
        workspace.state.save(&state)?;
    }
    if report.outcomes.is_empty() {
        report.known.clone_from(&state.unsettled);
    }
    let before = Files::read(workspace, state.compiled.as_ref())?;
    let compiler = workspace.settings.compile.compiler;
    let definitions = match compile(workspace, compiler, state.compiled.as_ref(), Artifact::Write, tell) {
        Ok(definitions) => definitions,
        Err(failure) => {
            state.attempted = Some(before.fingerprint());
            workspace.state.save(&state)?;
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
    let (plan, machine) = decide(workspace, &desired, &running(workspace, home)?, &request.wishes)?;
    report.outcomes.extend(act(workspace, home, &plan, &machine, tell)?);
    report.unchanged = plan.unchanged.len();
    state.compiled = Some(definitions.compiled);
    let after = Files::read(workspace, state.compiled.as_ref())?;
    let unmoved = after.is_as_compiled(&before, state.compiled.as_ref());
    let completed = unmoved && report.is_settled() && request.wishes.only.is_empty();
    remember(&mut state, report, request, completed.then(|| after.fingerprint()));
    workspace.state.save(&state)?;
    if unmoved {
        workspace.state.clear_pending(token.as_deref())?;
    }
    Ok(())
}

/// What PM2 drops or misreads.
fn tell_doubts(desired: &Desired, tell: Listener<'_>) {
    for said in &desired.warnings {
        tell(Event::Said(said.clone()));
    }
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

fn remember(state: &mut State, report: &Synced, request: &Request, completed: Option<Digest>) {
    state.attempted = None;
    if completed.is_some() || request.wishes.only.is_empty() {
        state.completed = completed;
    }
    state.unsettled = report
        .outcomes
        .iter()
        .filter(|outcome| outcome.result != Ended::Done)
        .map(Outcome::unsettled)
        .collect();
    state.last_sync =
        Some(LastSync { at: clock::now(), by: request.cause.clone(), completed: completed.is_some() });
}
