//! A document: text with lines, whatever it is written in.

use crate::text::lines::LineIndex;

/// One document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Relative to the root.
    pub path: String,
    /// Its text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Where its lines begin.
    pub lines: LineIndex,
}

impl Document {
    /// A document of these bytes.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        Self { path: path.to_owned(), lines: LineIndex::new(path, &text), text }
    }
}
