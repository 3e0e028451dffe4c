//! What is loaded so far, and what reports of it.

use crate::clojure::analyse::analyser::{Analyser, SourceFile};
use crate::clojure::analyse::namespace::NamespaceForm;
use crate::clojure::form::Form;
use crate::clojure::machine::names::Names;
use crate::clojure::machine::node::{Template, TopLevel};
use crate::clojure::source::{Sources, Spot};
use crate::text::diagnostic::Diagnostic;

/// A program that is ready to run.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) names: Names,
    /// The code of all functions.
    pub(crate) templates: Vec<Template>,
    pub(crate) forms: Vec<TopLevel>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The user's files, in load order.
    pub(crate) files: Vec<String>,
    /// Whether our own `clobber.macro` is part of it.
    pub(crate) own_library: bool,
}

/// A file between reading and analysing.
pub(super) struct File {
    pub(super) number: u32,
    pub(super) path: String,
    pub(super) forms: Vec<Form>,
    pub(super) header: NamespaceForm,
    pub(super) builtin: bool,
}

impl Loaded {
    /// Adds what is wrong, and where.
    pub(super) fn report(&mut self, diagnostic: Diagnostic, spot: Option<Spot>) {
        let place = spot.and_then(|spot| self.sources.place(spot));
        self.diagnostics.push(diagnostic.at(place));
    }

    /// Analyses forms of one file; whether nothing is wrong with them.
    pub(super) fn analyse(&mut self, file: SourceFile<'_>, forms: &[Form]) -> bool {
        let mut analyser = Analyser::new(&mut self.names, &mut self.templates, &self.sources, file);
        self.forms.extend(forms.iter().map(|form| analyser.top_level(form)));
        let sound = analyser.diagnostics.is_empty();
        self.diagnostics.append(&mut analyser.diagnostics);
        sound
    }
}
