//! A document: text with lines, whatever it is written in.
//! So is a file of code, for the rules that read only its lines.

use crate::text::lines::LineIndex;

/// One document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Relative to the root.
    pub path: String,
    /// Its text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Where its lines begin.
    pub lines: LineIndex,
    /// Whether it is written for people, and is not a file of code.
    pub is_prose: bool,
}

impl Document {
    /// A document of these bytes.
    pub(crate) fn new(path: &str, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        Self { path: path.to_owned(), lines: LineIndex::new(path, &text), text, is_prose: true }
    }

    /// A file of code.
    pub(crate) fn code(path: &str, text: &str) -> Self {
        let lines = LineIndex::new(path, text);
        Self { path: path.to_owned(), lines, text: text.to_owned(), is_prose: false }
    }
}
