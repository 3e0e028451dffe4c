//! The comments that silence rules, `pm2sync: allow(rule) reason`, in each
//! kind of file: which line they are about, what they name, and why.

use std::ops::Range;

use crate::lint::inputs::document::Document;
use crate::lint::inputs::source::Source;
use crate::text::lines::LineIndex;

/// What begins such a comment.
pub(crate) const MARK: &str = "pm2sync: allow(";

/// A text in which comments may stand.
#[derive(Debug)]
pub(crate) struct Commented<'a> {
    /// Relative to the root.
    pub path: &'a str,
    /// All of it.
    pub text: &'a str,
    /// What begins a comment and what ends it, where that is not the line's end.
    signs: (&'static str, Option<&'static str>),
}

/// One comment.
#[derive(Debug)]
pub(crate) struct AllowComment<'a> {
    /// The rules that it names.
    pub rules: Vec<Named<'a>>,
    /// Why; without a reason the comment does not count.
    pub reason: &'a str,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// Its own line, 1-based.
    pub line: usize,
    /// The line that it is about, 1-based.
    pub target: usize,
    /// Whether it stands where documents show code: there it may be an example.
    pub shown: bool,
}

/// A rule as a comment names it.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    /// What is written.
    pub id: &'a str,
    /// Whether it silenced a finding.
    pub silenced: bool,
}

/// What the comments of a file came to.
#[derive(Debug)]
pub(crate) struct Outcome<'a> {
    /// The comments, in order.
    pub comments: Vec<AllowComment<'a>>,
    /// Where the lines of the file begin.
    pub lines: LineIndex,
    /// The id of every rule, and whether it read the file.
    pub rules: Vec<(&'static str, bool)>,
}

impl<'a> Commented<'a> {
    /// A document: Markdown, or a text whose comments begin with `#`.
    pub(crate) fn document(document: &'a Document) -> Self {
        let path = &document.path;
        let signs = match path.rsplit('.').next() {
            Some("md" | "markdown" | "mdx" | "html" | "htm") => ("<!--", Some("-->")),
            Some("cljs" | "cljc" | "clj" | "edn") => (";", None),
            _ => ("#", None),
        };
        Self { path, text: &document.text, signs }
    }

    /// A file of forms.
    pub(crate) fn source(source: &'a Source) -> Self {
        Self { path: &source.path, text: &source.text, signs: (";", None) }
    }

    /// A file of JavaScript.
    pub(crate) fn entry(path: &'a str, text: &'a str) -> Self {
        Self { path, text, signs: ("//", None) }
    }

    /// Every comment that silences, in order.
    pub(crate) fn comments(&self) -> Vec<AllowComment<'a>> {
        let (begin, end) = self.signs;
        let mut found: Vec<AllowComment<'a>> = Vec::new();
        let mut start = 0;
        let mut fenced = false;
        for (at, line) in self.text.split_inclusive('\n').enumerate() {
            let number = at + 1;
            let trimmed = line.trim_start();
            let fence = end.is_some() && (trimmed.starts_with("```") || trimmed.starts_with("~~~"));
            fenced ^= fence;
            let stands_in_code = |at: usize| begin == ";" && !is_comment(self.text, start + at);
            if let Some(mut allow) =
                comment(line, begin, end).filter(|allow| !stands_in_code(allow.bytes.start))
            {
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
fn comment<'a>(line: &'a str, begin: &str, end: Option<&str>) -> Option<AllowComment<'a>> {
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
    let ids = inside[..close].split(',').map(str::trim).filter(|id| !id.is_empty());
    let rules = ids.map(|id| Named { id, silenced: false }).collect();
    let bytes = start..mark + MARK.len() + close + 1 + stop;
    Some(AllowComment { rules, reason: reason.trim(), bytes, line: 0, target: 0, shown: false })
}
