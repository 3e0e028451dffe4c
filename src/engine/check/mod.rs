//! The check: reads files from the index or from disk, runs the rules on them, and
//! makes the fixes that are certain.

pub(crate) mod checked;
mod evaluate;
mod fix;
mod only;
mod read;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::adapters::fs::append;
use crate::core::failure::Failure;
use crate::core::files::sources::Selection;
use crate::core::finding::RulePage;
use crate::core::settings::{Compiler, FILE, Settings};
use crate::engine::check::checked::Checked;
use crate::engine::check::evaluate::ecosystem;
use crate::engine::check::only::{Only, only};
use crate::engine::check::read::Reader;
use crate::engine::shadow_config::{self, ShadowSettings};
use crate::engine::workspace::{Context, Workspace};
use crate::lint::check::{check_rest, in_order};
use crate::lint::inputs::document::Document;
use crate::lint::inputs::legacy::Legacy;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::Rule;
use crate::lint::rules::RULES;

/// The options of a check.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// Only these files and folders, where any are named.
    pub paths: Vec<PathBuf>,
    /// Whether the disk is read in the place of the index.
    pub worktree: bool,
    /// What to do with fixes that are certain.
    pub fixing: Fixing,
    /// Only the files that the next commit changes.
    pub staged_only: bool,
}

/// What to do with the fixes that are certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fixing {
    /// Nothing.
    #[default]
    Leave,
    /// They are shown as a patch.
    Show,
    /// They are made.
    Make,
}

/// Checks the workspace.
pub(crate) fn check(context: &Context, request: &Request) -> Result<Checked, Failure> {
    let workspace = Workspace::open(context)?;
    let from_disk = request.worktree || request.fixing != Fixing::Leave;
    let reader = Reader::open(&workspace, context, from_disk)?;
    // The settings, too, are those that would be committed.
    let workspace = workspace.with_settings(&reader.text(FILE)?.unwrap_or_default())?;
    let only = only(&workspace, context, &request.paths, &reader.files)?;
    let mut checked = run_rules(&workspace, &reader, &only, request.worktree)?;
    checked.findings.retain(|finding| only.means(&finding.path));
    if request.staged_only {
        let staged = workspace.repository.staged_paths(context.environment.os("GIT_INDEX_FILE"))?;
        checked.findings.retain(|finding| staged.contains(Path::new(&finding.path)));
    }
    checked.findings = in_order(std::mem::take(&mut checked.findings));
    match request.fixing {
        Fixing::Leave => {}
        Fixing::Show => checked.patch = fix::show(&workspace, &mut checked.findings)?,
        Fixing::Make => checked.fixed = fix::make(&workspace, &mut checked.findings)?,
    }
    Ok(checked)
}

/// The manual pages of all rules, as reports show them.
pub(crate) fn pages() -> Vec<RulePage> {
    let page = |rule: &&Rule| RulePage {
        id: rule.id,
        severity: rule.severity,
        summary: rule.summary(),
        text: rule.doc(),
    };
    RULES.iter().map(page).collect()
}

/// Adds to the summary of a step, which is a file that its runner names.
pub(crate) fn summarise(file: &Path, text: &str) -> Result<(), Failure> {
    Ok(append(file, text.as_bytes())?)
}

