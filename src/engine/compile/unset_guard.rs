//! The unset guard: a variable that the definitions read and that was set at
//! the last sync may be missing now, because git was started by cron or by a
//! program with a bare environment. That would silently blank a secret.
//!
//! Which apps depend on it is tested, not guessed: the definitions are evaluated
//! again with another value in its place, both while its value is trusted and when
//! it is doubtful.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::definition::Definition;
use crate::core::definition::desired::Desired;
use crate::core::failure::Failure;
use crate::core::plan::Doubtful;
use crate::core::settings::Compiler;
use crate::core::sync::state::{State, Variable};
use crate::engine::Listener;
use crate::engine::compile::definitions::{ArtifactAccess, Definitions};
use crate::engine::compile::{chosen, compile};
use crate::engine::workspace::Workspace;

/// A value that no definition has otherwise.
const SENTINEL: &str = "pm2sync-asks-what-depends-on-this";

/// For so many variables it is tested which apps depend on them; all apps count as
/// dependent on the others.
const MOST_VARIABLES: usize = 32;

/// Compiles, and finds the apps that a hook must not trust its environment for.
/// While there are any, the embedded compiler leaves the artifact alone: their
/// values would be blank in it.
pub(crate) fn trusted(
    workspace: &Workspace,
    state: &State,
    by_hand: bool,
    on_event: Listener<'_>,
) -> Result<(Definitions, Doubtful), Failure> {
    let known = state.compiled.as_ref();
    let compiler = chosen(workspace, workspace.settings.compile.compiler)?;
    let variables = if by_hand { BTreeSet::new() } else { doubtful_variables(workspace, state)? };
    if variables.is_empty() {
        return Ok((compile(workspace, compiler, known, ArtifactAccess::Write, on_event)?, Doubtful::new()));
    }
    let spared = if compiler == Compiler::Embedded { ArtifactAccess::Spare } else { ArtifactAccess::Write };
    let mut definitions = compile(workspace, compiler, known, spared, on_event)?;
    let doubtful = doubtful_apps(workspace, state, &definitions, &variables);
    if spared == ArtifactAccess::Spare && doubtful.is_empty() {
        definitions = compile(workspace, compiler, known, ArtifactAccess::Write, on_event)?;
    } else if spared == ArtifactAccess::Spare {
        definitions.compiled.artifact = known.and_then(|known| known.artifact);
    }
    Ok((definitions, doubtful))
}

/// The variables that the definitions read and that are set, to be remembered:
/// their digests, and the apps that depend on them. What is remembered already
/// still holds where nothing was edited, which is what `is_known` says.
pub(crate) fn variables(
    workspace: &Workspace,
    state: &State,
    definitions: &Definitions,
    is_known: bool,
) -> Result<BTreeMap<String, Variable>, Failure> {
    let now = workspace.definition_variables()?;
    let set = definitions.compiled.variables.iter().filter_map(|name| Some((name, now.get(name)?)));
    let remembered = |(at, (name, value)): (usize, (&String, &String))| {
        let digest = state.salted(value.as_bytes());
        let before = state.variables.get(name).filter(|before| is_known && before.digest == digest);
        let apps = match before {
            Some(before) => before.apps.clone(),
            None if at < MOST_VARIABLES => dependents(workspace, definitions, name),
            None => names(&definitions.desired),
        };
        (name.clone(), Variable { digest, apps })
    };
    Ok(set.enumerate().map(remembered).collect())
}

/// The variables that were set at the last sync and are unset or different
/// now. What the workspace's own file says is meant, whatever it was.
fn doubtful_variables(workspace: &Workspace, state: &State) -> Result<BTreeSet<String>, Failure> {
    let (own, now) = (workspace.file_variables()?, workspace.definition_variables()?);
    let digest = |name: &String| now.get(name).map(|value| state.salted(value.as_bytes()));
    let differs = |(name, before): &(&String, &Variable)| {
        !own.contains_key(*name) && digest(name) != Some(before.digest)
    };
    Ok(state.variables.iter().filter(differs).map(|(name, _)| name.clone()).collect())
}

/// The apps that depend on one of `variables`, or may: an evaluation that
/// fails with another value in it says nothing, and so puts every app in doubt.
fn doubtful_apps(
    workspace: &Workspace,
    state: &State,
    definitions: &Definitions,
    variables: &BTreeSet<String>,
) -> Doubtful {
    let mut doubtful = Doubtful::new();
    for variable in variables {
        let mut apps = dependents(workspace, definitions, variable);
        apps.extend(state.variables.get(variable).into_iter().flat_map(|before| before.apps.clone()));
        for app in apps {
            doubtful.entry(app).or_default().insert(variable.clone());
        }
    }
    doubtful
}

/// The apps that differ with another value of a variable, or without one.
fn dependents(workspace: &Workspace, definitions: &Definitions, variable: &str) -> BTreeSet<String> {
    let desired = &definitions.desired;
    let others = [Some(SENTINEL), None].map(|value| evaluate_with(workspace, definitions, variable, value));
    let apps = others.iter().flat_map(|other| match other {
        Some(other) => depending(desired, other),
        None => names(desired),
    });
    apps.collect()
}

fn names(desired: &Desired) -> BTreeSet<String> {
    by_name(desired).into_keys().map(str::to_owned).collect()
}

fn evaluate_with(
    workspace: &Workspace,
    definitions: &Definitions,
    variable: &str,
    value: Option<&str>,
) -> Option<Desired> {
    let changed = workspace.with_variable(variable, value);
    // An artifact that was written just now is only loaded again.
    let known = Some(&definitions.compiled);
    let other = compile(&changed, definitions.compiler, known, ArtifactAccess::AsItIs, &mut |_| {}).ok()?;
    Some(other.desired)
}

/// The apps that differ between the two, or are in only one of them.
fn depending(desired: &Desired, other: &Desired) -> BTreeSet<String> {
    let (here, there) = (by_name(desired), by_name(other));
    let names: BTreeSet<&str> = here.keys().chain(there.keys()).copied().collect();
    names.into_iter().filter(|name| here.get(name) != there.get(name)).map(str::to_owned).collect()
}

fn by_name(desired: &Desired) -> BTreeMap<&str, &Definition> {
    desired.apps.iter().map(|app| (app.definition.name(), &app.definition)).collect()
}
