//! One round of a sync, under the lock: compile, compare with what runs, act,
//! and remember what came of it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::clock;
use crate::adapters::lifetime::start_time;
use crate::adapters::state::{Lock, lock_home, random_text};
use crate::core::definition::desired::Desired;
use crate::core::failure::Failure;
use crate::core::plan::{Action, Plan, Unchanged};
use crate::core::pm2::running::{Process, Running, RunningApp};
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{Outcome, Result as Ended, Synced};
use crate::core::sync::state::{CompiledState, LastSync, State, Survivor};
use crate::engine::Listener;
use crate::engine::apply::act;
use crate::engine::apply::recorder::{Acted, Scene};
use crate::engine::compile::unset_guard::{self, trusted};
use crate::engine::files::Files;
use crate::engine::pm2::running_at_rest;
use crate::engine::sync::decide::{Memory, decide};
use crate::engine::sync::locks::take;
use crate::engine::sync::request::Request;
use crate::engine::workspace::Workspace;

/// One round under the lock. The token goes away only if what was compiled is
/// what lies there at the end.
pub(in crate::engine) fn sync_once(
    workspace: &Workspace,
    home: &Path,
    request: &Request,
    synced: &mut Synced,
    tell: Listener<'_>,
) -> Result<(), Failure> {
    let whole = request.wishes.only.is_empty();
    let token = workspace.state.pending()?.filter(|_| whole);
    let remembered = workspace.state.load()?;
    // A first sync of some apps is no wish that hooks start the others.
    let enrols = whole || remembered.is_some();
    let mut state = remembered.unwrap_or_default();
    if state.salt.is_empty() {
        state.salt = random_text()?;
    }
    let before = Files::read(workspace, state.compiled.as_ref())?;
    let is_known = state.completed == Some(before.fingerprint());
    let (definitions, doubtful) = match trusted(workspace, &state, request.wishes.by_hand, tell) {
        Ok(compiled) => compiled,
        Err(failure) => {
            give_up(workspace, &mut state, &before, &failure)?;
            workspace
                .state
                .clear_pending(token.as_deref().filter(|_| !matches!(failure, Failure::Interrupted)))?;
            return Err(failure);
        }
    };
    let before = as_compiled(before, workspace, state.compiled.as_ref(), &definitions.compiled)?;
    if enrols && state.compiled.as_ref() != Some(&definitions.compiled) {
        // Whatever ends this sync, the artifact is known for our own.
        state.compiled = Some(definitions.compiled.clone());
        workspace.state.save(&state)?;
    }
    let lock = &pm2_for_us(workspace, home, request, tell)?;
    let desired = &definitions.desired;
    tell_doubts(desired, tell);
    let running = running_at_rest(workspace, home, state.completed.is_none())?;
    let memory = Memory { doubtful, ..Memory::of(workspace, Some(&state), desired) };
    let decided = decide(workspace, desired, &running, &request.wishes, &memory);
    if let Err(Failure::Usage(_)) = decided {
        workspace.state.clear_pending(token.as_deref())?;
    }
    let plan = decided?;
    let begun = state.unproven.clone();
    if plan.acts() && enrols {
        // Killed from here on, it is not as it was when it was last completed.
        state.completed = None;
        let runs = plan.actions.iter().filter(|planned| planned.action.runs());
        state.unproven.extend(runs.map(|planned| planned.app.clone()));
        workspace.state.save(&state)?;
    }
    let known = std::mem::take(&mut state.unsettled);
    let mark = |mut outcome: Outcome| {
        outcome.is_old = outcome.action == "leave" && known.contains(&outcome.unsettled());
        outcome
    };
    let mut told = |event: Event| match event {
        Event::Acted(outcome) => {
            let misread = misread(&outcome, desired);
            tell(Event::Acted(mark(outcome)));
            misread.into_iter().for_each(&mut *tell);
        }
        Event::Kept(outcomes) => tell(Event::Kept(outcomes.into_iter().map(mark).collect())),
        other => tell(other),
    };
    let scene = Scene {
        workspace,
        home,
        lock,
        running: &running,
        begun: &begun,
        wait: request.wait,
        by_hand: request.wishes.by_hand,
    };
    let Acted { outcomes, interrupted, rejected, survivors, proved } = act(scene, &plan, &mut told)?;
    synced.interrupted = interrupted;
    synced.outcomes.retain(|old| !outcomes.iter().any(|new| new.app == old.app));
    state.forget_proved(&proved, &outcomes, desired);
    let settled = !interrupted && state.unproven.is_empty() && outcomes.iter().all(Outcome::is_settled);
    synced.outcomes.extend(outcomes);
    let is_new = |same: &&Unchanged| !synced.outcomes.iter().any(|outcome| outcome.app == same.app);
    synced.unchanged = plan.unchanged.iter().filter(is_new).count();
    let after = Files::read(workspace, Some(&definitions.compiled))?;
    let unmoved = after.edited_since(&before, workspace).is_empty();
    state.reject(rejected, &synced.outcomes, desired);
    state.stopped.retain(|app, runs| running.get(app).is_some_and(|there| ended(there) == *runs));
    state.stopped.extend(stopped(&plan, &running, &synced.outcomes));
    state.survivors.retain(|app, _| memory.survivors.contains_key(app));
    state.survivors.extend(still_alive(workspace, survivors));
    if whole {
        let variables = unset_guard::variables(workspace, &state, &definitions, is_known)?;
        state.remember_variables(variables, &memory.doubtful);
        state.completed = (settled && unmoved).then(|| after.fingerprint());
        state.unsettled =
            synced.outcomes.iter().filter(|outcome| !outcome.is_in_place()).map(Outcome::unsettled).collect();
    } else {
        state.unsettled = known;
    }
    state.compiled = Some(definitions.compiled);
    state.attempted = None;
    let (at, by) = (clock::now(), request.trigger.to_string());
    state.last_sync = Some(LastSync { at, by, home: home.to_owned() });
    if enrols {
        workspace.state.save(&state)?;
    }
    if unmoved && !interrupted {
        workspace.state.clear_pending(token.as_deref())?;
    }
    Ok(())
}

