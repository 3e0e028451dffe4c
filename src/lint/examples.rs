//! The examples on a rule's page, as small workspaces. A finding is marked
//! under the text that it is about, as `; ^^^ error: what is said`, or beside
//! the name of a file that it is about as a whole. Every finding of an example
//! is marked, and nothing else is.

use std::ops::Range;

use crate::core::finding::Finding;
use crate::core::settings::Settings;
use crate::lint::rule::{EXAMPLES, Rule};
use crate::lint::testing::{file, findings_in};

/// How every source of an example begins that has no name of its own.
pub(super) const HEAD: &str = "(ns web\n  (:require [clobber.macro :refer [defapp env-var]]))\n\n";

/// What such a source is called.
const UNNAMED: &str = "ecosystems/web.cljs";

/// What every example has that shows nothing else under that name.
const AROUND: [(&str, &str); 2] = [(".gitignore", ".clobber/\n"), ("web.js", "")];

/// What begins a comment, and may stand before a mark.
const SIGNS: [&str; 3] = [";", "//", "#"];

/// What is said of a file that git does not track.
const NOT_TRACKED: &str = ", not tracked";

/// One file of an example.
#[derive(Debug)]
pub(super) struct ExampleFile {
    /// Its path.
    pub(super) path: String,
    /// Its text, without marks.
    pub(super) text: String,
    /// What is marked in it: `path:line:columns error: what is said`.
    pub(super) marks: Vec<String>,
    tracked: bool,
}

/// The examples of a rule, as its page shows them.
pub(super) fn examples_of(rule: &Rule) -> String {
    rule.head().skip_while(|line| *line != EXAMPLES).collect::<Vec<_>>().join("\n")
}

/// Reads an example: fenced texts, each below a line that names its file. One
/// without a name stands first.
pub(super) fn files(markdown: &str) -> Vec<ExampleFile> {
    let mut files: Vec<ExampleFile> = Vec::new();
    let mut named_above = false;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(file) = named(line) {
            files.push(file);
            named_above = true;
        } else if let Some(length) = fence_of(line) {
            if !std::mem::take(&mut named_above) {
                files.push(unnamed());
            }
            let text = lines.by_ref().take_while(|line| fence_of(line) != Some(length));
            if let Some(file) = files.last_mut() {
                text.for_each(|line| file.add(line));
            }
        }
    }
    with_surroundings(files)
}

/// The same with the files around it that it does not show.
fn with_surroundings(mut files: Vec<ExampleFile>) -> Vec<ExampleFile> {
    for (path, text) in AROUND {
        if files.iter().all(|file| file.path != path) {
            files.push(whole(path, text));
        }
    }
    files
}

/// Fails unless exactly what is marked in a source is found in it.
#[track_caller]
pub(super) fn check(source: &str) {
    let mut file = unnamed();
    source.trim_start().lines().for_each(|line| file.add(line));
    let files = with_surroundings(vec![file]);
    assert_eq!(found(&files), marked(&files));
}

/// What is found in the files of an example, in the form of its marks.
pub(super) fn found(files: &[ExampleFile]) -> Vec<String> {
    let texts: Vec<(&str, &str)> =
        files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let tracked = files.iter().map(|one| file(&one.path, one.tracked)).collect();
    let findings = findings_in(&texts, &Settings::default(), &tracked);
    sorted(findings.iter().map(|finding| mark_of(finding, &texts)))
}

/// What an example marks.
pub(super) fn marked(files: &[ExampleFile]) -> Vec<String> {
    sorted(files.iter().flat_map(|file| file.marks.clone()))
}

fn sorted(marks: impl Iterator<Item = String>) -> Vec<String> {
    let mut marks: Vec<String> = marks.collect();
    marks.sort();
    marks
}

impl ExampleFile {
    /// A line of the text, or a mark under the one before it.
    fn add(&mut self, line: &str) {
        match mark(line) {
            Some((columns, said)) => {
                self.marks.push(written(&self.path, self.text.lines().count(), &columns, said));
            }
            None => self.text.extend([line, "\n"]),
        }
    }
}

