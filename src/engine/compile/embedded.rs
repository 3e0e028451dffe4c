//! Compiles with pm2sync's own compiler, in this process.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::adapters::fs::{digest as fs_digest, disk_sources, mode_of_plain_file, read_text, write_whole};
use crate::clojure::{self, Compiled, Entry, Program};
use crate::core::definition::artifact::artifact;
use crate::core::definition::desired::Desired;
use crate::core::failure::{CompileFailure, Failure};
use crate::core::files::digest::Digest;
use crate::core::settings::{Compiler, FILE, Settings};
use crate::core::sync::event::Event;
use crate::core::sync::state::CompiledState;
use crate::engine::Listener;
use crate::engine::compile::definitions::{ArtifactAccess, Definitions};
use crate::engine::shadow_config::{self, ShadowSettings};
use crate::engine::workspace::Workspace;
use crate::text::diagnostic::Diagnostic;

/// What people call the one file of a plain PM2 project.
const USUAL_ENTRIES: &[&str] = &[
    "ecosystem.config.cjs",
    "ecosystem.config.js",
    "ecosystem.config.mjs",
    "ecosystem.json",
    "ecosystem.yml",
    "ecosystem.yaml",
    "pm2.config.js",
    "pm2.config.cjs",
    "pm2.json",
    "process.json",
    "process.yml",
];

/// The permissions of the artifact: values of the environment may be in it.
const PRIVATE: u32 = 0o600;

/// Compiles the sources. The artifact is written where `mode` says so and where it
/// differs; one that is neither this nor the `known` one was edited.
pub(crate) fn embedded(
    workspace: &Workspace,
    shadow: &ShadowSettings,
    known: Option<&CompiledState>,
    mode: ArtifactAccess,
    on_event: Listener<'_>,
) -> Result<Definitions, Failure> {
    let started = Instant::now();
    let (source_paths, entries) = program_of(workspace, shadow, known)?;
    let variables = workspace.definition_variables()?;
    let root = workspace.root();
    let looked_for = Mutex::new(BTreeSet::new());
    let read = |path: &str| {
        looked_for.lock().unwrap_or_else(PoisonError::into_inner).insert(PathBuf::from(path));
        read_text(&root.join(path)).map_err(|error| format!("{error:#}"))
    };
    let program = Program {
        source_paths: &source_paths,
        entries: &entries,
        environment: &variables,
        directory: &root.to_string_lossy(),
        read: &read,
    };
    let compiled = clojure::compile(&program);
    let files = std::mem::take(&mut *looked_for.lock().unwrap_or_else(PoisonError::into_inner));
    let failed =
        |diagnostics| CompileFailure { diagnostics, files: files.clone(), ..CompileFailure::default() };
    let compiled = compiled.map_err(failed)?;
    let text = artifact(&compiled.exports, &compiled.variables);
    // What PM2 could not take is not written.
    let environment = workspace.environment_name(&variables);
    let desired =
        Desired::of(&compiled.exports, &compiled.origins, environment).map_err(|why| failed(vec![why]))?;
    let digest = Digest::of(text.as_bytes());
    let there = fs_digest(&workspace.artifact())?;
    let is_private = mode_of_plain_file(&workspace.artifact()) == Some(PRIVATE);
    if mode == ArtifactAccess::Write && !(there == Some(digest) && is_private) {
        let known = known.and_then(|known| known.artifact);
        if there.is_some_and(|there| there != digest) && known.is_some() && there != known {
            on_event(Event::ArtifactEdited(workspace.settings.compile.output.clone()));
        }
        write_whole(&workspace.artifact(), text.as_bytes(), PRIVATE)?;
    }
    let Compiled { exports, unset, variables, .. } = compiled;
    for (name, place) in unset {
        let diagnostic =
            Diagnostic::warning(format!("the variable `{name}` is not set, and has no default here"));
        let help = format!("set it, in `{}` or outside, or give a default", workspace.settings.env.file);
        on_event(Event::Diagnostic(diagnostic.help(help).at(Some(place))));
    }
    // The output of the program may hold secrets, and is not shown.
    on_event(Event::Compiled { elapsed: started.elapsed(), output: String::new() });
    let compiled = CompiledState { artifact: Some(digest), files, variables, ..CompiledState::default() };
    Ok(Definitions { exports, desired, compiled, compiler: Compiler::Embedded })
}

/// The source paths and the namespaces to load: none where the last source was
/// deleted. Where there never was a source, that is an error.
fn program_of(
    workspace: &Workspace,
    shadow: &ShadowSettings,
    known: Option<&CompiledState>,
) -> Result<(Vec<String>, Vec<Entry>), Failure> {
    let root = workspace.root();
    let sources = disk_sources(root, &workspace.sources)?;
    let paths: Vec<_> = sources.iter().map(|(path, _)| path.to_string_lossy()).collect();
    let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
    let is_file = |path: &str| root.join(path).is_file();
    let (source_paths, entries) = shadow_config::program(shadow, &workspace.sources, &is_file, &paths);
    if let Some(why) = shadow_config::misnamed(sources.iter().map(|(path, _)| path), &entries) {
        return Err(Failure::Compile(CompileFailure::because(why)));
    }
    let was_compiled = known.is_some_and(|known| known.artifact.is_some()) || workspace.artifact().is_file();
    if entries.is_empty() && !was_compiled {
        let globs = workspace.settings.sources.join("`, `");
        let mut others = USUAL_ENTRIES.iter().filter(|entry| **entry != workspace.settings.entry);
        let help = match others.find(|entry| root.join(entry).is_file()) {
            Some(entry) => format!("or are they in `{entry}`? Then write `entry = \"{entry}\"` in `{FILE}`"),
            None => format!("write one, or set `sources` in `{FILE}`"),
        };
        // The default entry need not exist, but a configured one must.
        let entry = &workspace.settings.entry;
        let is_missing = *entry != Settings::default().entry && !root.join(entry).is_file();
        let missing = if is_missing { format!("there is no entry `{entry}`, and ") } else { String::new() };
        return Err(Failure::Compile(CompileFailure::because(
            Diagnostic::error(format!(
                "there are no definitions in {}: {missing}no file matches `{globs}`",
                root.display()
            ))
            .help(help),
        )));
    }
    Ok((source_paths, entries))
}
