//! What the library says in ClojureScript, and the definitions in it.

use crate::clojure::machine::names::{CORE, INTERNAL};

/// The namespaces that have a text.
static TEXTS: &[(&str, &str)] = &[
    (CORE, include_str!("core/functions.cljs")),
    (CORE, include_str!("core/sequences.cljs")),
    (CORE, include_str!("core/maps.cljs")),
    (INTERNAL, include_str!("internal.cljs")),
    ("clojure.set", include_str!("set.cljs")),
    ("clojure.walk", include_str!("walk.cljs")),
    ("clobber.macro", include_str!("clobber_macro.cljs")),
];

/// A definition in one of the texts.
#[derive(Clone, Copy)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    /// Whether only its own namespace may name it.
    pub(crate) private: bool,
    /// All of it, as it is written.
    pub(crate) text: &'static str,
}

/// The namespaces that have a text, some of them more than once.
pub(super) fn namespaces() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(name, _)| *name)
}

/// The texts of a namespace of ours, in order; none when all of it is native.
pub(crate) fn texts(namespace: &str) -> impl Iterator<Item = &'static str> {
    TEXTS.iter().filter(move |(name, _)| *name == namespace).map(|(_, text)| *text)
}

/// What a text defines. Its forms begin lines, and after the first, which is `ns`,
/// all are definitions: a test holds the texts to it.
pub(crate) fn definitions(text: &'static str) -> impl Iterator<Item = Definition> {
    let starts = text.match_indices("\n(").map(|(at, _)| at + 1);
    let ends = starts.clone().skip(1).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| definition(&text[start..end]))
}

/// `(defn ^:private name …)`, or another definition.
fn definition(text: &'static str) -> Option<Definition> {
    let mut words = text.split_whitespace();
    let head = words.next()?;
    let mut private = head == "(defn-";
    let name = words.find(|word| {
        private |= *word == "^:private";
        !word.starts_with('^')
    })?;
    Some(Definition { name, private, text })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use crate::clojure::library::natives;
    use crate::clojure::library::texts::{TEXTS, definitions};
    use crate::clojure::read::read_forms;

    fn cljs_files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "cljs")).collect()
    }

    #[test]
    fn every_file_of_the_library_is_one_of_its_texts() {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/clojure/library");
        let files = [cljs_files(&library), cljs_files(&library.join("core"))].concat();
        for file in &files {
            let text = fs::read_to_string(file).unwrap();
            assert!(TEXTS.iter().any(|(_, known)| *known == text), "{} is not in `TEXTS`", file.display());
        }
        assert_eq!(files.len(), TEXTS.len());
    }

    /// What `definitions` finds by looking is what the reader finds by reading:
    /// nothing in a text is loaded only by chance, or left out of the page.
    #[test]
    fn a_text_has_a_name_and_definitions_and_nothing_else() {
        for (namespace, text) in TEXTS {
            let (forms, errors) = read_forms("library.cljs", text);
            assert!(errors.is_empty(), "{errors:?}");
            let read: Vec<(String, bool)> = forms[1..]
                .iter()
                .map(|form| {
                    let items = form.list().unwrap();
                    let head = items[0].to_string();
                    let kinds = ["def", "defn", "defn-", "defonce"];
                    assert!(kinds.contains(&head.as_str()), "`{head}` in the text of `{namespace}`");
                    (items[1].to_string(), head == "defn-" || items[1].has_flag("private"))
                })
                .collect();
            let found: Vec<(String, bool)> =
                definitions(text).map(|found| (found.name.to_owned(), found.private)).collect();
            assert_eq!(found, read, "of `{namespace}`");
        }
    }

    #[test]
    fn no_name_is_defined_twice() {
        let written = TEXTS
            .iter()
            .flat_map(|(namespace, text)| definitions(text).map(move |found| (*namespace, found.name)));
        let mut seen = BTreeSet::new();
        let natives = natives().map(|(namespace, native)| (namespace, native.name));
        let twice: BTreeMap<_, _> = natives.chain(written).filter(|name| !seen.insert(*name)).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
