//! One attempt of a sync, under the lock: compile, compare with what runs, act,
//! and record the result.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::clock;
use crate::adapters::lifetime::start_time;
use crate::adapters::state::{Lock, lock_home, random_text};
use crate::core::definition::desired::Desired;
use crate::core::failure::Failure;
use crate::core::plan::{Action, Doubtful, Ended, Plan, Verb};
use crate::core::pm2::running::{Process, Running, RunningApp};
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{Outcome, Synced};
use crate::core::sync::state::{CompiledState, LastSync, State, Survivor};
use crate::core::sync::unsettled::Unsettled;
use crate::engine::Listener;
use crate::engine::apply::act;
use crate::engine::apply::recorder::{Acted, Scene};
use crate::engine::compile::definitions::Definitions;
use crate::engine::compile::unset_guard::{self, trusted};
use crate::engine::files::Files;
use crate::engine::pm2::running_at_rest;
use crate::engine::sync::decide::{Memory, decide};
use crate::engine::sync::locks::take;
use crate::engine::sync::request::Request;
use crate::engine::workspace::Workspace;

/// One attempt under the lock. The token goes away only if what was compiled is
/// what lies there at the end.
pub(in crate::engine) fn sync_once(
    workspace: &Workspace,
    home: &Path,
    request: &Request,
    synced: &mut Synced,
    tell: Listener<'_>,
) -> Result<(), Failure> {
    let mut attempt = Attempt::begin(workspace, request)?;
    let (definitions, doubtful) = attempt.compile(tell)?;
    let desired = &definitions.desired;
    let lock = &pm2_for_us(workspace, home, request, tell)?;
    tell_doubts(desired, tell);
    let running = &running_at_rest(workspace, home, attempt.state.completed.is_none())?;
    let memory = Memory { doubtful, ..Memory::of(workspace, Some(&attempt.state), desired) };
    let plan = attempt.decide(desired, running, &memory)?;
    let begun = &attempt.record_unproven(&plan)?;
    let known = &std::mem::take(&mut attempt.state.unsettled);
    let mut told = marking_what_is_known(known, desired, tell);
    let (wait, by_hand) = (request.wait, request.wishes.by_hand);
    let acted = act(Scene { workspace, home, lock, running, begun, wait, by_hand }, &plan, &mut told)?;
    let ended = Ends { plan: &plan, running, definitions: &definitions, memory: &memory, known };
    attempt.remember(home, acted, ended, synced)
}

/// A running sync: what it found when it started, and what it will record.
struct Attempt<'a> {
    workspace: &'a Workspace,
    request: &'a Request,
    /// Whether it is of all apps.
    is_whole: bool,
    /// Whether hooks act from now on: a first sync of some apps is no wish that
    /// they start the others.
    enrols: bool,
    /// The pending token, as it was.
    token: Option<String>,
    state: State,
    /// The files before the compile.
    before: Files,
    /// Whether they are those of the last completed sync.
    is_known: bool,
}

/// What an attempt found, to be recorded.
#[derive(Clone, Copy)]
struct Ends<'a> {
    plan: &'a Plan,
    running: &'a Running,
    definitions: &'a Definitions,
    memory: &'a Memory,
    /// What was unsettled before.
    known: &'a [Unsettled],
}

impl<'a> Attempt<'a> {
    fn begin(workspace: &'a Workspace, request: &'a Request) -> Result<Self, Failure> {
        let is_whole = request.wishes.only.is_empty();
        let token = workspace.state.pending()?.filter(|_| is_whole);
        let remembered = workspace.state.load()?;
        let enrols = is_whole || remembered.is_some();
        let mut state = remembered.unwrap_or_default();
        if state.salt.is_empty() {
            state.salt = random_text()?;
        }
        let before = Files::read(workspace, state.compiled.as_ref())?;
        let is_known = state.completed == Some(before.fingerprint());
        Ok(Self { workspace, request, is_whole, enrols, token, state, before, is_known })
    }

    /// Compiles. Whatever ends the sync later, the artifact is known to be ours.
    fn compile(&mut self, tell: Listener<'_>) -> Result<(Definitions, Doubtful), Failure> {
        let workspace = self.workspace;
        let trusted = trusted(workspace, &self.state, self.request.wishes.by_hand, tell);
        let (definitions, doubtful) = match trusted {
            Ok(compiled) => compiled,
            Err(failure) => {
                give_up(workspace, &mut self.state, &self.before, &failure)?;
                if !matches!(failure, Failure::Interrupted) {
                    self.clear_pending()?;
                }
                return Err(failure);
            }
        };
        let compiled = &definitions.compiled;
        let before = self.before.clone();
        self.before = as_compiled(before, workspace, self.state.compiled.as_ref(), compiled)?;
        if self.enrols && self.state.compiled.as_ref() != Some(compiled) {
            self.state.compiled = Some(compiled.clone());
            workspace.state.save(&self.state)?;
        }
        Ok((definitions, doubtful))
    }

