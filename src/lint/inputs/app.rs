//! One app as the rules read it: its options, the diagnostics of the
//! core, and the places of its keys.

use std::collections::BTreeSet;

use crate::core::definition::Definition;
use crate::core::definition::canonical::diagnose;
use crate::core::definition::raw_app::{AppDiagnostic, DiagnosticKind, RawApp};
use crate::text::diagnostic::Diagnostic;

/// One app.
#[derive(Clone, Debug)]
pub(crate) struct App {
    /// Its options, and where they are written.
    pub raw: RawApp,
    /// Its name, canonical.
    pub name: String,
    /// The canonical definition.
    pub definition: Definition,
    /// What PM2 would refuse or misread of it.
    diagnostics: Vec<AppDiagnostic>,
    /// Keys whose values are not known.
    pub unknown: BTreeSet<String>,
}

impl App {
    /// An app whose values may be unknown; then nothing is said about them.
    pub(crate) fn new(raw: RawApp, unknown: BTreeSet<String>) -> Self {
        let (definition, diagnostics) = diagnose(&raw);
        let says = |found: &AppDiagnostic| match &found.key {
            Some(key) => found.kind == DiagnosticKind::UnknownOption || !unknown.contains(key),
            None => unknown.is_empty(),
        };
        let diagnostics = diagnostics.into_iter().filter(says).collect();
        Self { name: definition.name().to_owned(), definition, raw, diagnostics, unknown }
    }

    /// The diagnostics of one kind.
    pub(crate) fn diagnostics_of(&self, kind: DiagnosticKind) -> impl Iterator<Item = &AppDiagnostic> {
        self.diagnostics.iter().filter(move |found| found.kind == kind)
    }

    /// What is said about the app, with its name where no place tells which.
    pub(crate) fn about(&self, said: &Diagnostic) -> Diagnostic {
        match &said.place {
            Some(_) => said.clone(),
            None => Diagnostic { message: format!("app `{}`: {}", self.name, said.message), ..said.clone() },
        }
    }
}
