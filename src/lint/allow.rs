//! `unused-allow`: a comment that silences nothing.
//!
//! `pm2sync: allow(rule) reason` in a comment silences a rule on the line of
//! the comment or, where the comment stands alone, on the line below it. The
//! reason is required: without one the comment does not count. A comment that
//! silences nothing is out of date, names no rule, or stands on the wrong
//! line; each of these hides what the next reader should know.
//!
//! Comments begin with `;` in ClojureScript, with `//` in JavaScript, and are
//! `<!-- … -->` in Markdown.

use std::ops::Range;

use crate::core::finding::Finding;
use crate::lint::document::Document;
use crate::lint::source::Source;
use crate::lint::{Check, Example, Rule, find, rules};
use crate::text::diagnostic::{Place, Severity};
use crate::text::lines::LineIndex;

/// What begins such a comment.
pub const MARK: &str = "pm2sync: allow(";

const BAD: Example = &[(
    "README.md",
    "<!-- pm2sync: allow(legacy-reference) it was the old way -->\nDefinitions live in `ecosystems/`.\n",
)];
const GOOD: Example = &[("README.md", "Definitions live in `ecosystems/`.\n")];

/// The rule.
pub static RULE: Rule = Rule {
    id: "unused-allow",
    severity: Severity::Warning,
    file: include_str!("allow.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Allow,
};

/// A text in which comments may stand.
#[derive(Debug)]
pub struct Commented<'a> {
    path: &'a str,
    text: &'a str,
    /// What begins a comment and what ends it, where that is not the line's end.
    comment: (&'static str, Option<&'static str>),
}

impl<'a> Commented<'a> {
    /// A document: Markdown, or a text whose comments begin with `#`.
    pub fn document(document: &'a Document) -> Self {
        let path = &document.path;
        let comment = match path.rsplit('.').next() {
            Some("md" | "markdown" | "mdx" | "html" | "htm") => ("<!--", Some("-->")),
            Some("cljs" | "cljc" | "clj" | "edn") => (";", None),
            _ => ("#", None),
        };
        Self { path, text: &document.text, comment }
    }

    /// A file of forms.
    pub fn source(source: &'a Source) -> Self {
        Self { path: &source.path, text: &source.text, comment: (";", None) }
    }

    /// A file of JavaScript.
    pub fn entry(path: &'a str, text: &'a str) -> Self {
        Self { path, text, comment: ("//", None) }
    }
}

/// One comment.
struct Allow<'a> {
    ids: Vec<&'a str>,
    reason: &'a str,
    bytes: Range<usize>,
    /// Its own line, 1-based, and the line it is about.
    line: usize,
    target: usize,
    /// Whether it stands where documents show code: there it may be an example.
    shown: bool,
}

/// The findings that no comment silences, and those about the comments. `ran`
/// says which rules had a look at the file.
pub fn silence(
    file: &Commented<'_>,
    ran: &dyn Fn(&Rule) -> bool,
    mut findings: Vec<Finding>,
) -> Vec<Finding> {
    if !file.text.contains(MARK) {
        return findings;
    }
    let lines = LineIndex::new(file.path, file.text);
    let mut about = Vec::new();
    for allow in allows(file) {
        let place = lines.place(allow.bytes.clone());
        let mut used = false;
        for id in &allow.ids {
            let before = findings.len();
            if !allow.reason.is_empty() {
                findings.retain(|finding| !(finding.rule == *id && is_meant(file, &allow, finding)));
            }
            used |= findings.len() < before;
            about.extend(complaint(id, &allow, &place, findings.len() < before, ran));
        }
        if allow.shown && !used {
            about.retain(|finding: &Finding| finding.place.as_ref() != Some(&place));
        }
    }
    findings.extend(about.into_iter().map(|finding| Finding { rule: RULE.id, ..finding }));
    findings
}

fn is_meant(file: &Commented<'_>, allow: &Allow<'_>, finding: &Finding) -> bool {
    let line = finding.line().map(|line| line as usize);
    finding.path == file.path && (line == Some(allow.target) || line == Some(allow.line))
}

fn complaint(
    id: &str,
    allow: &Allow<'_>,
    place: &Place,
    used: bool,
    ran: &dyn Fn(&Rule) -> bool,
) -> Option<Finding> {
    let found = |message: String| Finding::at(RULE.severity, place.clone(), message);
    let Some(rule) = find(id) else {
        let near = rules::nearest(id).map(|near| format!("did you mean `{near}`?"));
        let unknown = found(format!("there is no rule `{id}`"));
        return Some(match near {
            Some(near) => unknown.help(near),
            None => unknown,
        });
    };
    if allow.reason.is_empty() {
        let help = format!("write why, after the bracket: `{MARK}{id}) …`");
        return Some(found(format!("`allow({id})` gives no reason, so it does not count")).help(help));
    }
    (!used && ran(rule)).then(|| found(format!("`allow({id})` silences nothing")).help("delete the comment"))
}

