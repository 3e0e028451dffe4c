//! What all sources come to: the apps, each with what the core doubts about it
//! and with the places of its keys. Where the sources do not evaluate, the
//! apps that are written out literally stand in, so that a mistake in one file
//! hides nothing in the others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::clojure::{self, Compiled, Form, Program};
use crate::core::definition::desired::raw_apps;
use crate::lint::inputs::app::App;
use crate::lint::inputs::literal;
use crate::lint::inputs::source::Source;
use crate::text::diagnostic::{Diagnostic, Place};

/// The apps of all sources.
#[derive(Debug)]
pub(crate) struct Ecosystem<'a> {
    /// The files that were read.
    pub sources: &'a [Source],
    /// Every app, in order.
    pub apps: Vec<App>,
    /// What stands among the apps and is not one.
    pub not_apps: Vec<Diagnostic>,
    /// Variables that are read with no value and no default.
    pub unset: Vec<(String, Place)>,
    /// Why the sources do not evaluate, if they do not.
    pub failed: Vec<Diagnostic>,
    /// The artifact on disk, where it is looked at.
    pub artifact: Option<Artifact>,
}

/// The artifact on disk, beside what the sources come to.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    /// What it should be; nothing where the sources do not compile.
    pub fresh: Option<Value>,
    /// What it exports, or why that cannot be told.
    pub found: Result<Value, String>,
}

impl<'a> Ecosystem<'a> {
    /// Evaluates the program; if that fails, once more with `with_environment`, the same
    /// program in the caller's environment. An empty environment tells which
    /// variables have no default, and gives the same answer on every machine.
    pub(crate) fn of(sources: &'a [Source], program: &Program<'_>, with_environment: &Program<'_>) -> Self {
        let definitions = || sources.iter().filter(|source| source.is_definition);
        if definitions().any(|source| !source.errors.is_empty()) {
            return Self { failed: Vec::new(), ..Self::literal(sources) };
        }
        match clojure::compile(program).or_else(|_| clojure::compile(with_environment)) {
            Ok(compiled) => Self::compiled(sources, compiled),
            Err(failed) => Self { failed, ..Self::literal(sources) },
        }
    }

    fn compiled(sources: &'a [Source], compiled: Compiled) -> Self {
        let unset = compiled.unset;
        let raw = match raw_apps(&compiled.exports, &compiled.origins) {
            Ok(raw) => raw,
            Err(why) => {
                let failed = vec![why];
                return Self {
                    sources,
                    apps: Vec::new(),
                    not_apps: Vec::new(),
                    unset,
                    failed,
                    artifact: None,
                };
            }
        };
        let mut apps = Vec::new();
        let mut not_apps = Vec::new();
        for entry in raw {
            match entry {
                Ok(raw) => apps.push(App::new(raw, BTreeSet::new())),
                Err(why) => not_apps.push(why),
            }
        }
        Self { sources, apps, not_apps, unset, failed: Vec::new(), artifact: None }
    }

    fn literal(sources: &'a [Source]) -> Self {
        let definitions = sources.iter().filter(|source| source.is_definition);
        let apps = definitions.flat_map(literal::apps).collect();
        Self { sources, apps, not_apps: Vec::new(), unset: Vec::new(), failed: Vec::new(), artifact: None }
    }

    /// The entry of a map that is written at this place, with its key's form.
    pub(crate) fn written(&self, place: &Place) -> Option<(&Form, &Form)> {
        let source = self.sources.iter().find(|source| *source.path == *place.path)?;
        source.pair_at(place.start)
    }

    /// The text of an option, if that is written out as a string, and where.
    pub(crate) fn literal_text<'b>(&'b self, app: &'b App, key: &str) -> Option<(&'b str, Place)> {
        let place = app.raw.keys.get(key)?;
        let source = self.sources.iter().find(|source| *source.path == *place.path)?;
        let (_, value) = source.pair_at(place.start)?;
        Some((value.string()?, source.place(value.span)))
    }

    /// Where something stands that names no file of its own.
    pub(crate) fn fallback(&self) -> &str {
        let index = self.sources.iter().find(|source| source.path.ends_with("/index.cljs"));
        index.or(self.sources.first()).map_or("", |source| source.path.as_str())
    }

    /// The apps of each name.
    pub(crate) fn by_name(&self) -> BTreeMap<&str, Vec<&App>> {
        let mut names: BTreeMap<&str, Vec<&App>> = BTreeMap::new();
        for app in self.apps.iter().filter(|app| !app.unknown.contains("name")) {
            names.entry(&app.name).or_default().push(app);
        }
        names
    }
}