/// The files as they were when the compile began, with what it alone has found.
fn as_compiled(
    before: Files,
    workspace: &Workspace,
    known: Option<&CompiledState>,
    compiled: &CompiledState,
) -> Result<Files, Failure> {
    if known.is_some_and(|known| known.files == compiled.files) {
        return Ok(before);
    }
    let read = Files::read(workspace, Some(compiled))?;
    Ok(before.with_found(&read, known, &compiled.files))
}

/// The lock of PM2's home, under which nobody else acts there.
fn pm2_for_us(
    workspace: &Workspace,
    home: &Path,
    request: &Request,
    tell: Listener<'_>,
) -> Result<Lock, Failure> {
    let lock = take(workspace, request.lock_timeout, tell, |limit| lock_home(home, limit))?;
    lock.ok_or_else(|| {
        let home = home.display();
        Failure::Locked(format!(
            "another workspace's sync works on {home}; the next hook or `pm2sync sync` goes on"
        ))
    })
}

/// The runs that end with a stop of this app.
fn ended(app: &RunningApp) -> BTreeSet<String> {
    app.processes.iter().map(Process::run).collect()
}

/// What was stopped now since its definition is gone.
fn stopped<'a>(
    plan: &'a Plan,
    running: &'a Running,
    outcomes: &'a [Outcome],
) -> impl Iterator<Item = (String, BTreeSet<String>)> + 'a {
    let stops = plan.actions.iter().filter(|planned| matches!(planned.action, Action::Stop { .. }));
    let done = |app: &str| outcomes.iter().any(|outcome| outcome.app == app && outcome.result == Ended::Done);
    let done = stops.filter(move |planned| done(&planned.app));
    done.filter_map(|planned| Some((planned.app.clone(), ended(running.get(&planned.app)?))))
}

/// Of the processes that outlived their stop those that go on, to be known again.
fn still_alive(
    workspace: &Workspace,
    survivors: Vec<(String, u32)>,
) -> impl Iterator<Item = (String, Survivor)> {
    let path = workspace.environment.path();
    survivors.into_iter().filter_map(move |(app, pid)| {
        let began = start_time(pid, path)?;
        Some((app, Survivor { pid, began }))
    })
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
    let known = state.compiled.clone();
    let mut compiled = known.clone().unwrap_or_default();
    compiled.files.extend(failure.files.iter().cloned());
    let after = Files::read(workspace, Some(&compiled))?;
    let before = before.clone().with_found(&after, known.as_ref(), &compiled.files);
    let unmoved = after.edited_since(&before, workspace).is_empty();
    state.attempted = unmoved.then(|| after.fingerprint());
    state.compiled = Some(compiled);
    Ok(workspace.state.save(state)?)
}

/// What PM2 drops or misreads of an app that was started now.
fn misread(outcome: &Outcome, desired: &Desired) -> Option<Event> {
    let app = desired.get(&outcome.app).filter(|app| outcome.was_tried() && !app.warnings.is_empty())?;
    Some(Event::Misread { app: outcome.app.clone(), warnings: app.warnings.clone() })
}

/// What PM2 drops or misreads.
pub(in crate::engine) fn tell_doubts(desired: &Desired, tell: Listener<'_>) {
    for said in &desired.warnings {
        tell(Event::Diagnostic(said.clone()));
    }
}
