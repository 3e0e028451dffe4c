//! `generated-committed`: what is generated is tracked by git.
//!
//! The artifact, and whatever else `[check] generated` names, is made from the
//! sources. Committed, it silently goes stale, conflicts in every merge,
//! and invites edits that the next compile undoes. The entry is committed, but
//! only as the one line that requires the artifact: a compiled or hand-edited
//! entry is an artifact under another name.
//!
//! The fix takes the file out of the index, leaves it on disk, and adds a line
//! to `.gitignore`. An entry is not rewritten: what was edited by hand belongs
//! in the sources first.
//!
//! Found:
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```
//!
//! `.clobber/index.cjs`: error: this file is generated, and is tracked by git
//!
//! ```js
//! module.exports = {"apps": []};
//! ```
//!
//! `ecosystem.config.cjs`
//!
//! ```js
//! module.exports = {apps: [{name: "web", script: "web.js"}]};
//! //^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the entry is more than the line that requires the artifact: it was compiled or edited by hand
//! ```
//!
//! Not found:
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```
//!
//! `ecosystem.config.cjs`
//!
//! ```js
//! module.exports = require("./.clobber/index.cjs");
//! ```

use std::path::Path;

use crate::core::finding::{Edit, Finding};
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;
use crate::text::lines::LineIndex;
use crate::text::paths::normalised_text;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "generated-committed",
    severity: Severity::Error,
    file: include_str!("generated_committed.rs"),
    check: Check::Paths(check),
};

fn check(project: &Project<'_>) -> Vec<Finding> {
    let settings = project.settings;
    let output = normalised_text(&settings.compile.output);
    let is_generated =
        |path: &str| project.generated.matches(Path::new(path)) || (project.has_artifact() && path == output);
    let tracked = project.files.iter().filter(|file| file.id.is_some() && is_generated(&file.path));
    let mut found: Vec<Finding> = tracked.map(|file| committed(project, &file.path)).collect();
    let entry = normalised_text(&settings.entry);
    let judged = project.has_artifact() && !is_generated(&entry);
    if let Some(text) = project.entry.filter(|_| judged) {
        found.extend(entry_is_more(&entry, &output, text));
    }
    found
}

fn committed(project: &Project<'_>, path: &str) -> Finding {
    let mut edits = vec![Edit::Untrack { path: path.to_owned() }];
    if !(project.is_ignored)(path) {
        edits.push(Edit::Ignore { line: project.ignore_line(path) });
    }
    Finding::of_file(RULE.severity, path, "this file is generated, and is tracked by git")
        .help(format!("`git rm --cached {path}`, and let `.gitignore` name it"))
        .fix(format!("took `{path}` out of the index"), edits)
}

/// A finding if the entry is more than the one line.
fn entry_is_more(entry: &str, output: &str, text: &str) -> Option<Finding> {
    let (statements, first) = statements(text);
    let place = LineIndex::new(entry, text)
        .place(first..text[first..].find('\n').map_or(text.len(), |at| first + at));
    let more = |message: String| {
        Finding::at(RULE.severity, place.clone(), message)
            .help(format!("its one line is `module.exports = require(\"./{output}\");`"))
    };
    let Some(required) = required(&statements) else {
        return Some(more(
            "the entry is more than the line that requires the artifact: it was compiled or edited by hand"
                .to_owned(),
        ));
    };
    let folder =
        Path::new(entry).parent().map_or(String::new(), |folder| folder.to_string_lossy().into_owned());
    let led_to = normalised_text(format!("{folder}/{required}").trim_start_matches('/'));
    // Node takes a folder for its `index.js`, but not for an `index.cjs`.
    let same = led_to == output || output.strip_suffix("/index.js") == Some(&led_to);
    (!same).then(|| more(format!("the entry requires `{required}`, which is not the artifact")))
}

/// The file that `module.exports = require("…")` names, if that is all.
fn required(statements: &str) -> Option<&str> {
    let mut rest = statements.trim();
    for strict in ["\"use strict\"", "'use strict'"] {
        rest = rest
            .strip_prefix(strict)
            .map_or(rest, |rest| rest.trim_start().trim_start_matches(';').trim_start());
    }
    let rest = after(rest, &["module", ".", "exports", "=", "require", "("])?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let (path, rest) = rest[1..].split_once(quote)?;
    let rest = after(rest, &[")"])?;
    rest.trim_matches(|c: char| c == ';' || c.is_whitespace()).is_empty().then_some(path)
}

fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().try_fold(text, |rest, word| Some(rest.trim_start().strip_prefix(word)?.trim_start()))
}

/// The text without comments, and where what is left begins.
fn statements(text: &str) -> (String, usize) {
    let mut kept = String::new();
    let mut first = None;
    let mut at = if text.starts_with("#!") { text.find('\n').unwrap_or(text.len()) } else { 0 };
    at += if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut quote = None;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if quote.is_none() && rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if quote.is_none() && rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        }
        match quote {
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        if !c.is_whitespace() {
            first.get_or_insert(at);
        }
        kept.push(c);
        at += c.len_utf8();
    }
    (kept, first.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::lint::testing::{found, lines};

    const SOURCE: (&str, &str) = ("ecosystems/index.cljs", "(ns index)");

    fn entry(text: &str) -> Vec<String> {
        found(&[SOURCE, (".gitignore", ".clobber/\n"), ("ecosystem.config.cjs", text)])
    }

    #[test]
    fn the_one_line_may_be_written_in_each_usual_way() {
        for text in [
            "module.exports = require(\"./.clobber/index.cjs\");\n",
            "module.exports = require('./.clobber/index.cjs')",
            "#!/usr/bin/env node\n'use strict';\n\nmodule.exports=require( './.clobber/index.cjs' ) ;\r\n",
            "\u{feff}/* PM2 is given\n this file. */ // made by `pm2sync compile`\n\"use strict\"\nmodule.exports = require('./.clobber/index.cjs');",
        ] {
            assert_eq!(entry(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_entry_that_is_more_is_found() {
        for text in [
            "module.exports = {apps: []};",
            "const x = 1;\nmodule.exports = require('./.clobber/index.cjs');",
            "module.exports = require('./.clobber/index.cjs');\nmodule.exports.apps.pop();",
            "module.exports = require('./.clobber');",
            "module.exports = require('./other.cjs');",
            "",
        ] {
            assert_eq!(entry(text), ["generated-committed ecosystem.config.cjs:1:1"], "{text}");
        }
    }

    #[test]
    fn without_sources_the_entry_is_written_by_hand() {
        assert_eq!(found(&[("ecosystem.config.cjs", "module.exports = {apps: []};")]), [""; 0]);
    }

    #[test]
    fn every_generated_file_is_found() {
        let files = [
            SOURCE,
            (".gitignore", ".clobber/\n"),
            (".clobber/x/index.cjs", ""),
            (".clobber/x/map.json", "{}"),
        ];
        expect![[r"
            generated-committed .clobber/x/index.cjs: error: this file is generated, and is tracked by git; `git rm --cached .clobber/x/index.cjs`, and let `.gitignore` name it
            generated-committed .clobber/x/map.json: error: this file is generated, and is tracked by git; `git rm --cached .clobber/x/map.json`, and let `.gitignore` name it
        "]]
        .assert_eq(&lines(&files));
    }
}
