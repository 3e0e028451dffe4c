//! Evaluates the sources, and loads the artifact on disk, for the rules.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::adapters::fs::read_text;
use crate::clojure::{self, Entry, Program};
use crate::core::definition::artifact::artifact;
use crate::core::failure::Failure;
use crate::core::settings::Compiler;
use crate::core::settings::environment::Environment;
use crate::engine::check::read::Reader;
use crate::engine::compile::load::load_artifact;
use crate::engine::workspace::Workspace;
use crate::lint::inputs::ecosystem::{Artifact, Ecosystem};
use crate::lint::inputs::source::Source;

/// Evaluates the sources as they are in the tree that is read; with the compiler
/// `artifact_of`, reads the artifact on disk, too.
pub(super) fn ecosystem<'a>(
    workspace: &Workspace,
    reader: &Reader,
    sources: &'a [Source],
    (source_paths, entries): (&[String], &[Entry]),
    artifact_of: Option<Compiler>,
) -> Result<Ecosystem<'a>, Failure> {
    let read = |path: &str| reader.text(path).map_err(|error| error.to_string());
    let fuller = workspace.definition_variables_where_present()?;
    let bare = everywhere(&workspace.environment);
    let directory = workspace.root().to_string_lossy();
    let program = Program { source_paths, entries, environment: &bare, directory: &directory, read: &read };
    let fuller = Program { environment: &fuller, ..program };
    let mut ecosystem = Ecosystem::of(sources, &program, &fuller);
    let compiler = artifact_of.filter(|_| workspace.artifact().is_file() && ecosystem.failed.is_empty());
    if let Some(compiler) = compiler {
        ecosystem.artifact = on_disk(workspace, compiler, &fuller);
    }
    Ok(ecosystem)
}

/// The variables that are set in every environment.
fn everywhere(environment: &Environment) -> BTreeMap<String, String> {
    let set = ["HOME", "PATH", "USER", "PWD"].into_iter();
    set.filter_map(|name| Some((name.to_owned(), environment.text(name)?.to_owned()))).collect()
}

/// The artifact on disk, and a fresh one to compare it with. The embedded compiler's
/// own is compared as text; any other has to be loaded.
fn on_disk(workspace: &Workspace, compiler: Compiler, program: &Program<'_>) -> Option<Artifact> {
    let made = clojure::compile(program).ok()?;
    let text = read_text(&workspace.artifact()).ok()??;
    let fresh = Some(made.exports.clone());
    if compiler == Compiler::Embedded {
        let same = text == artifact(&made.exports, &made.variables);
        let found = if same { made.exports } else { Value::Null };
        return Some(Artifact { fresh, found: Ok(found) });
    }
    Some(Artifact { fresh, found: load_artifact(workspace).ok()? })
}
