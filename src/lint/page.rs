//! The manual pages of the rules: taken from the heads of their files, with
//! their examples, so that docs and rules cannot drift apart.

use crate::lint::Rule;

impl Rule {
    /// The page without its first line, as Markdown.
    pub fn doc(&self) -> String {
        self.head().skip(1).collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// What it finds, in a line.
    pub fn summary(&self) -> &'static str {
        let first = self.head().next().unwrap_or_default();
        first.split_once(": ").map_or(first, |(_, summary)| summary).trim_end_matches('.')
    }

    fn head(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.file.lines().take_while(|line| line.starts_with("//!"));
        lines.map(|line| line.trim_start_matches("//!").trim_start_matches(' '))
    }
}
