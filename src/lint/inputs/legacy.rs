//! The words of the former tools, and where a text still has them.

use std::ops::Range;

use aho_corasick::{AhoCorasick, packed};

use crate::lint::inputs::allow_comments::MARK;
use crate::text::conflict::OPENING;

/// The ending of the files that `pm2-clj` read.
pub(crate) const ENDING: &str = ".pm2.edn";

/// The words that no document says any more, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Legacy {
    words: Vec<String>,
    searcher: Option<AhoCorasick>,
    /// The same words, only to tell whether there is any: for few words, on
    /// machines that can look at many bytes at once.
    any: Option<packed::Searcher>,
}

impl Legacy {
    /// Words that begin with `*` stand for every name with that ending.
    pub(crate) fn new(words: &[String]) -> Self {
        let mut words: Vec<String> = words.iter().filter(|word| !word.is_empty()).cloned().collect();
        if words.iter().any(|word| word.ends_with(ENDING)) {
            words.insert(0, format!("*{ENDING}"));
        }
        let needles: Vec<&str> =
            words.iter().map(|word| word.trim_start_matches('*')).chain([MARK, OPENING]).collect();
        Self { searcher: AhoCorasick::new(&needles).ok(), any: packed::Searcher::new(&needles), words }
    }

    /// Whether a document of these bytes has to be looked at more closely.
    pub(crate) fn may_matter(&self, bytes: &[u8]) -> bool {
        match (&self.any, &self.searcher) {
            (Some(any), _) => any.find(bytes).is_some(),
            (None, Some(searcher)) => searcher.is_match(bytes),
            (None, None) => true,
        }
    }

    /// Every whole word, in order.
    pub(crate) fn find(&self, text: &str) -> Vec<Range<usize>> {
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
    // What Markdown puts round a word is not part of it.
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
}
