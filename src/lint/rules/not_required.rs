//! `not-required`: a source that the entry namespace never reaches.
//!
//! Only what `index` requires, directly or through others, is compiled. The apps
//! of any other file never run, however right they look. Where there is no
//! `index`, every source is loaded.
//!
//! Found:
//!
//! `ecosystems/index.cljs`
//!
//! ```clojure
//! (ns index
//!   (:require [clobber.macro]))
//! ```
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web
//! ;   ^^^ warning: `index` never requires this file, so its apps never run
//!   (:require [clobber.macro :refer [defapp]]))
//!
//! (defapp "web" {:script "web.js"})
//! ```
//!
//! Not found:
//!
//! `ecosystems/index.cljs`
//!
//! ```clojure
//! (ns index
//!   (:require [clobber.macro]
//!             [web]))
//! ```
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web
//!   (:require [clobber.macro :refer [defapp]]))
//!
//! (defapp "web" {:script "web.js"})
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::clojure::Entry;
use crate::core::finding::Finding;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::{Source, head};
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "not-required",
    severity: Severity::Warning,
    file: include_str!("not_required.rs"),
    check: Check::Sources(check),
};

fn check(project: &Project<'_>, sources: &[Source]) -> Vec<Finding> {
    let entries = project.entries.unwrap_or_default();
    let namespaces = entries.iter().map(|entry| match entry {
        Entry::Namespace(name) => Some(name.clone()),
        Entry::File(_) => None,
    });
    // Where files are loaded one by one, or in a way that only shadow-cljs
    // knows, nothing can be said.
    let Some(mut wanted) = namespaces.collect::<Option<Vec<String>>>().filter(|names| !names.is_empty())
    else {
        return Vec::new();
    };
    let first = wanted[0].clone();
    let by_namespace: BTreeMap<&str, &Source> =
        sources.iter().filter_map(|source| Some((source.namespace()?.1, source))).collect();
    if !by_namespace.contains_key(first.as_str()) {
        return Vec::new();
    }
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if let Some(source) = by_namespace.get(name.as_str())
            && reached.insert(&source.path)
        {
            wanted.extend(source.required());
        }
    }
    let is_unreached = |source: &&Source| {
        source.is_definition && !reached.contains(source.path.as_str()) && does_something(source)
    };
    sources.iter().filter(is_unreached).map(|source| unreached(source, &first)).collect()
}

fn unreached(source: &Source, entry: &str) -> Finding {
    let message = format!("`{entry}` never requires this file, so its apps never run");
    match source.namespace() {
        Some((form, name)) => Finding::at(RULE.severity, source.place(form.span), message)
            .help(format!("add `[{name}]` to the `:require` of `{entry}`")),
        None => Finding::of_file(RULE.severity, &source.path, message),
    }
}

fn does_something(source: &Source) -> bool {
    source.forms.iter().any(|form| !head(form).is_some_and(|head| head.is_symbol("ns")))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    const IGNORE: (&str, &str) = (".gitignore", ".clobber/\n");

    #[test]
    fn what_is_reached_through_others_counts() {
        let files = [
            IGNORE,
            ("ecosystems/index.cljs", "(ns index (:require [a :as x]))"),
            ("ecosystems/a.cljs", "(ns a (:require [b-c]))"),
            ("ecosystems/b_c.cljs", "(ns b-c (:require [d]))"),
            ("ecosystems/d.cljs", "(ns d) (def x 1)"),
            ("ecosystems/only_ns.cljs", "(ns only-ns)"),
            ("ecosystems/lost.cljs", "(ns lost) (def x 1)"),
        ];
        assert_eq!(found(&files), ["not-required ecosystems/lost.cljs:1:5"]);
    }

    #[test]
    fn without_an_index_every_source_is_loaded() {
        assert_eq!(found(&[IGNORE, ("ecosystems/a.cljs", "(ns a) (def x 1)")]), [""; 0]);
    }

    #[test]
    fn the_entry_of_the_build_is_what_counts() {
        let shadow =
            ("shadow-cljs.edn", "{:source-paths [\"ecosystems\"] :builds {:clobber {:main boot/-main}}}");
        let boot = ("ecosystems/boot.cljs", "(ns boot) (defn -main [])");
        let files = [IGNORE, shadow, boot, ("ecosystems/index.cljs", "(ns index) (def x 1)")];
        assert_eq!(found(&files), ["not-required ecosystems/index.cljs:1:5"]);
    }
}
