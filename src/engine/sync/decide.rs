//! From the desired and the running apps to the plan: answers the core's questions
//! about this machine, and has it decide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::adapters::fs::real_path;
use crate::adapters::lifetime::start_time;
use crate::core::definition::desired::{Desired, DesiredApp};
use crate::core::failure::Failure;
use crate::core::plan::{Doubtful, Plan, Policy, plan};
use crate::core::pm2::running::{Owner, Running};
use crate::core::settings::Removed;
use crate::core::sync::state::{State, Survivor};
use crate::engine::machine::machine_for;
use crate::engine::workspace::Workspace;
use crate::text::nearest::nearest;

/// What a command asks for beyond the settings.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// Whether a person runs it; a hook does less.
    pub by_hand: bool,
    /// Whether drift is applied although no person runs it.
    pub applies_drift: bool,
    /// The app that pm2sync itself runs as, if any.
    pub own_app: Option<String>,
    /// Overrides the settings' policy for removed apps.
    pub removed: Option<Removed>,
    /// Whether an empty desired set may remove apps.
    pub allow_empty: bool,
    /// Whether a person agreed to what is asked about.
    pub yes: bool,
    /// Only these apps, where any are named.
    pub only: BTreeSet<String>,
    /// Replaced although equal.
    pub force: BTreeSet<String>,
    /// Folders of other workspaces whose apps are ours now.
    pub taken_over: BTreeSet<PathBuf>,
}

/// What earlier syncs have recorded, and what the unset guard doubts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// Apps whose desired definition was rolled back before.
    pub rejected: BTreeSet<String>,
    /// Apps that depend on variables which are otherwise than at the last sync.
    pub doubtful: Doubtful,
    /// Processes that outlived their stop and still live, by app.
    pub survivors: BTreeMap<String, u32>,
    /// Runs of apps that we ended while their definition was gone.
    pub stopped: BTreeMap<String, BTreeSet<String>>,
}

impl Memory {
    /// What the state says of the desired apps.
    pub(crate) fn of(workspace: &Workspace, state: Option<&State>, desired: &Desired) -> Self {
        let is_rejected = |app: &&DesiredApp| state.is_some_and(|state| state.rejects(&app.definition));
        let rejected = desired.apps.iter().filter(is_rejected).map(|app| app.definition.name().to_owned());
        let path = workspace.environment.path();
        let lives = |survivor: &Survivor| start_time(survivor.pid, path).as_ref() == Some(&survivor.began);
        let survivors = state.into_iter().flat_map(|state| &state.survivors);
        let living = survivors.filter(|(_, survivor)| lives(survivor));
        Self {
            rejected: rejected.collect(),
            doubtful: Doubtful::new(),
            stopped: state.map(|state| state.stopped.clone()).unwrap_or_default(),
            survivors: living.map(|(app, survivor)| (app.clone(), survivor.pid)).collect(),
        }
    }
}

/// The plan.
pub(crate) fn decide(
    workspace: &Workspace,
    desired: &Desired,
    running: &Running,
    wishes: &Wishes,
    memory: &Memory,
) -> Result<Plan, Failure> {
    refuse_unknown_names(desired, running, workspace, wishes)?;
    let root = workspace.root();
    let machine = machine_for(workspace, desired.apps.iter().map(|app| &app.definition));
    let policy = Policy {
        root: root.to_owned(),
        by_hand: wishes.by_hand,
        mends: wishes.applies_drift,
        itself: wishes.own_app.clone(),
        removed: wishes.removed.unwrap_or(workspace.settings.apply.removed),
        allow_empty: wishes.allow_empty,
        yes: wishes.yes,
        only: wishes.only.clone(),
        force: wishes.force.clone(),
        taken_over: wishes.taken_over.iter().map(|folder| without_links(folder)).collect::<Result<_, _>>()?,
        vanished: if wishes.by_hand { vanished_roots(workspace, running) } else { BTreeSet::new() },
        rejected: memory.rejected.clone(),
        doubtful: memory.doubtful.clone(),
        survivors: memory.survivors.clone(),
        stopped: memory.stopped.clone(),
    };
    Ok(plan(desired, running, &machine, &policy))
}

/// A folder as labels name it. A misspelled one would silently do nothing.
fn without_links(folder: &Path) -> Result<PathBuf, Failure> {
    let none = || Failure::Usage(format!("there is no folder `{}` to take apps over from", folder.display()));
    real_path(folder).ok_or_else(none)
}

/// Roots of other workspaces that no longer exist.
fn vanished_roots(workspace: &Workspace, running: &Running) -> BTreeSet<PathBuf> {
    let others = running.iter().filter_map(|(_, app)| match app.owner(workspace.root()) {
        Owner::OtherWorkspace(label) => Some(label.root.clone()),
        _ => None,
    });
    others.filter(|root| matches!(root.try_exists(), Ok(false))).collect()
}

/// A misspelled `--only` or `--force` would silently do nothing.
fn refuse_unknown_names(
    desired: &Desired,
    running: &Running,
    workspace: &Workspace,
    wishes: &Wishes,
) -> Result<(), Failure> {
    let is_ours =
        |name: &str| running.get(name).is_some_and(|app| matches!(app.owner(workspace.root()), Owner::Us(_)));
    let unknown =
        wishes.only.iter().chain(&wishes.force).find(|name| !desired.speaks_of(name) && !is_ours(name));
    let Some(name) = unknown else { return Ok(()) };
    let known = desired.apps.iter().map(|app| app.definition.name());
    let hint = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::Usage(format!("there is no app `{name}`{hint}")))
}
