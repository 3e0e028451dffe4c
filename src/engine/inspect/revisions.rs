//! Plans between revisions: the definitions of each are read from git's own
//! objects and compiled by the embedded compiler, so there is no checkout, no
//! node and, unless it is asked for, no PM2.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::adapters::fs::variables;
use crate::adapters::revision::{Revision, common_ancestor};
use crate::clojure::{self, Program};
use crate::core::definition::desired::Desired;
use crate::core::failure::{CompileFailure, Failure};
use crate::core::files::revision_range::Range;
use crate::core::plan::Plan;
use crate::core::plan::revision_plan::compare;
use crate::core::settings::{Compiler, FILE};
use crate::engine::pm2::running;
use crate::engine::shadow_config;
use crate::engine::sync::decide::{Memory, Wishes, decide};
use crate::engine::workspace::{Context, Workspace};
use crate::text::conflict::left_in;
use crate::text::diagnostic::Diagnostic;

/// The comparison of two revisions.
#[derive(Debug)]
pub(crate) struct Compared {
    /// The two sides, as they were named.
    pub title: String,
    /// What it would do.
    pub plan: Plan,
    /// What PM2 drops or misreads of the newer side.
    pub warnings: Vec<Diagnostic>,
}

/// The definitions of one revision.
struct Side {
    workspace: Workspace,
    desired: Desired,
}

/// What the change from one revision to another would do where the older one
/// is applied.
pub(crate) fn between(context: &Context, range: &str) -> Result<Compared, Failure> {
    let asked = Range::parse(range).ok_or_else(|| {
        Failure::Usage(format!(
            "`{range}` is one revision; give two, `{range}..HEAD`, or compare it with PM2: `--against running`"
        ))
    })?;
    let base = if asked.from_common_ancestor {
        let workspace = Workspace::open_with(context, |_| Ok(None))?;
        known(common_ancestor(&workspace.repository, &asked.base, &asked.head))?
    } else {
        asked.base.clone()
    };
    let (base, head) = match (side(context, &base), side(context, &asked.head)) {
        (Ok(base), Ok(head)) => (base, head),
        // Report the errors of both at once.
        (Err(Failure::Compile(mut one)), Err(Failure::Compile(other))) => {
            one.diagnostics.extend(other.diagnostics);
            return Err(Failure::Compile(one));
        }
        (Err(failure), _) | (_, Err(failure)) => return Err(failure),
    };
    let plan = compare(&base.desired, &head.desired, head.workspace.settings.apply.removed);
    let dots = if asked.from_common_ancestor { "..." } else { ".." };
    let title = format!("{}{dots}{}", asked.base, asked.head);
    Ok(Compared { title, plan, warnings: head.desired.warnings })
}

/// What it would do to PM2 to apply a revision: the newer one of a range.
pub(crate) fn against_running(context: &Context, revision: &str) -> Result<Compared, Failure> {
    let name = Range::parse(revision).map_or_else(|| revision.to_owned(), |range| range.head);
    let head = side(context, &name)?;
    let home = head.workspace.pm2_home()?;
    let running = running(&head.workspace, &home)?;
    let wishes = Wishes { by_hand: true, ..Wishes::default() };
    let memory = Memory::of(&head.workspace, head.workspace.state.load()?.as_ref(), &head.desired);
    let plan = decide(&head.workspace, &head.desired, &running, &wishes, &memory)?;
    Ok(Compared { title: format!("PM2..{name}"), plan, warnings: head.desired.warnings })
}

fn side(context: &Context, name: &str) -> Result<Side, Failure> {
    let shown = format!("`{}`", shortened(name));
    let in_revision = |message: String| Failure::Usage(format!("in {shown}: {message}"));
    let mut opened = None;
    let workspace = Workspace::open_with(context, |repository| {
        let revision = Revision::open(repository, name)?;
        let settings = revision.text(Path::new(FILE));
        opened = Some(revision);
        settings
    });
    let (workspace, revision) = match (workspace, opened) {
        (Ok(workspace), Some(revision)) => (workspace, revision),
        (Err(Failure::Usage(message)), Some(_)) => return Err(in_revision(message)),
        (Err(failure), _) => return Err(failure),
        (Ok(_), None) => return Err(in_revision("it was not read".to_owned())),
    };
    let desired = desired(&workspace, &revision).map_err(|failure| match failure {
        Failure::Compile(mut failure) => {
            for diagnostic in &mut failure.diagnostics {
                diagnostic.message = format!("in {shown}: {}", diagnostic.message);
            }
            Failure::Compile(failure)
        }
        Failure::Usage(message) => in_revision(message),
        other => other,
    })?;
    Ok(Side { workspace, desired })
}

