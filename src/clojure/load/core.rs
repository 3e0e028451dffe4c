//! The core library, as far as a program needs it: a definition in ClojureScript
//! is read and analysed when a text first names it, with what it names itself.
//! Most programs name few, and the rest would be most of the work.

use std::collections::HashMap;

use crate::clojure::analyse::analyser::SourceFile;
use crate::clojure::library::texts::{Definition, definitions, texts};
use crate::clojure::load::loaded::Loaded;
use crate::clojure::machine::names::{CORE, INTERNAL, Var};
use crate::clojure::read::read_forms;

/// What macros name without its being written: the macro, and the definition.
const EXPANDED: [(&str, &str); 3] = [("for", "for-items"), ("for", "for-joined"), ("lazy-cat", "concat")];

/// The definitions that are not loaded, by name, with their namespaces.
pub(super) struct Core {
    waiting: HashMap<&'static str, (&'static str, Definition)>,
    /// The number of the file that stands for them all.
    file: u32,
}

impl Core {
    /// Finds every definition, and makes its name known.
    pub(super) fn new(loaded: &mut Loaded) -> Self {
        let file = loaded.sources.add("<core>", "", true);
        let mut waiting = HashMap::new();
        for namespace in [CORE, INTERNAL] {
            for definition in texts(namespace).flat_map(definitions) {
                loaded.names.define(Var {
                    namespace: namespace.into(),
                    name: definition.name.into(),
                    dynamic: false,
                    private: definition.private,
                    delayed: false,
                    declared: true,
                    arities: None,
                    native: None,
                });
                waiting.insert(definition.name, (namespace, definition));
            }
        }
        Self { waiting, file }
    }

    /// Loads what a text names of the core library.
    pub(super) fn need(&mut self, text: &str, loaded: &mut Loaded) {
        for word in words(text) {
            self.define(word, loaded);
            for (_, name) in EXPANDED.iter().filter(|(macro_name, _)| *macro_name == word) {
                self.define(name, loaded);
            }
        }
    }

    fn define(&mut self, name: &str, loaded: &mut Loaded) {
        let Some((namespace, Definition { text, .. })) = self.waiting.remove(name) else { return };
        self.need(text, loaded);
        let (forms, mut diagnostics) = read_forms("<core>", text);
        loaded.analyse(SourceFile { number: self.file, namespace, builtin: true }, &forms);
        loaded.diagnostics.append(&mut diagnostics);
    }
}

/// The names in a text, without what stands before a slash.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |char: char| char.is_alphanumeric() || "-_!?*+<>=&.".contains(char);
    text.split(move |char| !is_part(char)).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::clojure::library::texts::{definitions, texts};
    use crate::clojure::load::core::EXPANDED;
    use crate::clojure::machine::names::{CORE, INTERNAL};

    /// A macro that expands to a call of a definition in ClojureScript needs it
    /// loaded, though no text names it.
    #[test]
    fn what_macros_expand_to_is_loaded_with_them() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/clojure/analyse");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let macros: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
        let macros: String = macros.split_whitespace().collect();
        for (namespace, calls) in
            [(CORE, ["core("].as_slice()), (INTERNAL, &["internal(", "iteration(analyser,"])]
        {
            for name in texts(namespace).flat_map(definitions).map(|definition| definition.name) {
                let is_named = calls.iter().any(|call| macros.contains(&format!("{call}\"{name}\"")));
                let is_loaded = EXPANDED.iter().any(|(_, expanded)| *expanded == name);
                assert_eq!(is_named, is_loaded, "a macro names `{name}`: add both to `EXPANDED`");
            }
        }
    }
}
