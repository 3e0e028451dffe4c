//! From sources to what they export: by the embedded compiler, by a command
//! that writes the artifact, or by loading an entry that is written by hand.
//!
//! The artifact changes by one rename, after what was compiled has proved to
//! be a value with apps. Whatever fails leaves the artifact as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::adapters::compiler;
use crate::adapters::fs::{disk_sources, read_bytes, read_text, write_whole};
use crate::adapters::node::{self, LOAD_LIMIT};
use crate::clojure::{self, Compiled, Entry, Program};
use crate::core::artifact::artifact;
use crate::core::desired::Desired;
use crate::core::digest::Digest;
use crate::core::event::Event;
use crate::core::settings::{Compiler, FILE, Warnings};
use crate::core::state::CompiledState;
use crate::engine::Listener;
use crate::engine::failure::{CompileFailure, Failure};
use crate::engine::files::Files;
use crate::engine::pm2::find_node;
use crate::engine::shadow::{self, ShadowSettings};
use crate::engine::workspace::Workspace;
use crate::text::diagnostic::{Diagnostic, Place};

/// What the sources come to.
#[derive(Debug)]
pub struct Definitions {
    /// The value that the artifact exports.
    pub exports: Value,
    /// Where what stands at a JSON pointer is written, as far as that is known.
    pub origins: BTreeMap<String, Place>,
    /// What to remember of the compile.
    pub compiled: CompiledState,
    /// Who compiled.
    pub compiler: Compiler,
}

impl Definitions {
    /// The desired set.
    pub fn desired(&self) -> Result<Desired, Failure> {
        let desired = Desired::of(&self.exports, &self.origins);
        desired.map_err(|why| Failure::Compile(CompileFailure::because(why)))
    }
}

/// What a compile may do to the artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// Write it, where it differs.
    Write,
    /// Write nothing that the compiler does not write itself.
    Spare,
    /// Neither compile nor write what a command would have to: take what is there.
    AsItIs,
}

/// Compiles what has to be compiled. `known` is what is remembered of the last
/// compile: a command does not run again where nothing it reads has changed.
pub fn compile(
    workspace: &Workspace,
    compiler: Compiler,
    known: Option<&CompiledState>,
    mode: Artifact,
    tell: Listener<'_>,
) -> Result<Definitions, Failure> {
    let shadow = shadow_settings(workspace)?;
    let compiler = chosen(workspace, compiler)?;
    let files = Files::read(workspace, known)?;
    let edited = known.is_some_and(|known| {
        known.artifact.is_some() && files.artifact(workspace).is_some_and(|now| Some(now) != known.artifact)
    });
    if edited && mode == Artifact::Write && compiler != Compiler::None {
        tell(Event::ArtifactEdited(workspace.settings.compile.output.clone()));
    }
    let definitions = match compiler {
        Compiler::Embedded | Compiler::Auto => embedded(workspace, &shadow, mode, tell)?,
        Compiler::ShadowCljs | Compiler::Command => {
            by_command(workspace, &shadow, compiler, known, &files, mode, tell)?
        }
        Compiler::None => loaded(workspace, &workspace.entry(), compiler)?,
    };
    definitions.desired()?;
    Ok(definitions)
}

/// The compiler that is meant: `auto` is what the repository suggests, whatever
/// a machine has installed.
pub fn chosen(workspace: &Workspace, compiler: Compiler) -> Result<Compiler, Failure> {
    if compiler != Compiler::Auto {
        return Ok(compiler);
    }
    let shadow = shadow_settings(workspace)?;
    let has_sources = !disk_sources(workspace.root(), &workspace.sources)?.is_empty();
    Ok(if shadow.has_build {
        Compiler::ShadowCljs
    } else if !has_sources && workspace.entry().is_file() {
        Compiler::None
    } else {
        Compiler::Embedded
    })
}

fn shadow_settings(workspace: &Workspace) -> Result<ShadowSettings, Failure> {
    let text = read_text(&workspace.root().join(shadow::FILE))?.unwrap_or_default();
    shadow::parse(&text)
        .map_err(|diagnostics| Failure::Compile(CompileFailure { diagnostics, output: String::new() }))
}

/// pm2sync's own compiler: no process, and the value is at hand at once.
fn embedded(
    workspace: &Workspace,
    shadow: &ShadowSettings,
    mode: Artifact,
    tell: Listener<'_>,
) -> Result<Definitions, Failure> {
    tell(Event::Compiling(Compiler::Embedded));
    let started = Instant::now();
    let (source_paths, entries) = program_of(workspace, shadow)?;
    let variables = workspace.definition_variables()?;
    let root = workspace.root();
    let read = |path: &str| read_text(&root.join(path)).map_err(|error| format!("{error:#}"));
    let program = Program {
        source_paths: &source_paths,
        entries: &entries,
        environment: &variables,
        directory: &root.to_string_lossy(),
        read: &read,
    };
    let compiled = clojure::compile(&program)
        .map_err(|diagnostics| CompileFailure { diagnostics, output: String::new() })?;
    let text = artifact(&compiled.exports, &compiled.variables);
    // What PM2 could not be given is no artifact either.
    Desired::of(&compiled.exports, &compiled.origins).map_err(CompileFailure::because)?;
    if mode == Artifact::Write && read_bytes(&workspace.artifact())?.as_deref() != Some(text.as_bytes()) {
        write_whole(&workspace.artifact(), text.as_bytes(), 0o600)?;
    }
    let Compiled { exports, origins, files, output, .. } = compiled;
    tell(Event::Compiled { compiler: Compiler::Embedded, elapsed: started.elapsed(), output });
    let compiled = CompiledState {
        artifact: Some(Digest::of(text.as_bytes())),
        files: files.into_iter().map(PathBuf::from).collect(),
        ..CompiledState::default()
    };
    Ok(Definitions { exports, origins, compiled, compiler: Compiler::Embedded })
}

