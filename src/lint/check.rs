//! What all rules find together: each rule is given what it reads, comments
//! silence what they name, and nothing is said twice.

use crate::core::finding::Finding;
use crate::lint::inputs::allow_comments::Commented;
use crate::lint::inputs::document::Document;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::{Check, Rule};
use crate::lint::rules::{CONFLICT_MARKS, DOES_NOT_COMPILE, DUPLICATE_APP, RULES, SYNTAX};
use crate::lint::silence::silence;

/// What the document rules find in one document. May be called from threads.
pub(crate) fn check_document(project: &Project<'_>, document: &Document) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        if let Check::Document(check) | Check::Text(check) = rule.check {
            found.extend(of_rule(rule, check(project, document)));
        }
    }
    let ran = |rule: &Rule| matches!(rule.check, Check::Document(_) | Check::Text(_));
    silence(&Commented::document(document), &ran, found)
}

/// What all other rules find. Without an ecosystem, the rules about apps do
/// not run.
pub(crate) fn check_rest(
    project: &Project<'_>,
    sources: &[Source],
    ecosystem: Option<&Ecosystem<'_>>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        found.extend(of_rule(rule, found_by(rule, project, sources, ecosystem)));
    }
    let mut found = without_repetitions(found);
    let ran = |rule: &Rule| runs(rule, ecosystem);
    for source in sources {
        found = silence(&Commented::source(source), &ran, found);
    }
    if let Some(entry) = project.entry {
        found = silence(&Commented::entry(&project.settings.entry, entry), &ran, found);
    }
    found
}

/// In order of place, each once: shared maps are found in every app they reach.
pub(crate) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| {
        let place = finding.place.as_ref().map(|place| (place.line, place.column, place.start));
        (finding.path.clone(), place, finding.rule, finding.message.clone())
    };
    findings.sort_by_cached_key(key);
    findings.dedup_by(|a, b| key(a) == key(b));
    findings
}

/// What one rule finds outside documents.
fn found_by(
    rule: &Rule,
    project: &Project<'_>,
    sources: &[Source],
    ecosystem: Option<&Ecosystem<'_>>,
) -> Vec<Finding> {
    match rule.check {
        Check::Paths(check) => check(project),
        Check::Text(check) => {
            let code = sources.iter().map(|source| Document::code(&source.path, &source.text));
            code.chain(project.others.iter().cloned()).flat_map(|text| check(project, &text)).collect()
        }
        Check::Source(check) => sources.iter().flat_map(|source| check(project, source)).collect(),
        Check::Sources(check) => check(project, sources),
        Check::Ecosystem(check) | Check::Artifact(check) => {
            ecosystem.map(|ecosystem| check(project, ecosystem)).unwrap_or_default()
        }
        Check::Document(_) | Check::Allow(_) => Vec::new(),
    }
}

/// What follows from the marks of a conflict that stand in the same file.
const FOLLOWING: &[&str] = &[SYNTAX.id, DOES_NOT_COMPILE.id, DUPLICATE_APP.id];

/// Without what the evaluator says where a rule of its own says it better.
fn without_repetitions(found: Vec<Finding>) -> Vec<Finding> {
    let is_repetition = |finding: &Finding| {
        let same = |other: &Finding| other.rule != finding.rule && other.place == finding.place;
        let has_conflict = |other: &Finding| other.rule == CONFLICT_MARKS.id && other.path == finding.path;
        let repeats = finding.rule == DOES_NOT_COMPILE.id && finding.place.is_some();
        (repeats && found.iter().any(same))
            || (FOLLOWING.contains(&finding.rule) && found.iter().any(has_conflict))
    };
    let repetitions: Vec<bool> = found.iter().map(is_repetition).collect();
    found
        .into_iter()
        .zip(repetitions)
        .filter(|(_, repetition)| !repetition)
        .map(|(finding, _)| finding)
        .collect()
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

fn of_rule(rule: &Rule, findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    let id = rule.id;
    findings.into_iter().map(move |finding| Finding { rule: id, ..finding })
}
