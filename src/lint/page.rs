//! The manual pages of the rules, with their examples: the heads of their files
//! as one document, so that docs and rules cannot drift apart. docs/rules.md is
//! made of them (`UPDATE_EXPECT=1 cargo test rules_are_documented`).

use expect_test::expect_file;

use crate::core::settings::Settings;
use crate::lint::examples::{HEAD, examples_of, fence_of, mark};
use crate::lint::inputs::allow_comments::MARK;
use crate::lint::inputs::legacy::Legacy;
use crate::lint::rule::Rule;
use crate::lint::rules::RULES;
use crate::lint::testing::findings;

const INTRODUCTION: &str = "\
# The rules of `pm2sync check`

<!-- Made from the rules' own files: edit those, then `UPDATE_EXPECT=1 cargo test rules_are_documented`. -->

`pm2sync check` reads what git would commit: the index, not the disk. An error ends it with exit code 1, a
warning only with `--strict`. `--fix` puts right what is certain, on disk; `--diff` shows that instead.

A comment with a reason silences a rule for one line, its own or the one below it:
`<!-- pm2sync: allow(legacy-reference) how it was before 2024 -->` in Markdown, `; pm2sync: allow(rule) reason` in
ClojureScript, `// …` in the entry. One that silences nothing is found, too.

";

const EXAMPLES: &str = "\
In the examples below, a finding stands under the text that it is about. An example that names no file is the
rest of `ecosystems/web.cljs`, which begins as follows. Beside what is shown there are a script `web.js` and a
`.gitignore` that names `.clobber/`.

";

#[test]
fn rules_are_documented_and_their_page_is_clean() {
    let document = document();
    expect_file!["../../docs/rules.md"].assert_eq(&document);
    let found = findings(&[("docs/rules.md", &document)]);
    assert!(found.is_empty(), "{found:?}");
}

fn document() -> String {
    let legacy = Legacy::new(&Settings::default().check.legacy);
    let row = |rule: &&Rule| {
        format!("| [`{id}`](#{id}) | {} | {} |\n", rule.severity.word(), rule.summary(), id = rule.id)
    };
    let rows: String = RULES.iter().map(row).collect();
    let table = format!("| rule | severity | finds |\n|---|---|---|\n{rows}");
    let head = format!("{EXAMPLES}```clojure\n{}\n```", HEAD.trim_end());
    let sections: Vec<String> = RULES.iter().map(|rule| section(rule, &legacy)).collect();
    let text = format!("{INTRODUCTION}{table}\n{head}\n\n{}", sections.join("\n\n"));
    text.lines().map(|line| excused(line, &legacy)).collect()
}

fn section(rule: &Rule, legacy: &Legacy) -> String {
    let (id, severity, summary) = (rule.id, rule.severity.word(), capital(rule.summary()));
    let examples = quoted(&examples_of(rule), legacy);
    format!("## {id}\n\n*{severity}* · {summary}.\n\n{}\n\n{}", rule.doc(), examples.trim_end())
}

/// A text that names what is gone is quoted, not fenced, so that an excuse can
/// stand beside the line. What is said of it follows.
fn quoted(examples: &str, legacy: &Legacy) -> String {
    let mut shown = String::new();
    let mut lines = examples.lines();
    while let Some(line) = lines.next() {
        let Some(length) = fence_of(line) else {
            shown.extend([line, "\n"]);
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| fence_of(line) != Some(length)).collect();
        let names_legacy = text.iter().any(|line| !legacy.find(line).is_empty() && !line.contains(MARK));
        if names_legacy {
            let (said, text): (Vec<&str>, Vec<&str>) = text.iter().partition(|line| mark(line).is_some());
            for line in text {
                shown.extend(["> ", line, "\n"]);
            }
            let mut said: Vec<&str> = said.iter().filter_map(|line| Some(mark(line)?.1)).collect();
            said.dedup();
            for said in said {
                shown.extend(["\n", said, "\n"]);
            }
        } else {
            shown.extend([line, "\n"]);
            for line in text {
                shown.extend([line, "\n"]);
            }
            shown.push_str(&"`".repeat(length));
            shown.push('\n');
        }
    }
    shown
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
