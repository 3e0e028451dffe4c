//! One sync: take the lock, compile, compare with what runs, act, remember.
//!
//! A trigger leaves a token before it tries the lock; who holds the lock takes
//! it away at the end. So whatever happens in between, a crash or a second
//! trigger, the next look sees that there is work.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::adapters::clock;
use crate::adapters::pm2::socket_path;
use crate::adapters::state::{Lock, lock_home, random_text};
use crate::core::desired::Desired;
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::journal::Entry;
use crate::core::outcome::{Outcome, Synced};
use crate::core::plan::{Plan, Unchanged};
use crate::core::settings::Compiler;
use crate::core::state::{LastSync, State};
use crate::core::trigger::Trigger;
use crate::engine::Listener;
use crate::engine::act::{Acted, Scene, act};
use crate::engine::compile::{Artifact, Definitions, chosen, compile};
use crate::engine::decide::{Memory, Wishes, decide};
use crate::engine::files::Files;
use crate::engine::guard::{self, Doubtful};
use crate::engine::hook::is_settled;
use crate::engine::pm2::{running, running_at_rest};
use crate::engine::workspace::Workspace;

/// How often a sync starts over because files changed under it.
const ROUNDS: usize = 3;

/// Between two tries for a lock, whether someone asks to stop is looked at.
const TRY: Duration = Duration::from_millis(200);

/// What a sync is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the caller wants of the plan.
    pub wishes: Wishes,
    /// How long to wait for another sync's lock.
    pub lock_timeout: Duration,
    /// What caused it, for the record.
    pub trigger: Trigger,
    /// Whether to wait until what was started has proved itself.
    pub wait: bool,
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
    let memory = Memory::of(state.as_ref(), &desired);
    decide(workspace, &desired, &running(workspace, &home)?, wishes, &memory)
}

/// Brings PM2 to what is desired, and writes the journal.
pub fn sync(workspace: &Workspace, request: &Request, tell: Listener<'_>) -> Result<Synced, Failure> {
    let began = Instant::now();
    let ended = rounds(workspace, request, tell);
    let record = match &ended {
        Ok(synced) => Some(Ok(synced)),
        Err(failure @ (Failure::Compile(_) | Failure::Other(_))) => Some(Err(failure.in_one_line())),
        Err(Failure::Usage(_) | Failure::Locked(_) | Failure::Interrupted) => None,
    };
    if let Some(record) = record {
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        // A full disk is no reason to call a sync failed that was done.
        drop(workspace.state.record(&Entry::new(clock::now(), took, request.trigger.clone(), record)));
    }
    ended
}

