//! Loading: from the entries to every namespace they need, each after those it
//! requires. All are read and analysed before anything runs, so one run shows
//! what is wrong in all of them.

mod core;
mod find;
mod loaded;
mod refer;

use std::collections::HashMap;

use crate::clojure::analyse::analyser::SourceFile;
use crate::clojure::analyse::namespace;
use crate::clojure::library::texts::texts;
use crate::clojure::library::{self, CLOBBER};
use crate::clojure::load::core::Core;
use crate::clojure::load::find::Found;
use crate::clojure::load::loaded::File;
pub(crate) use crate::clojure::load::loaded::Loaded;
use crate::clojure::load::refer::refer;
use crate::clojure::program::{Entry, Program};
use crate::clojure::read::read_forms;
use crate::clojure::source::{Sources, Spot};
use crate::text::diagnostic::Diagnostic;

/// How long a chain of requires may be.
const DEEPEST: usize = 200;

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
    let core = Core::new(&mut start);
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
    /// Loads a namespace once; false when that failed.
    fn namespace(&mut self, name: &str, spot: Option<Spot>) -> bool {
        if let Some(&sound) = self.done.get(name) {
            return sound;
        }
        if self.loading.iter().any(|loading| loading == name) {
            let chain = format!("{} → {name}", self.loading.join(" → "));
            self.loaded.report(Diagnostic::error(format!("circular require: {chain}")), spot);
            return false;
        }
        if self.loading.len() > DEEPEST {
            self.loaded.report(
                Diagnostic::error(format!("namespaces require each other more than {DEEPEST} deep")),
                spot,
            );
            return false;
        }
        let sound = match find::find(self.program, name) {
            Ok(Found::File(path, text)) => self.file(name, &path, &text),
            Ok(Found::Library) => self.library(name),
            Err(diagnostic) => {
                self.loaded.report(diagnostic, spot);
                false
            }
        };
        self.done.insert(name.to_owned(), sound);
        sound
    }

    fn entry_file(&mut self, path: &str) {
        let text = match (self.program.read)(path) {
            Ok(Some(text)) => text,
            Ok(None) => {
                return self.loaded.report(Diagnostic::error(format!("there is no file `{path}`")), None);
            }
            Err(why) => {
                return self.loaded.report(Diagnostic::error(format!("cannot read `{path}`: {why}")), None);
            }
        };
        let (forms, _) = read_forms(path, &text);
        let name = match namespace::parse(&forms) {
            Ok(header) => header.name,
            Err((diagnostic, span)) => {
                let number = self.loaded.sources.add(path, &text, false);
                return self.loaded.report(diagnostic, Some(Sources::spot(number, span)));
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
                    self.loaded.report(diagnostic, Some(Sources::spot(number, span)));
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
            self.loaded.report(Diagnostic::error(message).help(help), Some(spot));
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
            self.core.need(text, &mut self.loaded);
            return self.analyse(&File { number, path: path.into(), forms, header, builtin: false });
        }
        false
    }

    /// Loads a namespace of ours; some have no text, only native functions.
    fn library(&mut self, name: &str) -> bool {
        self.loaded.own_library |= name == CLOBBER;
        let path = format!("<{name}>");
        texts(name).fold(true, |sound, text| {
            self.core.need(text, &mut self.loaded);
            let number = self.loaded.sources.add(&path, text, true);
            let (forms, diagnostics) = read_forms(&path, text);
            self.loaded.diagnostics.extend(diagnostics);
            match namespace::parse(&forms) {
                Ok(header) => {
                    self.analyse(&File { number, path: path.clone(), forms, header, builtin: true }) && sound
                }
                Err((diagnostic, _)) => {
                    self.loaded.report(diagnostic, None);
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
        let here = self.loaded.names.namespaces.entry(name.clone()).or_default();
        here.excluded.extend(file.header.excluded.iter().cloned());
        let mut sound = true;
        for require in &file.header.requires {
            sound &= refer(&mut self.loaded, file, require);
        }
        let source = SourceFile { number: file.number, namespace: name, builtin: file.builtin };
        self.loaded.analyse(source, &file.forms[1..]) && sound
    }
}
