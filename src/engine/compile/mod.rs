//! Compiles the sources: by the embedded compiler, by a command that writes the
//! artifact, or by loading an entry that is written by hand.
//!
//! The artifact changes by one rename, once the result is known to be a value with
//! apps. A compile that fails leaves it unchanged.

pub(crate) mod definitions;
pub(crate) mod embedded;
pub(crate) mod external;
pub(crate) mod load;
pub(crate) mod unset_guard;

use std::path::PathBuf;

use crate::adapters::fs::{disk_sources, read_text};
use crate::core::definition::desired::NAME_VARIABLE;
use crate::core::failure::{CompileFailure, Failure};
use crate::core::settings::Compiler;
use crate::core::sync::event::Event;
use crate::core::sync::state::CompiledState;
use crate::engine::Listener;
use crate::engine::compile::definitions::{ArtifactAccess, Definitions};
use crate::engine::compile::embedded::embedded;
use crate::engine::compile::external::by_command;
use crate::engine::compile::load::loaded;
use crate::engine::shadow_config::{self, ShadowSettings};
use crate::engine::workspace::Workspace;
use crate::text::conflict::left_in;
use crate::text::diagnostic::Diagnostic;

/// Compiles what has to be compiled. `known` is the record of the last compile: a
/// command does not run again where no file it reads has changed.
pub(crate) fn compile(
    workspace: &Workspace,
    compiler: Compiler,
    known: Option<&CompiledState>,
    mode: ArtifactAccess,
    on_event: Listener<'_>,
) -> Result<Definitions, Failure> {
    let compiler = chosen(workspace, compiler)?;
    let definitions = match compiler {
        Compiler::Embedded | Compiler::Auto => {
            embedded(workspace, &shadow_settings(workspace)?, known, mode, on_event)
        }
        Compiler::ShadowCljs | Compiler::Command => by_command(workspace, compiler, known, mode, on_event),
        Compiler::None => loaded(workspace, &workspace.entry(), compiler),
    };
    let mut definitions = definitions.map_err(|failure| or_conflicts(workspace, failure))?;
    if let Some(entry) = unread_entry(workspace, compiler) {
        let diagnostic = format!("`{entry}` is written by hand, and not read beside the sources");
        let line = format!("module.exports = require(\"./{}\");", workspace.settings.compile.output);
        let help =
            format!("move its apps to the sources, then make it `{line}`; until then nothing is removed");
        definitions.desired.warnings.push(Diagnostic::warning(diagnostic).help(help));
        definitions.desired.unread = Some(entry);
    }
    if !definitions.desired.environments.is_empty() {
        definitions.compiled.variables.insert(NAME_VARIABLE.to_owned());
    }
    let CompiledState { variables, files, .. } = definitions.compiled.clone();
    on_event(Event::Read { variables, files });
    if definitions.desired.is_empty() {
        on_event(Event::Diagnostic(no_apps(workspace, compiler)?));
    }
    Ok(definitions)
}

/// Replaces compile errors by the conflict markers that git has left in the
/// sources, where there are any.
fn or_conflicts(workspace: &Workspace, failure: Failure) -> Failure {
    let Failure::Compile(mut failure) = failure else { return failure };
    let mut files = failure.files.clone();
    files.insert(PathBuf::from(&workspace.settings.entry));
    if let Ok(sources) = disk_sources(workspace.root(), &workspace.sources) {
        files.extend(sources.iter().map(|(path, _)| path.to_owned()));
    }
    let left = files.iter().flat_map(|file| {
        let text = read_text(&workspace.root().join(file)).ok().flatten();
        text.map(|text| left_in(&file.to_string_lossy(), &text)).unwrap_or_default()
    });
    let left: Vec<Diagnostic> = left.collect();
    if !left.is_empty() {
        failure.diagnostics = left;
    }
    Failure::Compile(failure)
}

/// The warning that no app is defined, and where one is expected.
fn no_apps(workspace: &Workspace, compiler: Compiler) -> Result<Diagnostic, Failure> {
    if compiler == Compiler::None {
        let entry = &workspace.settings.entry;
        return Ok(Diagnostic::warning(format!("no app is defined in `{entry}`")));
    }
    let sources = disk_sources(workspace.root(), &workspace.sources)?;
    let paths: Vec<String> = sources.iter().map(|(path, _)| path.display().to_string()).collect();
    let (what, files) = if paths.is_empty() {
        ("no app is defined, since no file matches", &workspace.settings.sources)
    } else {
        ("no app is defined in", &paths)
    };
    let diagnostic = Diagnostic::warning(format!("{what} `{}`", files.join("`, `")));
    Ok(diagnostic.help("write one with `defapp` of `clobber.macro`, or export `{:apps […]}`"))
}

/// The compiler to use: `auto` follows from the repository, never from what a
/// machine has installed.
pub(crate) fn chosen(workspace: &Workspace, compiler: Compiler) -> Result<Compiler, Failure> {
    if compiler != Compiler::Auto {
        return Ok(compiler);
    }
    let shadow = shadow_settings(workspace)?;
    let has_sources = !disk_sources(workspace.root(), &workspace.sources)?.is_empty();
    Ok(if shadow.has_build {
        Compiler::ShadowCljs
    } else if !has_sources && is_handwritten(workspace) {
        Compiler::None
    } else {
        Compiler::Embedded
    })
}

/// Whether the entry is written by hand, and does not just require the artifact.
fn is_handwritten(workspace: &Workspace) -> bool {
    let entry = read_text(&workspace.entry()).ok().flatten();
    entry.is_some_and(|entry| !entry.contains(workspace.settings.compile.output.as_str()))
}

/// The entry, where it is written by hand and ignored because there are sources:
/// apps that only it defines look as if they were removed.
fn unread_entry(workspace: &Workspace, compiler: Compiler) -> Option<String> {
    let is_auto = workspace.settings.compile.compiler == Compiler::Auto;
    let unread = is_auto && compiler == Compiler::Embedded && is_handwritten(workspace);
    unread.then(|| workspace.settings.entry.clone())
}

fn shadow_settings(workspace: &Workspace) -> Result<ShadowSettings, Failure> {
    let text = read_text(&workspace.root().join(shadow_config::FILE))?.unwrap_or_default();
    shadow_config::parse(&text)
        .map_err(|diagnostics| Failure::Compile(CompileFailure { diagnostics, ..CompileFailure::default() }))
}
