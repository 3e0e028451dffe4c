//! The manual pages of the rules: taken from the heads of their files, with
//! their examples, so that docs and rules cannot drift apart. docs/rules.md is
//! made of them (`UPDATE_EXPECT=1 cargo test rules_are_documented`).

use crate::core::settings::Settings;
use crate::lint::allow::MARK;
use crate::lint::rules::legacy_reference::Legacy;
use crate::lint::{Check, Example, RULES, Rule};

const INTRODUCTION: &str = "\
# The rules of `pm2sync check`

<!-- Made from the rules' own files: edit those, then `UPDATE_EXPECT=1 cargo test rules_are_documented`. -->

`pm2sync check` reads what git would commit: the index, not the disk. An error ends it with exit code 1, a
warning only with `--strict`. `--fix` puts right what is certain, on disk; `--diff` shows that instead.

A comment with a reason silences a rule for one line, its own or the one below it:
`<!-- pm2sync: allow(legacy-reference) how it was before 2024 -->` in Markdown, `; pm2sync: allow(rule) reason` in
ClojureScript, `// …` in the entry. One that silences nothing is found, too.

";

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

/// The whole document.
pub fn document() -> String {
    let legacy = Legacy::new(&Settings::default().check.legacy);
    let row = |rule: &&Rule| {
        format!("| [`{id}`](#{id}) | {} | {} |\n", rule.severity.word(), rule.summary(), id = rule.id)
    };
    let rows: String = RULES.iter().map(row).collect();
    let sections: String = RULES.iter().map(|rule| section(rule, &legacy)).collect();
    let text = format!("{INTRODUCTION}| rule | severity | finds |\n|---|---|---|\n{rows}\n{sections}");
    text.trim_end().lines().map(|line| excused(line, &legacy)).collect()
}

fn section(rule: &Rule, legacy: &Legacy) -> String {
    let (id, severity, summary) = (rule.id, rule.severity.word(), capital(rule.summary()));
    let shown = |what: &str, example: Example| format!("{what}\n\n{}", files(rule, example, legacy));
    let (bad, good) = (shown("Found:", rule.bad), shown("Not found:", rule.good));
    format!("## {id}\n\n*{severity}* · {summary}.\n\n{}\n\n{bad}{good}", rule.doc())
}

fn files(rule: &Rule, example: Example, legacy: &Legacy) -> String {
    let matters = |(path, text): &&(&str, &str)| {
        matches!(rule.check, Check::Paths(_)) || !(text.is_empty() || path.starts_with(".git"))
    };
    example.iter().filter(matters).map(|(path, text)| file(path, text, legacy)).collect()
}

/// A file with its name. A document that the check would stumble over is
/// quoted, so that an excuse can stand beside the line.
fn file(path: &str, text: &str, legacy: &Legacy) -> String {
    if text.is_empty() {
        return format!("`{path}`\n\n");
    }
    let (fence, language) = match path.rsplit('.').next() {
        Some("cljs" | "edn") => ("```", "clojure"),
        Some("cjs" | "js") => ("```", "js"),
        Some("md") => ("````", "markdown"),
        _ => ("```", ""),
    };
    if !legacy.find(text).is_empty() && !text.contains(MARK) {
        let quoted = text.trim_end().replace('\n', "\n> ");
        return format!("`{path}`\n\n> {quoted}\n\n");
    }
    format!("`{path}`\n\n{fence}{language}\n{text}{fence}\n\n")
}

/// A line of this document that names what is gone says why it may.
fn excused(line: &str, legacy: &Legacy) -> String {
    if legacy.find(line).is_empty() {
        return format!("{line}\n");
    }
    let excuse = format!("<!-- {MARK}legacy-reference) this page explains it -->");
    match line.strip_suffix(" |") {
        Some(row) => format!("{row} {excuse} |\n"),
        None => format!("{line} {excuse}\n"),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use crate::lint::testing::findings;

    #[test]
    fn rules_are_documented_and_their_page_is_clean() {
        let document = super::document();
        expect_file!["../../docs/rules.md"].assert_eq(&document);
        let found = findings(&[("docs/rules.md", &document)]);
        assert!(found.is_empty(), "{found:?}");
    }
}
