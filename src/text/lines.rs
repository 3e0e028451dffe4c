//! From byte offsets to lines and columns, and back to a `Place`.

use std::ops::Range;
use std::sync::Arc;

use crate::text::diagnostic::Place;

/// The line starts of one file, made once and asked often.
#[derive(Clone, Debug)]
pub(crate) struct LineIndex {
    path: Arc<str>,
    text: Arc<str>,
    starts: Vec<usize>,
}

impl LineIndex {
    /// Indexes `text`, which is the content of `path`.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text: text.into(), starts }
    }

    /// The place of a byte range; offsets past the end or inside a character
    /// are moved back to the nearest boundary.
    pub(crate) fn place(&self, bytes: Range<usize>) -> Place {
        let start = self.text.floor_char_boundary(bytes.start);
        let line = self.starts.partition_point(|&at| at <= start).max(1);
        let column = self.text[self.starts[line - 1]..start].chars().count() + 1;
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            path: Arc::clone(&self.path),
            line: narrow(line),
            column: narrow(column),
            start: narrow(start),
            end: narrow(bytes.end.min(self.text.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn columns_count_unicode_scalars() {
        let index = LineIndex::new("a.cljs", "(def ä 1)\n  (дом x)\n");
        assert_eq!(index.place(7..8).to_string(), "a.cljs:1:7");
        assert_eq!(index.place(13..14).to_string(), "a.cljs:2:3");
        assert_eq!(index.place(20..21).to_string(), "a.cljs:2:7");
    }

    #[test]
    fn a_range_past_the_end_is_the_last_place() {
        let index = LineIndex::new("a.cljs", "ab");
        assert_eq!(index.place(9..12).to_string(), "a.cljs:1:3");
        assert_eq!(LineIndex::new("e", "").place(0..0).to_string(), "e:1:1");
    }
}
