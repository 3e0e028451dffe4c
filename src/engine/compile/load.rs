//! Loads a file with node: the artifact, or an entry that is written by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::adapters::node::{self, LOAD_LIMIT, Loader};
use crate::adapters::pm2::package::find_package;
use crate::core::definition::desired::Desired;
use crate::core::failure::{CompileFailure, Failure};
use crate::core::settings::Compiler;
use crate::core::sync::state::CompiledState;
use crate::engine::compile::definitions::Definitions;
use crate::engine::pm2::{find_node, find_pm2};
use crate::engine::workspace::Workspace;
use crate::text::diagnostic::Diagnostic;

/// The definitions that a file exports: the artifact, or an entry that is written by
/// hand.
pub(crate) fn loaded(workspace: &Workspace, file: &Path, compiler: Compiler) -> Result<Definitions, Failure> {
    if !file.is_file() {
        let missing = Diagnostic::error(format!("there is no `{}`", file.display()))
            .help("`pm2sync compile` builds the artifact; an entry is written by hand");
        return Err(Failure::Compile(CompileFailure::because(missing)));
    }
    let node = find_node(workspace)?;
    let mut environment = workspace.environment.cleaned();
    let variables = workspace.definition_variables()?;
    for (name, value) in &variables {
        environment.set(name, value);
    }
    let package = if node::is_yaml(file) { Some(find_package(&find_pm2(workspace)?)?.root) } else { None };
    let with = Loader {
        node: &node,
        package: package.as_deref(),
        directory: workspace.root(),
        environment: environment.variables(),
    };
    // The output of the file may hold secrets, and is not shown.
    let loaded = node::load(with, file, LOAD_LIMIT).map_err(|error| CompileFailure {
        output: error.details(),
        ..CompileFailure::because(Diagnostic::error(error.to_string()))
    })?;
    let inside = |file: &PathBuf| Some(file.strip_prefix(workspace.root()).ok()?.to_owned());
    let is_own = |file: &PathBuf| !file.components().any(|part| part.as_os_str() == "node_modules");
    let files = loaded.files.iter().filter_map(inside).filter(is_own).collect();
    let name = workspace.environment_name(&variables);
    let desired = Desired::of(&loaded.value, &BTreeMap::new(), name).map_err(CompileFailure::because)?;
    Ok(Definitions {
        exports: loaded.value,
        desired,
        compiled: CompiledState { files, variables: loaded.variables, ..CompiledState::default() },
        compiler,
    })
}

/// What the artifact on disk exports, or why it does not load; an error where
/// there is no node.
pub(crate) fn load_artifact(workspace: &Workspace) -> Result<Result<Value, String>, Failure> {
    find_node(workspace)?;
    match loaded(workspace, &workspace.artifact(), Compiler::Command) {
        Ok(definitions) => Ok(Ok(definitions.exports)),
        Err(Failure::Compile(failure)) => {
            Ok(Err(failure.diagnostics.first().map(ToString::to_string).unwrap_or_default()))
        }
        Err(failure) => Err(failure),
    }
}