/// Compiles a revision. One without any source desires nothing.
fn desired(workspace: &Workspace, revision: &Revision) -> Result<Desired, Failure> {
    let text = |path: &str| known(revision.text(Path::new(path)));
    let failed = |diagnostics| CompileFailure { diagnostics, ..CompileFailure::default() };
    let shadow = shadow_config::parse(&text(shadow_config::FILE)?.unwrap_or_default()).map_err(failed)?;
    let sources = known(revision.sources(&workspace.sources))?;
    refuse_other_compilers(workspace, sources.is_empty(), text(&workspace.settings.entry)?.as_deref())?;
    let paths: Vec<_> = sources.iter().map(|path| path.to_string_lossy()).collect();
    let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
    // What cannot be looked up is read, and refused, when it is loaded.
    let is_file = |path: &str| revision.is_file(Path::new(path)).unwrap_or(true);
    let (source_paths, entries) = shadow_config::program(&shadow, &workspace.sources, &is_file, &paths);
    if let Some(why) = shadow_config::misnamed(sources.iter().map(PathBuf::as_path), &entries) {
        return Err(failed(vec![why]).into());
    }
    if entries.is_empty() {
        return Ok(Desired::default());
    }
    // A `.env` is seldom in git; the worktree's own feeds both sides then.
    let variables = match text(&workspace.settings.env.file)? {
        Some(file) => {
            let path = Path::new(&workspace.settings.env.file);
            workspace.definition_variables_over(&known(variables(path, file.as_bytes()))?)?
        }
        None => workspace.definition_variables_where_present()?,
    };
    // An object that this clone does not have is not an error of the definitions.
    let absent = Mutex::new(None);
    let read = |path: &str| match revision.bytes(Path::new(path)) {
        Ok(bytes) => bytes.map(String::from_utf8).transpose().map_err(|_| "it is not valid UTF-8".to_owned()),
        Err(error) => {
            let why = format!("{error:#}");
            absent.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| why.clone());
            Err(why)
        }
    };
    let program = Program {
        source_paths: &source_paths,
        entries: &entries,
        environment: &variables,
        directory: &workspace.root().to_string_lossy(),
        read: &read,
    };
    let compiled = clojure::compile(&program);
    if let Some(why) = absent.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(Failure::Usage(why));
    }
    let compiled = compiled.map_err(|errors| {
        let text = |path: &str| revision.text(Path::new(path)).ok().flatten().unwrap_or_default();
        let left: Vec<Diagnostic> = paths.iter().flat_map(|path| left_in(path, &text(path))).collect();
        failed(if left.is_empty() { errors } else { left })
    })?;
    let environment = workspace.environment_name(&variables);
    Ok(Desired::of(&compiled.exports, &compiled.origins, environment).map_err(|why| failed(vec![why]))?)
}

/// What shadow-cljs compiles is ClojureScript, which the embedded compiler
/// reads to the same value or refuses; what a command or JavaScript makes is
/// known only in a checkout.
fn refuse_other_compilers(
    workspace: &Workspace,
    no_sources: bool,
    entry: Option<&str>,
) -> Result<(), Failure> {
    let settings = &workspace.settings;
    let by_hand = no_sources && entry.is_some_and(|entry| !entry.contains(&settings.compile.output));
    let why = match settings.compile.compiler {
        Compiler::Command => "a command compiles its definitions".to_owned(),
        Compiler::None => format!("its `{}` is written by hand", settings.entry),
        Compiler::Auto if by_hand => format!("its `{}` is written by hand", settings.entry),
        _ => return Ok(()),
    };
    Err(Failure::Usage(format!(
        "{why}, and revisions are compiled by pm2sync's own compiler only; check it out \
         (`git worktree add`) and run `pm2sync plan` there"
    )))
}

/// Whole ids are long for a line.
fn shortened(name: &str) -> &str {
    let is_id = name.len() >= 40 && name.bytes().all(|digit| digit.is_ascii_hexdigit());
    if is_id { &name[..7] } else { name }
}

fn known<T>(read: anyhow::Result<T>) -> Result<T, Failure> {
    read.map_err(|error| Failure::Usage(format!("{error:#}")))
}
