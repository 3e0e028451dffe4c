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

use std::ops::Range;

use aho_corasick::{AhoCorasick, packed};

use crate::core::finding::{Edit, Finding};
use crate::lint::allow::MARK;
use crate::lint::document::Document;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule};
use crate::text::conflict::OPENING;
use crate::text::diagnostic::Severity;

const BAD: Example = &[("README.md", "Edit `ecosystem.pm2.edn`, then run `pm2 start ecosystem.pm2.edn`.\n")];
const GOOD: Example =
    &[("README.md", "Edit `ecosystems/*.cljs`, then run `pm2 start ecosystem.config.cjs`.\n")];

/// The rule.
pub static RULE: Rule = Rule {
    id: "legacy-reference",
    severity: Severity::Error,
    file: include_str!("legacy_reference.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Document(check),
};

/// The ending of the files that `pm2-clj` read.
pub(super) const ENDING: &str = ".pm2.edn";

/// The commands of PM2 that take a file.
const COMMANDS: &[&str] =
    &["start", "restart", "reload", "startOrRestart", "startOrReload", "startOrGracefulReload"];

/// The file that the entry took the place of. Any other held some apps of many.
const PREDECESSOR: &str = "ecosystem.pm2.edn";

/// The words that no document says any more, ready to be looked for.
#[derive(Debug)]
pub struct Legacy {
    words: Vec<String>,
    searcher: Option<AhoCorasick>,
    /// The same words, only to tell whether there is any: for few words, on
    /// machines that can look at many bytes at once.
    any: Option<packed::Searcher>,
}

impl Legacy {
    /// Words that begin with `*` stand for every name with that ending.
    pub fn new(words: &[String]) -> Self {
        let mut words: Vec<String> = words.iter().filter(|word| !word.is_empty()).cloned().collect();
        if words.iter().any(|word| word.ends_with(ENDING)) {
            words.insert(0, format!("*{ENDING}"));
        }
        let needles: Vec<&str> =
            words.iter().map(|word| word.trim_start_matches('*')).chain([MARK, OPENING]).collect();
        Self { searcher: AhoCorasick::new(&needles).ok(), any: packed::Searcher::new(&needles), words }
    }

    /// Whether a document of these bytes has to be looked at more closely.
    pub fn may_matter(&self, bytes: &[u8]) -> bool {
        match (&self.any, &self.searcher) {
            (Some(any), _) => any.find(bytes).is_some(),
            (None, Some(searcher)) => searcher.is_match(bytes),
            (None, None) => true,
        }
    }

    /// Every whole word, in order.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let matches = self.searcher.iter().flat_map(|searcher| searcher.find_overlapping_iter(text));
        for one in matches {
            let Some(word) = self.words.get(one.pattern().as_usize()) else { continue };
            let start = if word.starts_with('*') { name_start(text, one.start()) } else { one.start() };
            if is_whole(text, start..one.end()) {
                found.push(start..one.end());
            }
        }
        found.sort_by_key(|range| (range.start, usize::MAX - range.end));
        // Of words within words the longest is meant.
        let mut end = 0;
        found.retain(|range| {
            range.start >= end && {
                end = range.end;
                true
            }
        });
        found
    }
}

/// Where the file name begins that ends here.
fn name_start(text: &str, end: usize) -> usize {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '*');
    let start = text[..end]
        .rfind(|c| !part(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    // What Markdown puts round a word is no part of it.
    start + text[start..end].len()
        - text[start..end].trim_start_matches("**").trim_start_matches(['_', '-', '.']).len()
}

fn is_whole(text: &str, word: Range<usize>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '-';
    let before = text[..word.start].trim_end_matches('_').chars().next_back();
    let after = text[word.end..].trim_start_matches('_').chars().next();
    // A dash at the end of a word is a dash of the sentence.
    let dash = text[word.end..].starts_with('-') && !text[word.end + 1..].starts_with(char::is_alphanumeric);
    // A dot ends a sentence, or goes on with a longer name.
    let goes_on =
        text[word.end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    !before.is_some_and(joins) && !goes_on && (dash || !after.is_some_and(joins))
}

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
    use super::Legacy;
    use crate::core::settings::Settings;

    fn words(text: &str) -> Vec<&str> {
        let legacy = Legacy::new(&Settings::default().check.legacy);
        legacy.find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn whole_words_are_found_in_prose_code_and_links() {
        let text =
            "pm2-clj, `pm2-clj` **pm2-clj** _pm2-clj_ (pm2-clj) pm2-clj. @x/pm2-clj pm2-clj — é pm2-clj\n";
        assert_eq!(words(text).len(), 9);
        let files = "ecosystem.pm2.edn ./ecosystem.pm2.edn [x](docs/ecosystem.pm2.edn#a) web.pm2.edn *.pm2.edn **ecosystem.pm2.edn**";
        assert_eq!(
            words(files),
            [
                "ecosystem.pm2.edn",
                "ecosystem.pm2.edn",
                "ecosystem.pm2.edn",
                "web.pm2.edn",
                "*.pm2.edn",
                "ecosystem.pm2.edn"
            ]
        );
    }

    #[test]
    fn parts_of_words_are_not_found() {
        for text in [
            "pm2-cljs",
            "my-pm2-clj",
            "pm2-clj-tools",
            "xpm2-clj",
            "ecosystem.pm2.ednx",
            "ünpm2-cljé",
            "ecosystem.edn",
        ] {
            assert_eq!(words(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn no_words_find_nothing() {
        assert!(Legacy::new(&[]).find("pm2-clj ecosystem.pm2.edn").is_empty());
    }

    #[test]
    fn columns_count_characters() {
        let found = crate::lint::testing::found(&[("a.md", "ok\nДом — ecosystem.pm2.edn, pm2-clj\n")]);
        assert_eq!(found, ["legacy-reference a.md:2:7", "legacy-reference a.md:2:26"]);
    }
}
