//! The core library, as far as a program needs it: a definition in ClojureScript
//! is read and analysed when a text first names it, with what it names itself.
//! Most programs name few, and the rest would be most of the work.

use std::collections::HashMap;

use crate::clojure::analyse::Analyser;
use crate::clojure::analyse::names::{CORE, Names, Var};
use crate::clojure::library;
use crate::clojure::load::Loader;
use crate::clojure::read::read_forms;

/// What macros name without its being written: the macro, and the definition.
const EXPANDED: [(&str, &str); 3] = [("for", "for-items"), ("for", "for-joined"), ("lazy-cat", "concat")];

/// A definition that nobody has needed yet.
struct Definition {
    namespace: &'static str,
    text: &'static str,
}

/// The definitions that are not loaded, by name.
#[derive(Default)]
pub(super) struct Core {
    waiting: HashMap<&'static str, Definition>,
    /// The number of the file that stands for them all.
    file: u32,
}

impl Core {
    /// Finds every definition, and makes its name known.
    pub(super) fn new(names: &mut Names, file: u32) -> Self {
        let mut waiting = HashMap::new();
        for namespace in [CORE, library::INTERNAL] {
            for (name, text) in library::texts(namespace).flat_map(definitions) {
                names.define(Var {
                    namespace: namespace.into(),
                    name: name.into(),
                    dynamic: false,
                    private: text.starts_with("(defn- "),
                    delayed: false,
                    declared: true,
                    arities: None,
                });
                waiting.insert(name, Definition { namespace, text });
            }
        }
        Self { waiting, file }
    }
}

/// The `defn`s of a text, by name; each begins a line.
fn definitions(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let starts = text.match_indices("\n(defn").map(|(at, _)| at + 1);
    let ends = starts.clone().skip(1).chain([text.len()]);
    starts
        .zip(ends)
        .filter_map(|(start, end)| Some((text[start..end].split_whitespace().nth(1)?, &text[start..end])))
}

/// The names in a text, without what stands before a slash.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |char: char| char.is_alphanumeric() || "-_!?*+<>=&.".contains(char);
    text.split(move |char| !is_part(char)).filter(|word| !word.is_empty())
}

impl Loader<'_> {
    /// Loads what a text names of the core library.
    pub(super) fn need(&mut self, text: &str) {
        for word in words(text) {
            self.define(word);
            for (_, name) in EXPANDED.iter().filter(|(macro_name, _)| *macro_name == word) {
                self.define(name);
            }
        }
    }

    fn define(&mut self, name: &str) {
        let Some(Definition { namespace, text }) = self.core.waiting.remove(name) else { return };
        self.need(text);
        let (forms, mut diagnostics) = read_forms("<core>", text);
        let loaded = &mut self.loaded;
        let mut analyser = Analyser::new(&mut loaded.names, &loaded.sources, namespace, self.core.file, true);
        loaded.forms.extend(forms.iter().map(|form| analyser.top_level(form)));
        diagnostics.append(&mut analyser.diagnostics);
        loaded.diagnostics.append(&mut diagnostics);
    }
}
