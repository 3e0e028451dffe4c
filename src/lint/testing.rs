//! Small workspaces for the rules' tests: every file is tracked, and what
//! `.gitignore` names is ignored.

use std::collections::BTreeMap;
use std::path::Path;

use crate::clojure::{Entry, Program};
use crate::core::files::digest::Digest;
use crate::core::files::sources::Selection;
use crate::core::files::tracked_files::{File, FileKind, Tracked};
use crate::core::finding::{Edit, Finding};
use crate::core::settings::{Compiler, FILE, Settings};
use crate::lint::check::{check_document, check_rest, in_order};
use crate::lint::inputs::document::Document;
use crate::lint::inputs::ecosystem::{Artifact, Ecosystem};
use crate::lint::inputs::legacy::Legacy;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;

/// Everything that is found in these files.
pub(super) fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
    let settings = Settings::default();
    let tracked: Tracked = files.iter().map(|(path, _)| file(path, true)).collect();
    findings_in(files, &settings, &tracked)
}

/// The same, where not all of them are tracked.
pub(super) fn findings_in(files: &[(&str, &str)], settings: &Settings, tracked: &Tracked) -> Vec<Finding> {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let ignore = texts.get(".gitignore").copied().unwrap_or_default();
    let is_ignored = |path: &str| {
        let names = |line: &str| format!("/{path}").contains(&format!("/{}", line.trim_matches('/')));
        ignore.lines().any(names)
    };
    let selection = |globs: &[String]| Selection::new(globs).unwrap();
    let (sources_globs, docs) = (selection(&settings.sources), selection(&settings.check.docs));
    let build =
        texts.get("shadow-cljs.edn").and_then(|text| Some(text.split_once(":main ")?.1.split_once('/')?.0));
    let paths: Vec<&str> =
        texts.keys().copied().filter(|path| sources_globs.matches(Path::new(path))).collect();
    let source_paths = vec!["src".to_owned(), "ecosystems".to_owned()];
    let index = texts.contains_key("ecosystems/index.cljs").then_some("index");
    let entries: Vec<Entry> = match build.or(index) {
        Some(name) => vec![Entry::Namespace(name.to_owned())],
        None => paths.iter().map(|path| Entry::File((*path).to_owned())).collect(),
    };
    let compiler = match (build.is_some(), paths.is_empty()) {
        (true, _) => Compiler::ShadowCljs,
        (false, true) => Compiler::None,
        _ => Compiler::Embedded,
    };
    let sources: Vec<Source> = texts
        .iter()
        .filter(|(path, _)| matches!(path.rsplit('.').next(), Some("cljs" | "edn")))
        .map(|(path, text)| Source::new(path, text.as_bytes(), sources_globs.matches(Path::new(path))))
        .collect();
    let others = [FILE, &settings.entry].into_iter().filter_map(|path| Some((path, texts.get(path)?)));
    let others: Vec<Document> = others.map(|(path, text)| Document::code(path, text)).collect();
    let legacy = Legacy::new(&settings.check.legacy);
    let generated = selection(&settings.check.generated);
    let project = Project {
        settings,
        files: tracked,
        is_ignored: &is_ignored,
        compiler,
        source_paths: &source_paths,
        entries: Some(&entries),
        entry: texts.get(settings.entry.as_str()).copied(),
        others: &others,
        sources: &sources_globs,
        generated: &generated,
        legacy: &legacy,
    };
    let read = |path: &str| Ok(texts.get(path).map(|text| (*text).to_owned()));
    let environment = BTreeMap::from([("HOME".to_owned(), "/home/x".to_owned())]);
    let program = Program {
        source_paths: &source_paths,
        entries: &entries,
        environment: &environment,
        directory: "/w",
        read: &read,
    };
    let ecosystem = (!paths.is_empty()).then(|| {
        let mut ecosystem = Ecosystem::of(&sources, &program, &program);
        let json = |text: &&str| {
            serde_json::from_str(text.trim_start_matches("module.exports = ").trim_end_matches(";\n"))
        };
        ecosystem.artifact = texts.get(settings.compile.output.as_str()).map(|text| Artifact {
            fresh: crate::clojure::compile(&program).ok().map(|compiled| compiled.exports),
            found: json(text).map_err(|error: serde_json::Error| error.to_string()),
        });
        ecosystem
    });
    let mut found = check_rest(&project, &sources, ecosystem.as_ref());
    for (path, text) in texts.iter().filter(|(path, _)| docs.matches(Path::new(path))) {
        found.extend(check_document(&project, &Document::new(path, text.as_bytes())));
    }
    in_order(found)
}

/// A file of the index, or only of the disk.
pub(super) fn file(path: &str, tracked: bool) -> File {
    File { path: path.into(), kind: FileKind::File, id: tracked.then_some(Digest([1; 20])), size: 1 }
}

/// What is found, as `rule path:line:column`, but for what every file without a
/// `.gitignore` or a script gives.
pub(super) fn found(files: &[(&str, &str)]) -> Vec<String> {
    usual(files).iter().map(|finding| format!("{} {}", finding.rule, place(finding))).collect()
}

/// The same in full, a line to each.
pub(super) fn lines(files: &[(&str, &str)]) -> String {
    let line = |finding: &Finding| {
        let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let severity = finding.severity.word();
        format!("{} {}: {severity}: {}{help}\n", finding.rule, place(finding), finding.message)
    };
    usual(files).iter().map(line).collect()
}

fn usual(files: &[(&str, &str)]) -> Vec<Finding> {
    let ignored = files.iter().any(|(path, _)| *path == ".gitignore");
    let files: Vec<(&str, &str)> =
        files.iter().copied().chain([("web.js", ""), ("a.js", ""), ("b.js", "")]).collect();
    let mut found = findings(&files);
    found.retain(|finding| ignored || finding.rule != "generated-not-ignored");
    found
}

fn place(finding: &Finding) -> String {
    finding.place.as_ref().map_or_else(|| finding.path.clone(), ToString::to_string)
}

/// A source with one app, whose options begin at column 33 of line 2.
pub(super) fn app(options: &str) -> String {
    app_of(&format!(":script \"web.js\" {options}"))
}

/// A source with one app, whose options begin at column 16 of line 2.
pub(super) fn app_of(options: &str) -> String {
    format!("(ns web (:require [clobber.macro :refer [defapp env-var]]))\n(defapp \"web\" {{{options}}})\n")
}

/// The files that fixes change, with their new texts.
pub(super) fn fixed(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut replaced: BTreeMap<String, Vec<(std::ops::Range<usize>, String)>> = BTreeMap::new();
    for edit in findings(files).into_iter().filter_map(|finding| finding.fix).flat_map(|fix| fix.edits) {
        if let Edit::Replace { path, bytes, text } = edit {
            replaced.entry(path).or_default().push((bytes, text));
        }
    }
    let apply = |(path, edits): (String, Vec<(std::ops::Range<usize>, String)>)| {
        let (_, text) = files.iter().find(|(other, _)| **other == *path).unwrap();
        let mut text = (*text).to_owned();
        edits.into_iter().rev().for_each(|(bytes, new)| text.replace_range(bytes, &new));
        (path, text)
    };
    replaced.into_iter().map(apply).collect()
}