    /// The plan. A usage error is not retried by a hook.
    fn decide(&self, desired: &Desired, running: &Running, memory: &Memory) -> Result<Plan, Failure> {
        let decided = decide(self.workspace, desired, running, &self.request.wishes, memory);
        if let Err(Failure::Usage(_)) = decided {
            self.clear_pending()?;
        }
        decided
    }

    /// Remembers what is about to be started, so that the next sync checks it
    /// again if this one is killed; returns what an earlier one left unproven.
    fn record_unproven(&mut self, plan: &Plan) -> Result<BTreeSet<String>, Failure> {
        let begun = self.state.unproven.clone();
        if plan.acts() && self.enrols {
            // Killed from here on, it is not as it was when it was last completed.
            self.state.completed = None;
            let runs = plan.actions.iter().filter(|planned| planned.action.runs());
            self.state.unproven.extend(runs.map(|planned| planned.app.clone()));
            self.workspace.state.save(&self.state)?;
        }
        Ok(begun)
    }

    /// Records how it ended, and adds it to the outcomes of earlier attempts.
    fn remember(
        mut self,
        home: &Path,
        acted: Acted,
        ends: Ends<'_>,
        synced: &mut Synced,
    ) -> Result<(), Failure> {
        let Acted { outcomes, interrupted, rejected, survivors, proved } = acted;
        let Ends { plan, running, definitions, memory, known } = ends;
        let (workspace, desired) = (self.workspace, &definitions.desired);
        self.state.forget_proved(&proved, &outcomes, desired);
        let settled =
            !interrupted && self.state.unproven.is_empty() && outcomes.iter().all(Outcome::is_settled);
        synced.add(outcomes, &plan.unchanged, interrupted);
        let after = Files::read(workspace, Some(&definitions.compiled))?;
        let unmoved = after.edited_since(&self.before, workspace).is_empty();
        self.state.reject(rejected, &synced.outcomes, desired);
        self.state.stopped.retain(|app, runs| running.get(app).is_some_and(|there| ended(there) == *runs));
        self.state.stopped.extend(stopped(plan, running, &synced.outcomes));
        self.state.survivors.retain(|app, _| memory.survivors.contains_key(app));
        self.state.survivors.extend(still_alive(workspace, survivors));
        if self.is_whole {
            let variables = unset_guard::variables(workspace, &self.state, definitions, self.is_known)?;
            self.state.remember_variables(variables, &memory.doubtful);
            self.state.completed = (settled && unmoved).then(|| after.fingerprint());
            self.state.unsettled = synced.unsettled();
        } else {
            self.state.unsettled = known.to_vec();
        }
        self.state.compiled = Some(definitions.compiled.clone());
        self.state.attempted = None;
        let (at, by) = (clock::now(), self.request.trigger.to_string());
        self.state.last_sync = Some(LastSync { at, by, home: home.to_owned() });
        if self.enrols {
            workspace.state.save(&self.state)?;
        }
        if unmoved && !interrupted {
            self.clear_pending()?;
        }
        Ok(())
    }

    /// Removes the pending token, if it still is the one that this attempt started with.
    fn clear_pending(&self) -> Result<(), Failure> {
        Ok(self.workspace.state.clear_pending(self.token.as_deref())?)
    }
}

/// Tells on, with what was left for the same reasons before marked as known, and with
/// what PM2 drops or misreads of an app that was started now.
fn marking_what_is_known<'t>(
    known: &'t [Unsettled],
    desired: &'t Desired,
    tell: Listener<'t>,
) -> impl FnMut(Event) + 't {
    let mark = |mut outcome: Outcome| {
        outcome.is_old = outcome.action == Verb::Leave && known.contains(&outcome.unsettled());
        outcome
    };
    move |event| match event {
        Event::Acted(outcome) => {
            let misread = misread(&outcome, desired);
            tell(Event::Acted(mark(outcome)));
            misread.into_iter().for_each(&mut *tell);
        }
        Event::Kept(outcomes) => tell(Event::Kept(outcomes.into_iter().map(mark).collect())),
        other => tell(other),
    }
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
            "another workspace's sync is running on {home}; the next hook or `pm2sync sync` continues"
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
