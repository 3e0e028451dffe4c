//! What a misspelled word was most likely meant to be: the one search for a
//! "did you mean", with one measure.

/// The candidate that is spelled most like `word`, if any is near: at most a
/// quarter of its letters differ, and one may always. An exchange of neighbours
/// is one difference. Of equally near ones the first of the alphabet is meant.
///
/// A third would be too many: `comment`, `module` and `stages`, which other
/// tools read of an app, would be taken for misspelled options of PM2.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(word, candidates.into_iter().map(|candidate| (candidate, candidate)))
}

/// The same, for things that go by several spellings.
pub(crate) fn nearest_of<S: AsRef<str>, T: Ord>(
    word: &str,
    candidates: impl IntoIterator<Item = (S, T)>,
) -> Option<T> {
    let measured = candidates.into_iter().filter_map(|(spelling, candidate)| {
        let spelling = spelling.as_ref();
        let distance = strsim::damerau_levenshtein(spelling, word);
        (distance <= allowed(spelling)).then_some((distance, candidate))
    });
    measured.min().map(|(_, candidate)| candidate)
}

/// How many differences are still a slip.
fn allowed(candidate: &str) -> usize {
    1.max(candidate.chars().count() / 4)
}

#[cfg(test)]
mod tests {
    use super::{nearest, nearest_of};

    #[test]
    fn a_quarter_of_the_letters_may_differ_and_one_always() {
        for (word, expected) in [
            ("wbe", Some("web")),
            ("wxy", None),
            ("srvices", Some("services")),
            ("on_fialrue", Some("on_failure")),
            ("on_fail", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, ["on_failure", "services", "web"]), expected, "{word}");
        }
    }

    #[test]
    fn the_nearest_is_meant_and_of_equals_the_first_of_the_alphabet() {
        assert_eq!(nearest("abcdef", ["abcdxx", "abcdex"]), Some("abcdex"));
        assert_eq!(nearest("web", ["wec", "wea"]), Some("wea"));
        assert_eq!(nearest("web", []), None);
    }

    #[test]
    fn a_thing_is_found_by_each_of_its_spellings() {
        assert_eq!(nearest_of("excute", [("exec", 1), ("execute", 2)]), Some(2));
    }
}
