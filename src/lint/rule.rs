//! What a rule is: an id, how grave its findings are, and a function from what
//! it reads to findings. Its manual page is the head of its own file.

use crate::core::finding::Finding;
use crate::lint::inputs::allow_comments::Outcome;
use crate::lint::inputs::document::Document;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::text::diagnostic::Severity;

/// The line of a page at which its examples begin.
pub(super) const EXAMPLES: &str = "Found:";

/// One rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// What it is called on the command line, in comments and in reports.
    pub id: &'static str,
    /// How grave its findings are, where they do not say otherwise.
    pub severity: Severity,
    /// The text of its own file, whose head is its manual page.
    pub file: &'static str,
    /// What it reads, and how.
    pub check: Check,
}

/// What a rule reads.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
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
    /// The comments that silence other rules, and what they silenced.
    Allow(fn(&Outcome<'_>) -> Vec<Finding>),
}

impl Rule {
    /// What it finds, in a line.
    pub(crate) fn summary(&self) -> &'static str {
        let first = self.head().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, summary)| summary).trim_end_matches('.')
    }

    /// The page without its first line and without the examples, as Markdown.
    pub(crate) fn doc(&self) -> String {
        let text = self.head().skip(1).take_while(|line| *line != EXAMPLES);
        text.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The lines of the page.
    pub(super) fn head(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.file.lines().take_while(|line| line.starts_with("//!"));
        lines.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default())
    }
}
