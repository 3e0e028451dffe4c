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
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::outcome::{Outcome, Result as Ended};
use crate::core::plan::Plan;
use crate::core::reason::{Cause, InOneLine};
use crate::core::state::{LastSync, State, Unsettled};
use crate::engine::Listener;
use crate::engine::act::act;
use crate::engine::compile::{Artifact, Definitions, compile};
use crate::engine::decide::{Wishes, decide};
use crate::engine::failure::Failure;
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

/// How a sync ended.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What became of each action.
    pub outcomes: Vec<Outcome>,
    /// How many apps needed nothing.
    pub unchanged: usize,
    /// What was known not to be as desired before this sync.
    pub known: Vec<Unsettled>,
}

impl Report {
    /// Whether everything is as desired, or was left because the policy says so.
    pub fn is_settled(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.result == Ended::Done || is_kept(outcome))
    }
}

/// What there is to do, without doing it.
pub fn look(workspace: &Workspace, wishes: &Wishes, lock_timeout: Duration, tell: Listener<'_>) -> Result<Plan, Failure> {
    let home = workspace.pm2_home()?;
    let state = workspace.state.load()?;
    // Only a compiler that writes in place needs the lock, and one that has
    // nothing to do is quick: so it is taken, but never made a condition.
    let _lock = workspace.state.path().is_dir().then(|| workspace.state.lock(lock_timeout)).transpose()?;
    let known = state.as_ref().and_then(|state| state.compiled.as_ref());
    let compiler = workspace.settings.compile.compiler;
    let definitions = compile(workspace, compiler, known, Artifact::Spare, tell)?;
    let desired = definitions.desired()?;
    desired.warnings.iter().chain(&desired.nameless).for_each(|said| tell(Event::Said(said.clone())));
    let (plan, _) = decide(workspace, &desired, &running(workspace, &home)?, wishes)?;
    Ok(plan)
}

/// Brings PM2 to what is desired.
pub fn sync(workspace: &Workspace, request: &Request, tell: Listener<'_>) -> Result<Report, Failure> {
    let home = workspace.pm2_home()?;
    socket_path(&home).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    workspace.state.mark_pending()?;
    let _lock = take(request, tell, |limit| workspace.state.lock(limit))?.ok_or_else(|| {
        Failure::Locked(format!("another sync works in {}; it goes on with this change", workspace.root().display()))
    })?;
    let mut state = workspace.state.load()?.unwrap_or_default();
    if request.wishes.by_hand {
        workspace.state.save(&state)?;
    }
    let mut report = Report { known: state.unsettled.clone(), ..Report::default() };
    for _ in 0..ROUNDS {
        let token = workspace.state.pending()?;
        let before = Files::read(workspace, state.compiled.as_ref())?;
        let definitions = match compile(workspace, workspace.settings.compile.compiler, state.compiled.as_ref(), Artifact::Write, tell) {
            Ok(definitions) => definitions,
            Err(failure) => {
                state.attempted = Some(before.fingerprint());
                workspace.state.save(&state)?;
                workspace.state.clear_pending(token.as_deref())?;
                return Err(failure);
            }
        };
        let home_lock = take(request, tell, |limit| lock_home(&home, limit))?.ok_or_else(|| {
            Failure::Locked(format!("a sync of another workspace works on {}; try again later", home.display()))
        })?;
        let round = apply(workspace, &home, &definitions, &request.wishes, tell)?;
        drop(home_lock);
        let settled = round.is_settled() && request.wishes.only.is_empty();
        report.unchanged = round.unchanged;
        report.outcomes.extend(round.outcomes);
        state.compiled = Some(definitions.compiled);
        let after = Files::read(workspace, state.compiled.as_ref())?;
        let unmoved = before.inputs.changes_to(&after.inputs).modified.is_empty();
        remember(&mut state, &report, request, (settled && unmoved).then(|| after.fingerprint()));
        workspace.state.save(&state)?;
        let token_now = workspace.state.pending()?;
        workspace.state.clear_pending(token.as_deref())?;
        if unmoved && token_now == token {
            break;
        }
    }
    Ok(report)
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

/// Compares with what runs, and acts.
fn apply(
    workspace: &Workspace,
    home: &Path,
    definitions: &Definitions,
    wishes: &Wishes,
    tell: Listener<'_>,
) -> Result<Report, Failure> {
    let desired = definitions.desired()?;
    desired.warnings.iter().chain(&desired.nameless).for_each(|said| tell(Event::Said(said.clone())));
    let (plan, machine) = decide(workspace, &desired, &running(workspace, home)?, wishes)?;
    let outcomes = act(workspace, home, &plan, &machine, tell)?;
    Ok(Report { outcomes, unchanged: plan.unchanged.len(), known: Vec::new() })
}

fn remember(state: &mut State, report: &Report, request: &Request, completed: Option<Digest>) {
    state.attempted = None;
    if completed.is_some() || request.wishes.only.is_empty() {
        state.completed = completed;
    }
    state.unsettled = report.outcomes.iter().filter(|outcome| outcome.result != Ended::Done).map(unsettled).collect();
    state.last_sync =
        Some(LastSync { at: clock::now(), by: request.cause.clone(), completed: completed.is_some() });
}

/// What is remembered of an app that is not as desired.
pub fn unsettled(outcome: &Outcome) -> Unsettled {
    let why = match &outcome.message {
        Some(message) => format!("{}; {message}", InOneLine(&outcome.reasons)),
        None => InOneLine(&outcome.reasons).to_string(),
    };
    Unsettled { app: outcome.app.clone(), why }
}

/// Whether an app was left only because the policy is to keep what was removed.
fn is_kept(outcome: &Outcome) -> bool {
    outcome.result == Ended::Left && outcome.reasons.iter().all(|reason| matches!(reason.cause, Cause::Removed | Cause::Policy))
}