/// Syncs, and once more as long as a trigger came in between.
fn rounds(workspace: &Workspace, request: &Request, tell: Listener<'_>) -> Result<Synced, Failure> {
    let home = workspace.pm2_home()?;
    socket_path(&home).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    // A sync of some apps does nothing for the others, and leaves their token.
    let mut theirs = workspace.state.pending()?;
    if request.wishes.only.is_empty() {
        // A worker has been left a token, by which it knows a later one.
        if request.wishes.by_hand || theirs.is_none() {
            workspace.state.mark_pending()?;
        }
        theirs = None;
    }
    let mut synced = Synced::default();
    let mut request = request.clone();
    for round in 1.. {
        let Some(lock) = take(workspace, &request, tell, |limit| workspace.state.lock(limit))? else {
            if round > 1 {
                break;
            }
            let root = workspace.root().display();
            return Err(Failure::Locked(format!(
                "another sync works in {root}; it goes on with this change"
            )));
        };
        // What was already done when a trigger looked needs no second sync.
        let ended = if round > 1 && is_settled(workspace)? {
            Ok(())
        } else {
            sync_once(workspace, &home, &request, &mut synced, tell)
        };
        drop(lock);
        if synced.interrupted
            || matches!(ended, Err(Failure::Usage(_) | Failure::Locked(_) | Failure::Interrupted))
        {
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
    if state.salt.is_empty() {
        state.salt = random_text()?;
    }
    if request.wishes.by_hand {
        workspace.state.save(&state)?;
    }
    let before = Files::read(workspace, state.compiled.as_ref())?;
    let is_known = state.completed == Some(before.fingerprint());
    let (definitions, doubtful) = match trusted(workspace, &state, request, tell) {
        Ok(compiled) => compiled,
        Err(failure) => {
            give_up(workspace, &mut state, &before, &failure)?;
            workspace
                .state
                .clear_pending(token.as_deref().filter(|_| !matches!(failure, Failure::Interrupted)))?;
            return Err(failure);
        }
    };
    let home_lock = take(workspace, request, tell, |limit| lock_home(home, limit))?;
    let Some(lock) = &home_lock else {
        let home = home.display();
        return Err(Failure::Locked(format!(
            "another workspace's sync works on {home}; the next hook or `pm2sync sync` goes on"
        )));
    };
    let desired = definitions.desired()?;
    tell_doubts(&desired, tell);
    let running = running_at_rest(workspace, home)?;
    let now = clock::now_in_milliseconds();
    let memory = Memory { doubtful, ..Memory::of(Some(&state), &desired) };
    let decided = decide(workspace, &desired, &running, &request.wishes, &memory);
    if let Err(Failure::Usage(_)) = decided {
        workspace.state.clear_pending(token.as_deref())?;
    }
    let plan = decided?;
    if plan.acts() {
        // Killed from here on, it is not as it was when it was last completed.
        state.completed = None;
        workspace.state.save(&state)?;
    }
    let known = std::mem::take(&mut state.unsettled);
    let mut mark_old = |event: Event| match event {
        Event::Acted(mut outcome) => {
            outcome.is_old = outcome.action == "leave" && known.contains(&outcome.unsettled());
            tell(Event::Acted(outcome));
        }
        other => tell(other),
    };
    let scene = Scene { workspace, home, lock, running: &running, now, wait: request.wait };
    let Acted { outcomes, interrupted, rejected } = act(scene, &plan, &mut mark_old)?;
    synced.interrupted = interrupted;
    synced.outcomes.retain(|old| !outcomes.iter().any(|new| new.app == old.app));
    let settled = !interrupted && outcomes.iter().all(Outcome::is_settled);
    synced.outcomes.extend(outcomes);
    let is_new = |same: &&Unchanged| !synced.outcomes.iter().any(|outcome| outcome.app == same.app);
    synced.unchanged = plan.unchanged.iter().filter(is_new).count();
    let after = Files::read(workspace, Some(&definitions.compiled))?;
    let unmoved = after.is_as_compiled(&before, workspace.root(), &definitions.compiled);
    state.reject(rejected, &synced.outcomes, &desired);
    state.remember_variables(guard::variables(workspace, &state, &definitions, is_known)?, &memory.doubtful);
    state.compiled = Some(definitions.compiled);
    state.attempted = None;
    if whole {
        state.completed = (settled && unmoved).then(|| after.fingerprint());
        state.unsettled =
            synced.outcomes.iter().filter(|outcome| !outcome.is_in_place()).map(Outcome::unsettled).collect();
    } else {
        state.unsettled = known;
    }
    let (at, by) = (clock::now(), request.trigger.to_string());
    state.last_sync = Some(LastSync { at, by, completed: settled && unmoved });
    workspace.state.save(&state)?;
    if unmoved && !interrupted {
        workspace.state.clear_pending(token.as_deref())?;
    }
    Ok(())
}

/// Compiles, and finds the apps that a hook must not trust its environment for.
/// While there are any, the embedded compiler leaves the artifact alone: their
/// values would be blank in it.
fn trusted(
    workspace: &Workspace,
    state: &State,
    request: &Request,
    tell: Listener<'_>,
) -> Result<(Definitions, Doubtful), Failure> {
    let known = state.compiled.as_ref();
    let compiler = chosen(workspace, workspace.settings.compile.compiler)?;
    let variables =
        if request.wishes.by_hand { BTreeSet::new() } else { guard::doubtful_variables(workspace, state)? };
    if variables.is_empty() {
        return Ok((compile(workspace, compiler, known, Artifact::Write, tell)?, Doubtful::new()));
    }
    let spared = if compiler == Compiler::Embedded { Artifact::Spare } else { Artifact::Write };
    let mut definitions = compile(workspace, compiler, known, spared, tell)?;
    let doubtful = guard::doubtful_apps(workspace, state, &definitions, &variables)?;
    if spared == Artifact::Spare && doubtful.is_empty() {
        definitions = compile(workspace, compiler, known, Artifact::Write, tell)?;
    } else if spared == Artifact::Spare {
        definitions.compiled.artifact = known.and_then(|known| known.artifact);
    }
    Ok((definitions, doubtful))
}

/// Remembers that these files do not compile, so that a hook does not try them
/// again; not if they have changed since.
fn give_up(
    workspace: &Workspace,
    state: &mut State,
    before: &Files,
    failure: &Failure,
) -> Result<(), Failure> {
    let Failure::Compile(failure) = failure else { return Ok(()) };
    let mut compiled = state.compiled.clone().unwrap_or_default();
    compiled.files.extend(failure.files.iter().cloned());
    let after = Files::read(workspace, Some(&compiled))?;
    let unmoved = after.is_as_compiled(before, workspace.root(), &compiled);
    state.attempted = unmoved.then(|| after.fingerprint());
    state.compiled = Some(compiled);
    Ok(workspace.state.save(state)?)
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
    workspace: &Workspace,
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
    let deadline = Instant::now() + request.lock_timeout;
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
