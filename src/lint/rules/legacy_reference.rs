//! `legacy-reference`: a document sends people to what is gone.
//!
//! Whoever follows it edits a file that nothing reads. Every occurrence counts,
//! in prose, code and links, as a whole word: the words of `[check] legacy`,
//! and with `ecosystem.pm2.edn` every other `*.pm2.edn`. Pages of history say so
//! in a comment: `<!-- pm2sync: allow(legacy-reference) reason -->`.
//!
//! The fix replaces `ecosystem.pm2.edn` by the entry, which is what PM2 is given
//! now, in a line that is nothing but a `pm2` command; elsewhere it takes a
//! reader to tell what was meant.
//!
//! Found:
//!
//! `README.md`
//!
//! ````markdown
//! Edit `ecosystem.pm2.edn`, then run `pm2 start ecosystem.pm2.edn`.
//!       ^^^^^^^^^^^^^^^^^ error: this names `ecosystem.pm2.edn`, which is gone
//!                                               ^^^^^^^^^^^^^^^^^ error: this names `ecosystem.pm2.edn`, which is gone
//! ````
//!
//! Not found:
//!
//! `README.md`
//!
//! ````markdown
//! Edit `ecosystems/*.cljs`, then run `pm2 start ecosystem.config.cjs`.
//! ````

use crate::core::finding::{Edit, Finding};
use crate::lint::inputs::document::Document;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "legacy-reference",
    severity: Severity::Error,
    file: include_str!("legacy_reference.rs"),
    check: Check::Document(check),
};

/// The commands of PM2 that take a file.
const COMMANDS: &[&str] =
    &["start", "restart", "reload", "startOrRestart", "startOrReload", "startOrGracefulReload"];

/// The file that the entry took the place of. Any other held some apps of many.
const PREDECESSOR: &str = "ecosystem.pm2.edn";

fn check(project: &Project<'_>, document: &Document) -> Vec<Finding> {
    let entry = &project.settings.entry;
    let sources = project.settings.sources.join("`, `");
    let mut found = Vec::new();
    for bytes in project.legacy.find(&document.text) {
        let word = &document.text[bytes.clone()];
        let place = document.lines.place(bytes.clone());
        let finding = Finding::at(RULE.severity, place, format!("this names `{word}`, which is gone"))
            .help(format!("definitions live in `{sources}`, and PM2 is given `{entry}`"));
        let certain = word == PREDECESSOR
            && project.files.get(entry).is_some()
            && is_argument(&document.text, bytes.start);
        let edit =
            || Edit::Replace { path: document.path.clone(), bytes: bytes.clone(), text: entry.clone() };
        found.push(if certain {
            finding.fix(format!("`{word}` is now `{entry}`"), vec![edit()])
        } else {
            finding
        });
    }
    found
}

/// Whether what begins here is the file that a command of PM2 is given.
fn is_argument(text: &str, start: usize) -> bool {
    let line = text[..start].rsplit('\n').next().unwrap_or_default();
    let before = line.strip_suffix("./").unwrap_or(line);
    let mut words =
        before.split(|c: char| c.is_whitespace() || c == '`').rev().filter(|word| !word.is_empty());
    before.ends_with(' ')
        && words.next().is_some_and(|word| COMMANDS.contains(&word))
        && words.next() == Some("pm2")
        && words.all(|word| matches!(word, "$" | "npx"))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[test]
    fn columns_count_characters() {
        let found = found(&[("a.md", "ok\nДом — ecosystem.pm2.edn, pm2-clj\n")]);
        assert_eq!(found, ["legacy-reference a.md:2:7", "legacy-reference a.md:2:26"]);
    }
}