/// The findings of all rules, unordered.
fn run_rules(
    workspace: &Workspace,
    reader: &Reader,
    only: &Only,
    with_artifact: bool,
) -> Result<Checked, Failure> {
    let settings = &workspace.settings;
    let selection = |globs: &[String]| Selection::new(globs).map_err(Failure::Usage);
    let docs = selection(&settings.check.docs)?;
    let generated = selection(&settings.check.generated)?;
    let inputs = selection(&settings.inputs)?;
    let legacy = Legacy::new(&settings.check.legacy);
    let mut checked = Checked::default();
    let shadow =
        shadow_config::parse(&reader.text(shadow_config::FILE)?.unwrap_or_default()).unwrap_or_default();
    let definitions: Vec<&str> = reader.paths(&workspace.sources).collect();
    let (source_paths, entries) = shadow_config::program(
        &shadow,
        &workspace.sources,
        &|path| reader.files.get(path).is_some(),
        &definitions,
    );
    let sources = sources(reader, &definitions, reader.paths(&inputs), &source_paths, &mut checked)?;
    let compiler = compiler_of(workspace, &shadow, !definitions.is_empty());
    let others = others(reader, settings, reader.paths(&inputs), &sources)?;
    let is_made = compiler != Compiler::None;
    let entry = others.iter().find(|other| other.path == settings.entry && is_made);
    let is_ignored = |path: &str| reader.is_ignored(path);
    let unknown = shadow.has_build && shadow.entries.is_empty();
    let project = Project {
        settings,
        files: &reader.files,
        is_ignored: &is_ignored,
        compiler,
        source_paths: &source_paths,
        entries: (!unknown).then_some(&entries),
        entry: entry.map(|entry| entry.text.as_str()),
        others: &others,
        sources: &workspace.sources,
        generated: &generated,
        legacy: &legacy,
    };
    let is_clojure = sources.iter().any(|source| source.is_definition);
    let ecosystem = if compiler == Compiler::None || !is_clojure {
        None
    } else {
        let artifact_of = with_artifact.then_some(compiler);
        Some(ecosystem(workspace, reader, &sources, (&source_paths, &entries), artifact_of)?)
    };
    checked.findings = check_rest(&project, &sources, ecosystem.as_ref());
    let documents: Vec<&str> = reader.paths(&docs).filter(|path| only.means(path)).collect();
    read::documents(reader, &project, &documents, &mut checked)?;
    for source in sources {
        checked.texts.insert(source.path, source.text);
    }
    for other in others {
        checked.texts.insert(other.path, other.text);
    }
    Ok(checked)
}

/// The files that decide what runs and hold no forms, each once.
fn others<'a>(
    reader: &'a Reader,
    settings: &'a Settings,
    inputs: impl Iterator<Item = &'a str>,
    sources: &[Source],
) -> Result<Vec<Document>, Failure> {
    let paths: BTreeSet<&str> = inputs.chain([FILE, &settings.entry]).collect();
    let is_other = |path: &&str| sources.iter().all(|source| source.path != *path);
    let mut found = Vec::new();
    for path in paths.into_iter().filter(is_other) {
        found.extend(reader.text(path)?.map(|text| Document::code(path, &text)));
    }
    Ok(found)
}

/// The definitions and inputs with their forms, and what they require of other
/// folders.
fn sources<'a>(
    reader: &'a Reader,
    definitions: &[&'a str],
    inputs: impl Iterator<Item = &'a str>,
    source_paths: &[String],
    checked: &mut Checked,
) -> Result<Vec<Source>, Failure> {
    let is_forms = |path: &&str| [".cljs", ".cljc", ".edn"].iter().any(|ending| path.ends_with(ending));
    let mut wanted: Vec<(String, bool)> =
        definitions.iter().filter(|path| is_forms(path)).map(|path| ((*path).to_owned(), true)).collect();
    wanted.extend(
        inputs
            .filter(is_forms)
            .filter(|path| !definitions.contains(path))
            .map(|path| (path.to_owned(), false)),
    );
    let mut sources: Vec<Source> = Vec::new();
    while let Some((path, is_definition)) = wanted.pop() {
        let Some(bytes) = reader.bytes(&path, &mut checked.skipped)? else { continue };
        let source = Source::new(&path, &bytes, is_definition);
        for namespace in source.required() {
            let file = namespace.replace('-', "_").replace('.', "/");
            let candidates = source_paths.iter().flat_map(|root| {
                [".cljs", ".cljc"]
                    .map(|ending| format!("{root}/{file}{ending}").trim_start_matches('/').to_owned())
            });
            let is_new = |path: &String| {
                reader.files.get(path).is_some()
                    && sources.iter().all(|source: &Source| source.path != *path)
                    && wanted.iter().all(|(other, _)| other != path)
                    && *path != source.path
            };
            let new: Vec<String> = candidates.filter(is_new).collect();
            wanted.extend(new.into_iter().map(|path| (path, false)));
        }
        sources.push(source);
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// The compiler of the tree: as `compile` chooses it, except that without sources
/// there is nothing to compile, whatever the entry says.
fn compiler_of(workspace: &Workspace, shadow: &ShadowSettings, has_sources: bool) -> Compiler {
    match workspace.settings.compile.compiler {
        Compiler::Auto if shadow.has_build => Compiler::ShadowCljs,
        Compiler::Auto if !has_sources => Compiler::None,
        Compiler::Auto => Compiler::Embedded,
        named => named,
    }
}
