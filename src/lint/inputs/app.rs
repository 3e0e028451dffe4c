//! One app as the rules read it: its options, what the core doubts about them,
//! and the places of its keys.

use std::collections::BTreeSet;

use crate::core::definition::Definition;
use crate::core::definition::canonical::examine;
use crate::core::definition::raw_app::{Concern, Doubt, RawApp};
use crate::text::diagnostic::Diagnostic;

/// One app.
#[derive(Clone, Debug)]
pub struct App {
    /// Its options, and where they are written.
    pub raw: RawApp,
    /// Its name, canonical.
    pub name: String,
    /// The canonical definition.
    pub definition: Definition,
    /// What PM2 would refuse or misread of it.
    doubts: Vec<Doubt>,
    /// Keys whose values are not known.
    pub unknown: BTreeSet<String>,
}

impl App {
    /// An app whose values may be unknown; then nothing is said about them.
    pub fn new(raw: RawApp, unknown: BTreeSet<String>) -> Self {
        let (definition, doubts) = examine(&raw);
        let says = |doubt: &Doubt| match &doubt.key {
            Some(key) => doubt.concern == Concern::UnknownOption || !unknown.contains(key),
            None => unknown.is_empty(),
        };
        let doubts = doubts.into_iter().filter(says).collect();
        Self { name: definition.name().to_owned(), definition, raw, doubts, unknown }
    }

    /// The doubts of one kind.
    pub fn doubts_about(&self, concern: Concern) -> impl Iterator<Item = &Doubt> {
        self.doubts.iter().filter(move |doubt| doubt.concern == concern)
    }

    /// What is said about the app, with its name where no place tells which.
    pub fn about(&self, said: &Diagnostic) -> Diagnostic {
        match &said.place {
            Some(_) => said.clone(),
            None => Diagnostic { message: format!("app `{}`: {}", self.name, said.message), ..said.clone() },
        }
    }
}
