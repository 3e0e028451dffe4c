//! Loading: from the entries to every namespace they need, each after those it
//! requires. All are read and analysed before anything runs, so one run shows
//! what is wrong in all of them.

mod core;
mod find;

use std::collections::HashMap;

use crate::clojure::analyse::names::{Names, Namespace};
use crate::clojure::analyse::namespace::{self, NamespaceForm, Require};
use crate::clojure::analyse::{Analyser, TopLevel};
use crate::clojure::form::Form;
use crate::clojure::load::core::Core;
use crate::clojure::load::find::Found;
use crate::clojure::read::read_forms;
use crate::clojure::run::machine::ADVICE;
use crate::clojure::run::source::{Sources, Spot};
use crate::clojure::{Entry, Program, library};
use crate::text::diagnostic::Diagnostic;

/// How long a chain of requires may be.
const DEEPEST: usize = 200;

/// A program that is ready to run.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) names: Names,
    pub(crate) forms: Vec<TopLevel>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The user's files, in load order.
    pub(crate) files: Vec<String>,
    /// Whether our own `clobber.macro` is part of it.
    pub(crate) own_library: bool,
}

/// A file between reading and analysing.
struct File {
    number: u32,
    path: String,
    forms: Vec<Form>,
    header: NamespaceForm,
    builtin: bool,
}

struct Loader<'a> {
    program: &'a Program<'a>,
    loaded: Loaded,
    core: Core,
    /// Namespaces being loaded, outermost first.
    loading: Vec<String>,
    /// Namespaces that are loaded; false where that failed.
    done: HashMap<String, bool>,
}

/// Loads everything that a program needs.
pub(crate) fn load(program: &Program<'_>) -> Loaded {
    let mut start = Loaded::default();
    library::declare(&mut start.names);
    let core = Core::new(&mut start.names, start.sources.add("<core>", "", true));
    let mut loader = Loader { program, loaded: start, core, loading: Vec::new(), done: HashMap::new() };
    for entry in program.entries {
        match entry {
            Entry::Namespace(name) => _ = loader.namespace(name, None),
            Entry::File(path) => loader.entry_file(path),
        }
    }
    loader.loaded
}