fn written(path: &str, line: usize, columns: &Range<usize>, said: &str) -> String {
    format!("{path}:{line}:{}-{} {said}", columns.start, columns.end - 1)
}

/// The columns and the words of a mark. A sign of a comment right before the
/// carets is one of them: else nothing could be marked at the beginning of a line.
pub(super) fn mark(line: &str) -> Option<(Range<usize>, &str)> {
    let rest = line.trim_start();
    let mut start = line.len() - rest.len();
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).unwrap_or_default();
    let carets = rest[sign.len()..].trim_start();
    let gap = rest.len() - sign.len() - carets.len();
    if gap > 0 {
        start += sign.len() + gap;
    }
    let said = carets.trim_start_matches('^');
    let end = line.len() - said.len();
    (carets.len() > said.len()).then(|| (start + 1..end + 1, said.trim()))
}

/// The file that a line names, with the findings for it as a whole.
fn named(line: &str) -> Option<ExampleFile> {
    let (path, rest) = line.strip_prefix('`')?.split_once('`')?;
    let said = rest.strip_prefix(NOT_TRACKED).unwrap_or(rest);
    let marks = said.strip_prefix(": ").map(|said| format!("{path} {said}"));
    if said.is_empty() || marks.is_some() {
        let tracked = said.len() == rest.len();
        return Some(ExampleFile { marks: marks.into_iter().collect(), tracked, ..whole(path, "") });
    }
    None
}

fn unnamed() -> ExampleFile {
    whole(UNNAMED, HEAD)
}

fn whole(path: &str, text: &str) -> ExampleFile {
    ExampleFile { path: path.to_owned(), text: text.to_owned(), marks: Vec::new(), tracked: true }
}

/// The length of the fence that a line is.
pub(super) fn fence_of(line: &str) -> Option<usize> {
    let length = line.len() - line.trim_start_matches('`').len();
    (length >= 3).then_some(length)
}

/// A finding as an example would mark it: as far as its first line goes.
fn mark_of(finding: &Finding, texts: &[(&str, &str)]) -> String {
    let said = format!("{}: {}", finding.severity.word(), finding.message);
    let Some(place) = &finding.place else { return format!("{} {said}", finding.path) };
    let text = texts.iter().find(|(path, _)| *path == finding.path).map_or("", |(_, text)| text);
    let marked = text.get(place.bytes()).and_then(|marked| marked.lines().next()).unwrap_or_default();
    let start = place.column as usize;
    written(&finding.path, place.line as usize, &(start..start + marked.chars().count().max(1)), &said)
}

#[cfg(test)]
mod tests {
    use super::{examples_of, files, found, mark, marked};
    use crate::lint::rule::Rule;
    use crate::lint::rules::RULES;

    #[test]
    fn every_rule_finds_what_its_page_marks_and_nothing_else() {
        for rule in RULES {
            let (bad, good) = halves(rule);
            let (bad, good) = (files(&bad), files(&good));
            assert_eq!(found(&bad), marked(&bad), "{}", rule.id);
            assert!(!bad.iter().all(|file| file.marks.is_empty()), "{}: nothing is marked", rule.id);
            assert_eq!((found(&good), marked(&good)), (vec![], vec![]), "{}", rule.id);
        }
    }

    #[test]
    fn every_page_begins_with_the_name_of_its_rule() {
        for rule in RULES {
            assert!(rule.file.starts_with(&format!("//! `{}`: ", rule.id)), "{}", rule.id);
        }
    }

    fn halves(rule: &Rule) -> (String, String) {
        let examples = examples_of(rule);
        let (bad, good) = examples.split_once("Not found:").expect("a page shows what is not found");
        (bad.to_owned(), good.to_owned())
    }

    #[test]
    fn a_mark_stands_under_what_it_means() {
        assert_eq!(mark("; ^^ error: no"), Some((3..5, "error: no")));
        assert_eq!(mark(";^^ error: no"), Some((1..4, "error: no")));
        assert_eq!(mark("  //   ^ note: x"), Some((8..9, "note: x")));
        assert_eq!(mark("^^^ error: no"), Some((1..4, "error: no")));
        assert_eq!(mark("; what ^ is"), None);
    }
}
