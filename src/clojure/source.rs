//! The files of a program, and spots in them: small enough to ride on every
//! node and map entry, turned into places only when somebody asks.

use crate::text::diagnostic::Place;
use crate::text::lines::LineIndex;

use crate::clojure::form::Span;

/// A range of bytes in one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    file: u32,
    span: Span,
}

struct Source {
    lines: LineIndex,
    /// Whether it is one of ours: never shown to people.
    builtin: bool,
}

#[derive(Default)]
pub(crate) struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns its number.
    pub(crate) fn add(&mut self, path: &str, text: &str, builtin: bool) -> u32 {
        self.all.push(Source { lines: LineIndex::new(path, text), builtin });
        u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn spot(file: u32, span: Span) -> Spot {
        Spot { file, span }
    }

    pub(crate) fn is_builtin(&self, spot: Spot) -> bool {
        self.get(spot).is_none_or(|source| source.builtin)
    }

    /// The place of a spot, when it is in a file of the user's.
    pub(crate) fn place(&self, spot: Spot) -> Option<Place> {
        let source = self.get(spot).filter(|source| !source.builtin)?;
        Some(source.lines.place(spot.span.start as usize..spot.span.end as usize))
    }

    fn get(&self, spot: Spot) -> Option<&Source> {
        self.all.get(spot.file as usize)
    }
}