impl Loader<'_> {
    fn report(&mut self, diagnostic: Diagnostic, spot: Option<Spot>) {
        let place = spot.and_then(|spot| self.loaded.sources.place(spot));
        self.loaded.diagnostics.push(diagnostic.at(place));
    }

    /// Loads a namespace once; false when that failed.
    fn namespace(&mut self, name: &str, spot: Option<Spot>) -> bool {
        if let Some(&sound) = self.done.get(name) {
            return sound;
        }
        if self.loading.iter().any(|loading| loading == name) {
            let chain = format!("{} → {name}", self.loading.join(" → "));
            self.report(Diagnostic::error(format!("circular require: {chain}")), spot);
            return false;
        }
        if self.loading.len() > DEEPEST {
            self.report(
                Diagnostic::error(format!("namespaces require each other more than {DEEPEST} deep")),
                spot,
            );
            return false;
        }
        let sound = match find::find(self.program, name) {
            Ok(Found::File(path, text)) => self.file(name, &path, &text),
            Ok(Found::Library) => self.library(name),
            Err(diagnostic) => {
                self.report(diagnostic, spot);
                false
            }
        };
        self.done.insert(name.to_owned(), sound);
        sound
    }

    fn entry_file(&mut self, path: &str) {
        let text = match (self.program.read)(path) {
            Ok(Some(text)) => text,
            Ok(None) => return self.report(Diagnostic::error(format!("there is no file `{path}`")), None),
            Err(why) => return self.report(Diagnostic::error(format!("cannot read `{path}`: {why}")), None),
        };
        let (forms, _) = read_forms(path, &text);
        let name = match namespace::parse(&forms) {
            Ok(header) => header.name,
            Err((diagnostic, span)) => {
                let number = self.loaded.sources.add(path, &text, false);
                return self.report(diagnostic, Some(Sources::spot(number, span)));
            }
        };
        match find::expected_namespace(self.program, path) {
            // Loading by name finds this very file, or says which other there is.
            Some(expected) if expected == name => _ = self.namespace(&name, None),
            _ => _ = self.file(&name, path, &text),
        }
    }

    /// Loads a user's file: its requires, then itself.
    fn file(&mut self, name: &str, path: &str, text: &str) -> bool {
        let number = self.loaded.sources.add(path, text, false);
        let (forms, diagnostics) = read_forms(path, text);
        let mut sound = diagnostics.is_empty();
        self.loaded.diagnostics.extend(diagnostics);
        let header = match namespace::parse(&forms) {
            Ok(header) => header,
            Err((diagnostic, span)) => {
                if sound {
                    self.report(diagnostic, Some(Sources::spot(number, span)));
                }
                return false;
            }
        };
        let expected = find::expected_namespace(self.program, path);
        if expected.as_deref() != Some(header.name.as_str()) || header.name != name {
            let message = format!("the namespace `{}` does not fit the file `{path}`", header.name);
            let help = match expected {
                Some(expected) => format!("call it `{expected}`, or move the file"),
                None => format!("move it under one of: {}", self.program.source_paths.join(", ")),
            };
            let spot = Sources::spot(number, header.span);
            self.report(Diagnostic::error(message).help(help), Some(spot));
            return false;
        }
        self.loading.push(name.to_owned());
        for require in &header.requires {
            let spot = Sources::spot(number, require.span);
            sound &= self.namespace(&require.namespace, Some(spot));
        }
        self.loading.pop();
        // Analysed even so: its own errors are worth knowing, if its names are all there.
        if sound {
            self.need(text);
            return self.analyse(&File { number, path: path.into(), forms, header, builtin: false });
        }
        false
    }

    /// Loads a namespace of ours; some have no text, only native functions.
    fn library(&mut self, name: &str) -> bool {
        self.loaded.own_library |= name == library::CLOBBER;
        let path = format!("<{name}>");
        library::texts(name).fold(true, |sound, text| {
            self.need(text);
            let number = self.loaded.sources.add(&path, text, true);
            let (forms, diagnostics) = read_forms(&path, text);
            self.loaded.diagnostics.extend(diagnostics);
            match namespace::parse(&forms) {
                Ok(header) => {
                    self.analyse(&File { number, path: path.clone(), forms, header, builtin: true }) && sound
                }
                Err((diagnostic, _)) => {
                    self.report(diagnostic, None);
                    false
                }
            }
        })
    }

    fn analyse(&mut self, file: &File) -> bool {
        let name = &file.header.name;
        if !file.builtin {
            self.loaded.files.push(file.path.clone());
        }
        let here =
            Namespace { excluded: file.header.excluded.iter().cloned().collect(), ..Namespace::default() };
        let existing = self.loaded.names.namespaces.entry(name.clone()).or_default();
        existing.excluded.extend(here.excluded);
        let mut sound = true;
        for require in &file.header.requires {
            sound &= self.refer(file, require);
        }
        let Loaded { sources, names, forms, diagnostics, .. } = &mut self.loaded;
        let mut analyser = Analyser::new(names, sources, name, file.number, file.builtin);
        forms.extend(file.forms[1..].iter().map(|form| analyser.top_level(form)));
        sound &= analyser.diagnostics.is_empty();
        diagnostics.append(&mut analyser.diagnostics);
        sound
    }

    /// Makes the names of a required namespace known in a file.
    fn refer(&mut self, file: &File, require: &Require) -> bool {
        let spot = |span| Some(Sources::spot(file.number, span));
        let target = &require.namespace;
        if require.macros && !library::is_builtin(target, self.loaded.own_library) {
            let message = format!("macros of `{target}` are not covered: it is a namespace of yours");
            self.report(Diagnostic::error(message).help(ADVICE), spot(require.span));
            return false;
        }
        let mut sound = true;
        let mut refers = Vec::new();
        for (name, span) in &require.refers {
            match self.loaded.names.lookup(target, name) {
                Some(var) if !self.loaded.names.vars[var].private => {
                    let renamed = require.renames.iter().find(|(old, _)| old == name);
                    refers.push((renamed.map_or(name, |(_, new)| new).clone(), var, *span));
                }
                _ => {
                    sound = false;
                    self.report(
                        Diagnostic::error(format!("`{name}` is not defined in `{target}`")),
                        spot(*span),
                    );
                }
            }
        }
        let mut complaints = Vec::new();
        let here = self.loaded.names.namespaces.entry(file.header.name.clone()).or_default();
        here.required.insert(target.clone());
        if let Some(alias) = &require.alias
            && let Some(other) = here.aliases.insert(alias.clone(), target.clone())
            && other != *target
        {
            complaints.push((format!("the alias `{alias}` stands for `{other}` too"), require.span));
        }
        for (name, var, span) in refers {
            if here.refers.insert(name.clone(), var).is_some_and(|other| other != var) {
                complaints.push((format!("`{name}` is referred from two namespaces"), span));
            }
            here.excluded.insert(name);
        }
        sound &= complaints.is_empty();
        for (message, span) in complaints {
            self.report(Diagnostic::error(message), spot(span));
        }
        sound
    }
}
