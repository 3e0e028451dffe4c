//! Text in columns of a terminal, where a character can take two of them or
//! none: how wide it is, padded, broken into lines, or with its middle left out.

use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What stands for what was left out.
const ELLIPSIS: &str = "…";

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text, and spaces up to so many columns.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text as it is, or with its middle left out where it takes more columns:
/// names differ at their ends as often as at their beginnings.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ELLIPSIS));
    let tail = last(text, room / 2);
    format!("{}{ELLIPSIS}{tail}", first(text, room - width(tail)))
}

/// The beginning of a text that takes no more than so many columns.
pub(crate) fn first(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(at, char)| at + char.len_utf8());
    let end = ends.take_while(|&end| width(&text[..end]) <= columns).last().unwrap_or_default();
    &text[..end]
}

/// The end of a text that takes no more than so many columns. It does not begin
/// with a mark that belongs to what comes before.
fn last(text: &str, columns: usize) -> &str {
    let starts = text.char_indices().rev();
    let starts = starts.take_while(|&(start, _)| width(&text[start..]) <= columns);
    let start = starts.filter(|(_, char)| char.width().unwrap_or_default() > 0).last();
    &text[start.map_or(text.len(), |(start, _)| start)..]
}

/// The text in lines of at most so many columns, broken at spaces, and within a
/// word only where it is longer than a line.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let options = Options::new(columns)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::{padded, shortened, width, wrapped};

    #[test]
    fn a_column_is_as_wide_as_a_terminal_shows_it() {
        for name in ["web", "网站服务", "e\u{301}te\u{301}", "🚀 rocket", "👩\u{200d}💻"] {
            assert_eq!(width(&padded(name, 12)), 12, "{name}");
        }
        assert_eq!(padded("网站", 6), "网站  ");
        assert_eq!(padded("too long", 3), "too long");
    }

    #[test]
    fn a_name_that_is_too_long_keeps_its_beginning_and_its_end() {
        assert_eq!(shortened("web", 5), "web");
        assert_eq!(shortened("production-web-7", 9), "prod…eb-7");
        assert_eq!(shortened("网站服务网站服务七", 9), "网站…务七");
        // A mark is not torn from its letter.
        assert_eq!(shortened("abcdefe\u{301}", 3), "a…e\u{301}");
        for columns in 1..20 {
            let short = shortened(
                "🚀🚀🚀 e\u{301}e\u{301}e\u{301} 网站 👩\u{200d}💻👩\u{200d}💻👩\u{200d}💻",
                columns,
            );
            assert!(width(&short) <= columns, "{short} in {columns}");
        }
    }

    #[test]
    fn lines_are_broken_at_spaces_and_else_only_where_they_must() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("网站 服务 七", 5), ["网站", "服务", "七"]);
        assert_eq!(wrapped("a /path/to/a/folder", 8), ["a", "/path/to", "/a/folde", "r"]);
        assert_eq!(wrapped("", 8), [""]);
    }
}
