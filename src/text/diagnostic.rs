//! What is said about a user's text: a message, how grave it is, where it
//! stands and what to do. Parsing returns these beside its value.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the workspace, as it is shown to people.
    pub path: Arc<str>,
    /// 1-based.
    pub line: u32,
    /// 1-based, in Unicode scalars.
    pub column: u32,
    /// The bytes of the file that are meant, for carets.
    pub start: u32,
    /// End of those bytes, exclusive.
    pub end: u32,
}

impl Place {
    /// The byte range in the file.
    pub fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Note,
    /// Works, but hardly as meant.
    Warning,
    /// Cannot be used.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One message about a user's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// Lower case, names in backticks, no full stop.
    pub message: String,
    /// Where, when it stands in a file.
    pub place: Option<Place>,
    /// The next step, apart from the message.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with its message, to which a place and help may be added.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A warning with its message.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self { severity, message: message.into(), place: None, help: None }
    }

    /// The same, standing at `place`.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// The same, with the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}
