//! The linter: rules are functions from parsed inputs to findings, one file to
//! a rule, listed once in [`RULES`]. Each says what it reads, so that only that
//! is read. Pure: whoever calls it reads the files.

pub mod allow;
pub mod document;
pub mod ecosystem;
mod literal;
pub mod page;
pub mod project;
pub mod rules;
pub mod source;
#[cfg(test)]
pub mod testing;

use crate::core::finding::Finding;
use crate::lint::allow::Commented;
use crate::lint::document::Document;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::rules::{conflict_marks, does_not_compile, duplicate_app, syntax};
use crate::lint::source::Source;
use crate::text::diagnostic::Severity;

pub use crate::lint::rules::RULES;

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it is called on the command line, in comments and in reports.
    pub id: &'static str,
    /// How grave its findings are, where they do not say otherwise.
    pub severity: Severity,
    /// The text of its own file, whose head is its manual page.
    pub file: &'static str,
    /// What it finds something in.
    pub bad: Example,
    /// The same, put right.
    pub good: Example,
    /// What it reads, and how.
    pub check: Check,
}

/// The files of a small workspace: paths with their texts.
pub type Example = &'static [(&'static str, &'static str)];

/// The one source of most examples, which nothing is wrong with.
pub const WEB: (&str, &str) = (
    "ecosystems/web.cljs",
    "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\"})\n",
);

/// What a rule reads.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The paths that git tracks, and the entry.
    Paths(fn(&Project<'_>) -> Vec<Finding>),
    /// The lines of one file, whatever is written in it.
    Text(fn(&Project<'_>, &Document) -> Vec<Finding>),
    /// One document.
    Document(fn(&Project<'_>, &Document) -> Vec<Finding>),
    /// The forms of one file.
    Source(fn(&Project<'_>, &Source) -> Vec<Finding>),
    /// The forms of all files.
    Sources(fn(&Project<'_>, &[Source]) -> Vec<Finding>),
    /// What all sources come to.
    Ecosystem(fn(&Project<'_>, &Ecosystem<'_>) -> Vec<Finding>),
    /// The artifact on disk, beside what the sources come to.
    Artifact(fn(&Project<'_>, &Ecosystem<'_>) -> Vec<Finding>),
    /// The comments that silence other rules.
    Allow,
}

/// What the document rules find in one document. May be called from threads.
pub fn check_document(project: &Project<'_>, document: &Document) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        if let Check::Document(check) | Check::Text(check) = rule.check {
            found.extend(of_rule(rule, check(project, document)));
        }
    }
    let ran = |rule: &Rule| matches!(rule.check, Check::Document(_) | Check::Text(_));
    allow::silence(&Commented::document(document), &ran, found)
}

/// What all other rules find. Without an ecosystem, the rules about apps do
/// not run.
pub fn check_rest(
    project: &Project<'_>,
    sources: &[Source],
    ecosystem: Option<&Ecosystem<'_>>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        match rule.check {
            Check::Paths(check) => found.extend(of_rule(rule, check(project))),
            Check::Text(check) => {
                let code = sources.iter().map(|source| Document::code(&source.path, &source.text));
                let code: Vec<Document> = code.chain(project.others.iter().cloned()).collect();
                let each = code.iter().flat_map(|text| check(project, text));
                found.extend(of_rule(rule, each.collect()));
            }
            Check::Source(check) => {
                let each = sources.iter().flat_map(|source| check(project, source));
                found.extend(of_rule(rule, each.collect()));
            }
            Check::Sources(check) => found.extend(of_rule(rule, check(project, sources))),
            Check::Ecosystem(check) | Check::Artifact(check) => {
                let found_there = ecosystem.map(|ecosystem| check(project, ecosystem));
                found.extend(of_rule(rule, found_there.unwrap_or_default()));
            }
            Check::Document(_) | Check::Allow => {}
        }
    }
    let mut found = without_echoes(found);
    let ran = |rule: &Rule| runs(rule, ecosystem);
    for source in sources {
        found = allow::silence(&Commented::source(source), &ran, found);
    }
    if let Some(entry) = project.entry {
        found = allow::silence(&Commented::entry(&project.settings.entry, entry), &ran, found);
    }
    found
}

/// What follows from the marks of a conflict that stand in the same file.
const FOLLOWING: &[&str] = &[syntax::RULE.id, does_not_compile::RULE.id, duplicate_app::RULE.id];

/// Without what the evaluator says where a rule of its own says it better.
fn without_echoes(found: Vec<Finding>) -> Vec<Finding> {
    let is_echo = |finding: &Finding| {
        let same = |other: &Finding| other.rule != finding.rule && other.place == finding.place;
        let is_torn = |other: &Finding| other.rule == conflict_marks::RULE.id && other.path == finding.path;
        let repeats = finding.rule == does_not_compile::RULE.id && finding.place.is_some();
        (repeats && found.iter().any(same))
            || (FOLLOWING.contains(&finding.rule) && found.iter().any(is_torn))
    };
    let echoes: Vec<bool> = found.iter().map(is_echo).collect();
    found.into_iter().zip(echoes).filter(|(_, echo)| !echo).map(|(finding, _)| finding).collect()
}

/// Whether a rule had what it reads: one that did not run silences nothing, so
/// its comments are not unused.
fn runs(rule: &Rule, ecosystem: Option<&Ecosystem<'_>>) -> bool {
    match rule.check {
        Check::Ecosystem(_) => ecosystem.is_some_and(|ecosystem| ecosystem.failed.is_empty()),
        Check::Artifact(_) => ecosystem.is_some_and(|ecosystem| ecosystem.artifact.is_some()),
        _ => true,
    }
}

/// In order of place, each once: shared maps are found in every app they reach.
pub fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| {
        let place = finding.place.as_ref().map(|place| (place.line, place.column, place.start));
        (finding.path.clone(), place, finding.rule, finding.message.clone())
    };
    findings.sort_by_cached_key(key);
    findings.dedup_by(|a, b| key(a) == key(b));
    findings
}

fn of_rule(rule: &Rule, findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().map(|finding| Finding { rule: rule.id, ..finding }).collect()
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