/// Where namespaces are found, and which are loaded.
fn program_of(workspace: &Workspace, shadow: &ShadowSettings) -> Result<(Vec<String>, Vec<Entry>), Failure> {
    let root = workspace.root();
    let sources = disk_sources(root, &workspace.sources)?;
    let paths: Vec<_> = sources.iter().map(|(path, _)| path.to_string_lossy()).collect();
    let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
    let (source_paths, entries) =
        shadow::program(shadow, &workspace.sources, &|path| root.join(path).is_file(), &paths);
    if entries.is_empty() {
        let globs = workspace.settings.sources.join("`, `");
        return Err(Failure::Compile(CompileFailure::because(
            Diagnostic::error(format!("there are no definitions: no file matches `{globs}`"))
                .help(format!("write one, or set `sources` in `{FILE}`")),
        )));
    }
    Ok((source_paths, entries))
}

/// A compiler that writes the artifact in place. It runs only where something
/// it reads has changed; node says what the artifact is worth.
fn by_command(
    workspace: &Workspace,
    shadow: &ShadowSettings,
    compiler: Compiler,
    known: Option<&CompiledState>,
    files: &Files,
    mode: Artifact,
    tell: Listener<'_>,
) -> Result<Definitions, Failure> {
    let artifact = workspace.artifact();
    let is_current = |known: &CompiledState| {
        known.inputs == Some(files.inputs_fingerprint())
            && known.artifact.is_some()
            && known.artifact == files.artifact(workspace)
    };
    let folders: BTreeSet<PathBuf> = shadow.source_paths.iter().map(PathBuf::from).collect();
    let run = if mode == Artifact::AsItIs || known.is_some_and(is_current) {
        None
    } else {
        tell(Event::Compiling(compiler));
        let environment = workspace.environment.cleaned();
        let settings = &workspace.settings.compile;
        let run = compiler::compile(&settings.command, workspace.root(), &artifact, environment.variables())
            .map_err(|error| CompileFailure::because(Diagnostic::error(format!("{error:#}"))))?;
        refuse_bad_run(workspace, compiler, &run)?;
        Some(run)
    };
    let mut definitions =
        loaded(workspace, &artifact, compiler).map_err(|failure| match (failure, &run) {
            (Failure::Compile(mut failure), Some(run)) => {
                failure.output.clone_from(&run.output);
                Failure::Compile(failure)
            }
            (failure, _) => failure,
        })?;
    if let Some(run) = run {
        tell(Event::Compiled { compiler, elapsed: run.elapsed, output: run.output.clone() });
        run.keep();
    }
    let known = CompiledState { folders, ..CompiledState::default() };
    let now = Files::read(workspace, Some(&known))?;
    definitions.compiled =
        CompiledState { inputs: Some(now.inputs_fingerprint()), artifact: now.artifact(workspace), ..known };
    Ok(definitions)
}

fn refuse_bad_run(workspace: &Workspace, compiler: Compiler, run: &compiler::Run) -> Result<(), Failure> {
    let mut diagnostics = Vec::new();
    if !run.success {
        diagnostics.push(Diagnostic::error(run.ended.clone()));
    } else if compiler == Compiler::ShadowCljs && workspace.settings.compile.warnings == Warnings::Fail {
        let hint = "shadow-cljs only warns, and the artifact breaks or holds `nil`; `[compile] warnings = \"show\"` accepts it";
        diagnostics.extend(
            compiler::warnings(&run.output).into_iter().map(|warning| Diagnostic::error(warning).help(hint)),
        );
    }
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(Failure::Compile(CompileFailure { diagnostics, output: run.output.clone() }))
}

/// What a file of JavaScript exports.
fn loaded(workspace: &Workspace, file: &Path, compiler: Compiler) -> Result<Definitions, Failure> {
    if !file.is_file() {
        let missing = Diagnostic::error(format!("there is no `{}`", file.display()));
        return Err(Failure::Compile(CompileFailure::because(missing)));
    }
    let node = find_node(workspace)?;
    let mut environment = workspace.environment.cleaned();
    for (name, value) in workspace.definition_variables()? {
        environment.set(&name, value);
    }
    let loaded =
        node::load(&node, file, workspace.root(), environment.variables(), limit()).map_err(|error| {
            CompileFailure {
                output: String::from_utf8_lossy(&error.printed).into_owned(),
                diagnostics: vec![Diagnostic::error(error.to_string())],
            }
        })?;
    Ok(Definitions {
        exports: loaded.value,
        origins: BTreeMap::new(),
        compiled: CompiledState::default(),
        compiler,
    })
}

/// What the artifact on disk exports, or why it does not load; an error where
/// there is no node.
pub fn load_artifact(workspace: &Workspace) -> Result<Result<Value, String>, Failure> {
    find_node(workspace)?;
    match loaded(workspace, &workspace.artifact(), Compiler::Command) {
        Ok(definitions) => Ok(Ok(definitions.exports)),
        Err(Failure::Compile(failure)) => {
            Ok(Err(failure.diagnostics.first().map(ToString::to_string).unwrap_or_default()))
        }
        Err(failure) => Err(failure),
    }
}

fn limit() -> Duration {
    LOAD_LIMIT
}
