//! The marks that git leaves in a file where two sides have changed the same
//! lines: which of them are left, and what is said of them.

use std::ops::Range;

use crate::text::diagnostic::Diagnostic;
use crate::text::lines::LineIndex;

/// What opens a conflict; a text without it, and without the others, has none.
pub(crate) const OPENING: &str = "<<<<<<<";
const MIDDLE: &str = "=======";
const CLOSING: &str = ">>>>>>>";

/// A conflict that is left in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The line of its first mark.
    pub bytes: Range<usize>,
    /// Whether all three marks are there, in order; else this is one of them.
    pub is_whole: bool,
}

/// Every conflict, in order.
pub(crate) fn conflicts(text: &str) -> Vec<Conflict> {
    let mut found = Vec::new();
    // The marks of a conflict that is not closed yet.
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bytes = start..start + line.trim_end().len();
        start += line.len();
        match mark(line) {
            Some(OPENING) => {
                found.append(&mut single(&mut open));
                open.push(bytes);
            }
            // A second one belongs to the text of one side.
            Some(MIDDLE) if !open.is_empty() => open.push(bytes),
            Some(CLOSING) if open.len() > 1 => {
                found.push(Conflict { bytes: open[0].clone(), is_whole: true });
                open.clear();
            }
            Some(_) => {
                found.append(&mut single(&mut open));
                found.push(Conflict { bytes, is_whole: false });
            }
            None => {}
        }
    }
    found.append(&mut single(&mut open));
    found
}

/// What is said of each, where the text is of code: there a single mark is one
/// that was forgotten.
pub(crate) fn left_in(path: &str, text: &str) -> Vec<Diagnostic> {
    let conflicts = conflicts(text);
    if conflicts.is_empty() {
        return Vec::new();
    }
    let lines = LineIndex::new(path, text);
    conflicts.iter().map(|conflict| said(conflict, &lines)).collect()
}

/// The errors of a text, or in their place the conflicts in it, from which they
/// follow.
pub(crate) fn rather_than(errors: Vec<Diagnostic>, path: &str, text: &str) -> Vec<Diagnostic> {
    let left = left_in(path, text);
    if left.is_empty() { errors } else { left }
}

/// What is said of one.
pub(crate) fn said(conflict: &Conflict, lines: &LineIndex) -> Diagnostic {
    let said = if conflict.is_whole {
        Diagnostic::error("git has left a conflict here, which is not resolved")
            .help("resolve it, and `git add` the file")
    } else {
        Diagnostic::error("a mark of a conflict was left here").help("delete the line, and look around it")
    };
    said.at(Some(lines.place(conflict.bytes.clone())))
}

/// The mark that a line is: seven of a kind, and nothing more or a space.
fn mark(line: &str) -> Option<&'static str> {
    let is = |mark: &&&str| {
        let rest = line.strip_prefix(**mark);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    };
    [OPENING, MIDDLE, CLOSING].iter().find(is).copied()
}

fn single(open: &mut Vec<Range<usize>>) -> Vec<Conflict> {
    open.drain(..).map(|bytes| Conflict { bytes, is_whole: false }).collect()
}

#[cfg(test)]
mod tests {
    use super::{conflicts, left_in};

    fn found(text: &str) -> Vec<(usize, bool)> {
        conflicts(text).iter().map(|conflict| (conflict.bytes.start, conflict.is_whole)).collect()
    }

    #[test]
    fn the_three_marks_in_order_are_one_conflict() {
        let two_sides = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\n";
        let with_base = "<<<<<<< HEAD\r\nb\r\n||||||| base\r\n=======\r\n>>>>>>> topic\r\n";
        assert_eq!(found(two_sides), [(2, true)]);
        assert_eq!(found(with_base), [(0, true)]);
        assert_eq!(found(&two_sides.repeat(2)), [(2, true), (2 + two_sides.len(), true)]);
        assert_eq!(found("<<<<<<< HEAD\nTitle\n=======\n=======\n>>>>>>> x"), [(0, true)]);
    }

    #[test]
    fn a_mark_alone_is_one_too_but_not_a_whole_conflict() {
        assert_eq!(found("a\n=======\nb\n>>>>>>> topic\n"), [(2, false), (12, false)]);
        assert_eq!(found("<<<<<<< HEAD\n"), [(0, false)]);
        assert_eq!(found("<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n"), [(0, false), (10, true)]);
    }

    #[test]
    fn what_only_looks_like_a_mark_is_not_one() {
        for text in
            ["", " <<<<<<< HEAD", "========\n", "<<<<<<<HEAD\n", "x =======\n", "======\n", ">>>>>>>>\n"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_conflict_is_said_with_its_place_and_the_next_step() {
        let said = left_in("a.cljs", "(ns a)\n<<<<<<< HEAD\n=======\n>>>>>>> x\n");
        assert_eq!(
            said.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "a.cljs:2:1: git has left a conflict here, which is not resolved; resolve it, and `git add` the file"
            ]
        );
    }
}
