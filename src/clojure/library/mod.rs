//! The library: what a program can call without defining it.
//!
//! A function of the core library is either a row in the table of its theme
//! (`number.rs`, `collection.rs`, …) or, where ClojureScript says it best, a
//! `defn` in `core/*.cljs`. To add one, add the row or the `defn`, and a line
//! to `tests/it/clojure/expressions/library.cljs`, whose answer ClojureScript gives.

#![expect(
    clippy::needless_pass_by_value,
    reason = "every function of a table takes its arguments in the same way"
)]

mod atom;
mod change;
mod collection;
mod compare;
pub(crate) mod convert;
mod edn;
pub(crate) mod format;
pub(crate) mod interop;
mod json_text;
mod math;
mod multi;
mod number;
mod output;
#[cfg(test)]
mod page;
pub(crate) mod path;
mod predicate;
mod reduce;
pub(crate) mod regex;
mod sequence;
mod string;
mod text;
mod transient;

use std::collections::HashMap;
use std::rc::Rc;

use crate::clojure::analyse::names::{Arities, CORE, Names, Var};
use crate::clojure::run::fault::Outcome;
use crate::clojure::run::machine::Machine;
use crate::clojure::value::{Function, Value};

/// Our own library for ecosystems.
pub(crate) const CLOBBER: &str = "clobber.macro";
/// What our own files may call and nobody else.
pub(crate) const INTERNAL: &str = "pm2sync.internal";
/// JavaScript's own functions, by what stands behind `js/`.
pub(crate) const JS: &str = "js";

/// Functions of the core library whose values are not those of ClojureScript: our
/// own files may call them and nobody else.
pub(crate) const OURS: [&str; 3] = ["chunk-cons", "chunk-first", "chunk-rest"];

/// A function in Rust: its row in a table.
pub(crate) struct Native {
    pub(crate) name: &'static str,
    /// The fewest arguments.
    pub(crate) least: usize,
    /// The most arguments, unless there may be any number.
    pub(crate) most: Option<usize>,
    pub(crate) run: Run,
}

pub(crate) type Run = fn(&mut Machine<'_>, Vec<Value>) -> Outcome;

/// A row for a function of exactly `count` arguments.
const fn exact(name: &'static str, count: usize, run: Run) -> Native {
    Native { name, least: count, most: Some(count), run }
}

/// A row for a function of `least` to `most` arguments.
const fn ranged(name: &'static str, least: usize, most: usize, run: Run) -> Native {
    Native { name, least, most: Some(most), run }
}

/// A row for a function of `least` arguments or more.
const fn variadic(name: &'static str, least: usize, run: Run) -> Native {
    Native { name, least, most: None, run }
}

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
    (INTERNAL, collection::INTERNAL_TABLE),
    (INTERNAL, sequence::INTERNAL_TABLE),
    (INTERNAL, atom::INTERNAL_TABLE),
    (INTERNAL, predicate::INTERNAL_TABLE),
    (INTERNAL, multi::INTERNAL_TABLE),
    (INTERNAL, reduce::INTERNAL_TABLE),
    (INTERNAL, output::INTERNAL_TABLE),
    (INTERNAL, interop::INTERNAL_TABLE),
    (JS, interop::JS_TABLE),
    (JS, math::JS_TABLE),
    (JS, json_text::JS_TABLE),
    (path::PATH, path::PATH_TABLE),
    (path::OS, path::OS_TABLE),
    ("goog.object", interop::GOOG_TABLE),
    (format::STRING, format::TABLE),
    (format::FORMAT, &[]),
    ("clojure.string", string::TABLE),
    ("clojure.edn", edn::TABLE),
];

/// The namespaces that have a text.
static TEXTS: &[(&str, &str)] = &[
    (CORE, include_str!("core/functions.cljs")),
    (CORE, include_str!("core/sequences.cljs")),
    (CORE, include_str!("core/maps.cljs")),
    (INTERNAL, include_str!("internal.cljs")),
    ("clojure.set", include_str!("set.cljs")),
    ("clojure.walk", include_str!("walk.cljs")),
    (CLOBBER, include_str!("clobber_macro.cljs")),
];

/// Finds a native function.
pub(crate) fn native(namespace: &str, name: &str) -> Option<&'static Native> {
    let tables = TABLES.iter().filter(|(table, _)| *table == namespace);
    tables.flat_map(|(_, rows)| rows.iter()).find(|native| native.name == name)
}

/// The texts of a namespace of ours, in order; none when all of it is native.
pub(crate) fn texts(namespace: &str) -> impl Iterator<Item = &'static str> {
    TEXTS.iter().filter(move |(name, _)| *name == namespace).map(|(_, text)| *text)
}

/// Whether a namespace is ours, unless the workspace has its own.
pub(crate) fn is_library(namespace: &str) -> bool {
    let hidden = [CORE, INTERNAL, JS].contains(&namespace);
    !hidden && (texts(namespace).next().is_some() || TABLES.iter().any(|(table, _)| *table == namespace))
}

/// Whether no file of a workspace can be this namespace.
pub(crate) fn is_reserved(namespace: &str) -> bool {
    namespace != CLOBBER && (is_library(namespace) || [CORE, INTERNAL, JS].contains(&namespace))
}

/// Whether a namespace is ours in this program.
pub(crate) fn is_builtin(namespace: &str, own_library: bool) -> bool {
    is_library(namespace) && (namespace != CLOBBER || own_library)
}

/// Makes all native functions known.
pub(crate) fn declare(names: &mut Names) {
    for (namespace, rows) in TABLES {
        for native in *rows {
            let arities = match native.most {
                Some(most) => Arities { fixed: (native.least..=most).collect(), variadic: None },
                None => Arities { fixed: Vec::new(), variadic: Some(native.least) },
            };
            names.define(Var {
                namespace: (*namespace).into(),
                name: native.name.into(),
                dynamic: false,
                private: OURS.contains(&native.name),
                delayed: false,
                declared: false,
                arities: Some(arities),
            });
        }
    }
}

/// The values of all variables before a program runs.
pub(crate) fn globals(names: &Names) -> Vec<Option<Value>> {
    let natives: HashMap<(&str, &str), &'static Native> = TABLES
        .iter()
        .flat_map(|(namespace, rows)| rows.iter().map(move |native| ((*namespace, native.name), native)))
        .collect();
    let value = |var: &Var| {
        let native = natives.get(&(var.namespace.as_str(), var.name.as_str()))?;
        Some(Value::Function(Rc::new(Function::Native(native))))
    };
    names.vars.iter().map(value).collect()
}

#[cfg(test)]
mod tests;