fn allows<'a>(file: &Commented<'a>) -> Vec<Allow<'a>> {
    let (begin, end) = file.comment;
    let mut found: Vec<Allow<'a>> = Vec::new();
    let mut start = 0;
    let mut fenced = false;
    for (at, line) in file.text.split_inclusive('\n').enumerate() {
        let number = at + 1;
        let trimmed = line.trim_start();
        let fence = end.is_some() && (trimmed.starts_with("```") || trimmed.starts_with("~~~"));
        fenced ^= fence;
        let stands_in_code = |at: usize| begin == ";" && !is_comment(file.text, start + at);
        if let Some(mut allow) = allow(line, begin, end).filter(|allow| !stands_in_code(allow.bytes.start)) {
            let alone =
                line[..allow.bytes.start].trim().is_empty() && line[allow.bytes.end..].trim().is_empty();
            let quoted = end.is_some() && line[..allow.bytes.start].matches('`').count() % 2 == 1;
            allow.bytes = start + allow.bytes.start..start + allow.bytes.end;
            allow.line = number;
            allow.target = if alone { number + 1 } else { number };
            allow.shown = end.is_some() && (fenced || quoted);
            found.push(allow);
        }
        start += line.len();
    }
    // Comments above each other are all about the first line below them.
    for at in (1..found.len()).rev() {
        if found[at - 1].target == found[at].line && found[at].target > found[at].line {
            found[at - 1].target = found[at].target;
        }
    }
    found
}

/// Whether the byte of a file of forms lies in a comment, and not in a string.
fn is_comment(text: &str, wanted: usize) -> bool {
    let (mut string, mut comment) = (false, false);
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\n' => comment = false,
            _ if comment => {}
            // In a string an escape, outside of one a character.
            b'\\' => drop(bytes.next()),
            b'"' => string = !string,
            b';' => comment = !string,
            _ => {}
        }
        if at >= wanted {
            return comment;
        }
    }
    comment
}

/// The comment of a line; its bytes count from the line's start.
fn allow<'a>(line: &'a str, begin: &str, end: Option<&str>) -> Option<Allow<'a>> {
    let mark = line.find(MARK)?;
    let mut start = line[..mark].rfind(begin)?;
    if !line[start + begin.len()..mark].trim().is_empty() {
        return None;
    }
    while line[..start].ends_with(begin) {
        start -= begin.len();
    }
    let inside = &line[mark + MARK.len()..];
    let close = inside.find(')')?;
    let rest = &inside[close + 1..];
    let (reason, stop) = match end {
        Some(end) => rest.find(end).map_or((rest, rest.len()), |at| (&rest[..at], at + end.len())),
        None => (rest, rest.trim_end().len()),
    };
    let ids = inside[..close].split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    let bytes = start..mark + MARK.len() + close + 1 + stop;
    Some(Allow { ids, reason: reason.trim(), bytes, line: 0, target: 0, shown: false })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::lint::testing::{found, lines};

    #[test]
    fn a_comment_silences_its_line_or_the_one_below() {
        let text = "<!-- pm2sync: allow(legacy-reference) history -->\nOnce pm2-clj was used.\n\
                    Then pm2-clj went. <!-- pm2sync: allow(legacy-reference) history -->\n\
                    Now pm2-clj is gone.\n";
        assert_eq!(found(&[("a.md", text)]), ["legacy-reference a.md:4:5"]);
    }

    #[test]
    fn comments_above_each_other_are_about_the_same_line() {
        let text = "(ns a (:require [clobber.macro :refer [defapp]]))\n\
                    ;; pm2sync: allow(absolute-path) the machine's own\n\
                    ;; pm2sync: allow(unknown-option) kept for a tool\n\
                    (defapp \"a\" {:script \"/home/me/a.js\" :max-restarts 1})\n";
        assert_eq!(found(&[("ecosystems/a.cljs", text)]), [""; 0]);
    }

    #[test]
    fn what_does_not_count_is_said() {
        let text = "pm2-clj <!-- pm2sync: allow(legacy-reference) -->\n\
                    <!-- pm2sync: allow(legacy-referense) typo -->\n\
                    <!-- pm2sync: allow(legacy-reference, syntax) why -->\n\n\
                    ```\n<!-- pm2sync: allow(legacy-reference) as an example -->\n```\n\
                    `<!-- pm2sync: allow(rule) reason -->` silences one line.\n";
        expect![[r"
            legacy-reference a.md:1:1: error: this names `pm2-clj`, which is gone; definitions live in `ecosystems/*.cljs`, and PM2 is given `ecosystem.config.cjs`
            unused-allow a.md:1:9: warning: `allow(legacy-reference)` gives no reason, so it does not count; write why, after the bracket: `pm2sync: allow(legacy-reference) …`
            unused-allow a.md:2:1: warning: there is no rule `legacy-referense`; did you mean `legacy-reference`?
            unused-allow a.md:3:1: warning: `allow(legacy-reference)` silences nothing; delete the comment
        "]]
        .assert_eq(&lines(&[("a.md", text)]));
    }
}
