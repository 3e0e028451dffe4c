//! What a rule finds: where, what is wrong, what to do, and the fix where one is
//! certain.

use std::ops::Range;

use crate::text::diagnostic::{Diagnostic, Place, Severity};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// The file it is about, relative to the root.
    pub path: String,
    /// Where in the file, if it is about a place in it.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
    /// The fix, where one is certain.
    pub fix: Option<Fix>,
}

/// A change that fixes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fix {
    /// What is done, for the line that reports it.
    pub what: String,
    /// How it is done.
    pub edits: Vec<Edit>,
}

/// One step of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Other text for some bytes of a file.
    Replace {
        /// The file.
        path: String,
        /// The bytes.
        bytes: Range<usize>,
        /// What stands there afterwards.
        text: String,
    },
    /// `git rm --cached`
    Untrack {
        /// The file, which stays on disk.
        path: String,
    },
    /// A line at the end of `.gitignore`.
    Ignore {
        /// The pattern.
        line: String,
    },
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn of_file(severity: Severity, path: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { rule: "", severity, path: path.to_owned(), place: None, message, help: None, fix: None }
    }

    /// A finding about a place.
    pub(crate) fn at(severity: Severity, place: Place, message: impl Into<String>) -> Self {
        let path = place.path.to_string();
        Self { place: Some(place), ..Self::of_file(severity, &path, message) }
    }

    /// A diagnostic of a parser or the core as a finding; `fallback` is the file where
    /// it names none.
    pub(crate) fn said(severity: Severity, said: &Diagnostic, fallback: &str) -> Self {
        let found = match &said.place {
            Some(place) => Self::at(severity, place.clone(), &said.message),
            None => Self::of_file(severity, fallback, &said.message),
        };
        Self { help: said.help.clone(), ..found }
    }

    /// The same, with the next step.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, with a fix.
    #[must_use]
    pub(crate) fn fix(mut self, what: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { what: what.into(), edits });
        self
    }

    /// Its line, 1-based, where it has a place.
    pub(crate) fn line(&self) -> Option<u32> {
        self.place.as_ref().map(|place| place.line)
    }
}

/// The description of a rule, for reports.
#[derive(Clone, Debug)]
pub(crate) struct RulePage {
    /// Its id.
    pub id: &'static str,
    /// The severity of its findings.
    pub severity: Severity,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// Its manual page, as Markdown.
    pub text: String,
}
