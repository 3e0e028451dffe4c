//! The unset guard: a variable that the definitions read and that was set at
//! the last sync may be missing now, because git was started by cron or by a
//! program with a bare environment. It would blank a secret without a word.
//!
//! Which apps depend on it is found out, not guessed: the definitions are
//! evaluated once more with another value in its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::definition::Definition;
use crate::core::desired::Desired;
use crate::core::digest::Digest;
use crate::core::failure::Failure;
use crate::core::state::State;
use crate::engine::compile::{Artifact, Definitions, compile};
use crate::engine::workspace::Workspace;

/// A value that no definition has otherwise.
const SENTINEL: &str = "pm2sync-asks-what-depends-on-this";

/// Apps by name, each with the variables that make it doubtful.
pub type Doubtful = BTreeMap<String, BTreeSet<String>>;

/// The variables that the definitions read and that are set, as digests.
pub fn digests(
    workspace: &Workspace,
    state: &State,
    definitions: &Definitions,
) -> Result<BTreeMap<String, Digest>, Failure> {
    let now = workspace.definition_variables()?;
    let set = definitions.compiled.variables.iter().filter_map(|name| Some((name, now.get(name)?)));
    Ok(set.map(|(name, value)| (name.clone(), state.salted(value.as_bytes()))).collect())
}

/// The variables that were set at the last sync and are unset or different
/// now. What the workspace's own file says is meant, whatever it was.
pub fn doubtful_variables(workspace: &Workspace, state: &State) -> Result<BTreeSet<String>, Failure> {
    let (own, now) = (workspace.file_variables()?, workspace.definition_variables()?);
    let digest = |name: &String| now.get(name).map(|value| state.salted(value.as_bytes()));
    let differs =
        |(name, before): &(&String, &Digest)| !own.contains_key(*name) && digest(name) != Some(**before);
    Ok(state.variables.iter().filter(differs).map(|(name, _)| name.clone()).collect())
}

/// The apps that depend on one of `variables`, or may: an evaluation that
/// fails with another value in it says nothing, and so puts every app in doubt.
pub fn doubtful_apps(
    workspace: &Workspace,
    desired: &Desired,
    definitions: &Definitions,
    variables: &BTreeSet<String>,
) -> Doubtful {
    let mut doubtful = Doubtful::new();
    for variable in variables {
        let other = evaluate_with(workspace, definitions, variable);
        let depending: Vec<String> = match &other {
            Some(other) => depending(desired, other),
            None => by_name(desired).into_keys().map(str::to_owned).collect(),
        };
        for app in depending {
            doubtful.entry(app).or_default().insert(variable.clone());
        }
    }
    doubtful
}

fn evaluate_with(workspace: &Workspace, definitions: &Definitions, variable: &str) -> Option<Desired> {
    let changed = workspace.supposing(variable, SENTINEL);
    // What was compiled just now is only loaded again.
    let known = Some(&definitions.compiled);
    let other = compile(&changed, definitions.compiler, known, Artifact::AsItIs, &mut |_| {}).ok()?;
    other.desired().ok()
}

/// The apps that are otherwise in the two, or in one of them only.
fn depending(desired: &Desired, other: &Desired) -> Vec<String> {
    let (here, there) = (by_name(desired), by_name(other));
    let names: BTreeSet<&str> = here.keys().chain(there.keys()).copied().collect();
    names.into_iter().filter(|name| here.get(name) != there.get(name)).map(str::to_owned).collect()
}

fn by_name(desired: &Desired) -> BTreeMap<&str, &Definition> {
    desired.apps.iter().map(|app| (app.definition.name(), &app.definition)).collect()
}
