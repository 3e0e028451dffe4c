//! The library: what a program can call without defining it.
//!
//! A function of the core library is either a row in the table of its theme
//! (`number.rs`, `collection.rs`, …) or, where ClojureScript says it best, a
//! `defn` in `core/*.cljs`. To add one, add the row or the `defn`, and a line to
//! `tests/it/clojure/expressions/library.cljs`, whose answer ClojureScript gives; then
//! make docs/clojurescript.md again. Each of these that is forgotten fails a test.

#![expect(
    clippy::needless_pass_by_value,
    reason = "every function of a table takes its arguments in the same way"
)]

mod arguments;
mod atom;
mod change;
mod collection;
mod compare;
pub(crate) mod convert;
mod edn;
mod environment;
mod fixed;
mod format;
mod internal;
mod interop;
mod js;
mod json_text;
mod math;
pub(crate) mod methods;
mod multi;
mod number;
mod output;
pub(crate) mod path;
mod predicate;
mod reduce;
pub(crate) mod regex;
mod replace;
mod sequence;
mod split;
mod string;
mod text;
pub(crate) mod texts;
mod transient;

use crate::clojure::machine::names::{Arities, CORE, FORMAT, INTERNAL, JS, Names, STRING, Var};
use crate::clojure::machine::state::{Library, Native};
use crate::clojure::value::NativeId;

/// Our own library for ecosystems.
pub(crate) const CLOBBER: &str = "clobber.macro";

/// Functions of the core library whose values are not those of ClojureScript: our
/// own files may call them and nobody else.
pub(crate) const OURS: [&str; 3] = ["chunk-cons", "chunk-first", "chunk-rest"];

/// Every table, with the namespace that its functions are in.
static TABLES: &[(&str, &[Native])] = &[
    (CORE, number::TABLE),
    (CORE, predicate::TABLE),
    (CORE, compare::TABLE),
    (CORE, collection::TABLE),
    (CORE, change::TABLE),
    (CORE, sequence::TABLE),
    (CORE, reduce::TABLE),
    (CORE, atom::TABLE),
    (CORE, transient::TABLE),
    (CORE, text::TABLE),
    (CORE, output::TABLE),
    (CORE, regex::TABLE),
    (CORE, convert::TABLE),
    (CORE, interop::CORE_TABLE),
    (INTERNAL, internal::INTERNAL_TABLE),
    (INTERNAL, collection::INTERNAL_TABLE),
    (INTERNAL, sequence::INTERNAL_TABLE),
    (INTERNAL, atom::INTERNAL_TABLE),
    (INTERNAL, predicate::INTERNAL_TABLE),
    (INTERNAL, multi::INTERNAL_TABLE),
    (INTERNAL, reduce::INTERNAL_TABLE),
    (INTERNAL, output::INTERNAL_TABLE),
    (JS, js::JS_TABLE),
    (JS, math::JS_TABLE),
    (JS, json_text::JS_TABLE),
    (path::PATH, path::PATH_TABLE),
    (path::OS, path::OS_TABLE),
    ("goog.object", interop::GOOG_TABLE),
    (STRING, format::TABLE),
    (FORMAT, &[]),
    ("clojure.string", string::TABLE),
    ("clojure.edn", edn::TABLE),
];

/// Every native function with its namespace; its number is its place here.
pub(crate) fn natives() -> impl Iterator<Item = (&'static str, &'static Native)> {
    TABLES.iter().flat_map(|(namespace, rows)| rows.iter().map(|native| (*namespace, native)))
}

/// Finds a native function.
pub(crate) fn native(namespace: &str, name: &str) -> Option<NativeId> {
    natives().position(|(table, native)| table == namespace && native.name == name)
}

/// What evaluation needs of the library.
pub(crate) fn library() -> Library {
    Library {
        natives: natives().map(|(_, native)| native).collect(),
        property: interop::property,
        method: interop::method,
    }
}

/// Every namespace that has functions of ours, some of them more than once.
pub(crate) fn namespaces() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(name, _)| *name).chain(texts::namespaces())
}

/// Whether a namespace is ours, unless the workspace has its own.
pub(crate) fn is_library(namespace: &str) -> bool {
    !is_hidden(namespace) && namespaces().any(|name| name == namespace)
}

/// Whether no file of a workspace can be this namespace.
pub(crate) fn is_reserved(namespace: &str) -> bool {
    namespace != CLOBBER && (is_library(namespace) || is_hidden(namespace))
}

/// Whether a namespace is ours, and nobody requires it.
fn is_hidden(namespace: &str) -> bool {
    [CORE, INTERNAL, JS].contains(&namespace)
}

/// Whether a namespace is ours in this program.
pub(crate) fn is_builtin(namespace: &str, own_library: bool) -> bool {
    is_library(namespace) && (namespace != CLOBBER || own_library)
}

/// Makes all native functions known.
pub(crate) fn declare(names: &mut Names) {
    for (id, (namespace, native)) in natives().enumerate() {
        let arities = match native.most {
            Some(most) => Arities { fixed: (native.least..=most).collect(), variadic: None },
            None => Arities { fixed: Vec::new(), variadic: Some(native.least) },
        };
        names.define(Var {
            namespace: namespace.into(),
            name: native.name.into(),
            dynamic: false,
            private: OURS.contains(&native.name),
            delayed: false,
            declared: false,
            arities: Some(arities),
            native: Some(id),
        });
    }
}

#[cfg(test)]
mod tests;
