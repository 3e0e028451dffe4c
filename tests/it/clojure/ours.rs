//! Expressions and programs as the embedded compiler has them.

use std::collections::BTreeMap;

use pm2sync::clojure::{Compiled, Entry, Program, compile};

/// The namespaces that an expression may name, by their aliases.
const LIBRARIES: [(&str, &str); 7] = [
    ("edn/", "clojure.edn"),
    ("set/", "clojure.set"),
    ("str/", "clojure.string"),
    ("walk/", "clojure.walk"),
    ("gobj/", "goog.object"),
    ("path/", "\"path\""),
    ("gstring/", "goog.string"),
];

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has a value; this is its text.
    Value(String),
    /// The program throws.
    Throws(String),
    /// It is not covered.
    Refused(String),
}

/// The answers to expressions, each a program of its own.
pub(crate) fn answers(expressions: &[String]) -> Vec<Answer> {
    expressions.iter().map(|text| answer(text)).collect()
}

fn answer(expression: &str) -> Answer {
    let required =
        LIBRARIES.iter().filter(|(alias, name)| expression.contains(alias) || expression.contains(name));
    let required: Vec<String> =
        required.map(|(alias, name)| format!("[{name} :as {}]", alias.trim_end_matches('/'))).collect();
    let mut required = required.join(" ");
    if expression.contains("gstring/") {
        required.push_str(" [goog.string.format]");
    }
    let text = format!("(ns a (:require {required}))\n(set! js/module.exports (pr-str (do {expression})))");
    match program(&[("ecosystems/a.cljs".into(), text)], &[], &[]) {
        Ok(compiled) => Answer::Value(compiled.exports.as_str().unwrap_or_default().to_owned()),
        Err(errors) => match errors[0].split_once("the program throws: ") {
            Some((_, message)) => Answer::Throws(message.to_owned()),
            None => Answer::Refused(errors.join("; ")),
        },
    }
}

/// Compiles files by their paths, from `index` or else all of them.
pub(crate) fn program(
    files: &[(String, String)],
    namespaces: &[&str],
    environment: &[(&str, &str)],
) -> Result<Compiled, Vec<String>> {
    let files: BTreeMap<&str, &str> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let entries: Vec<Entry> = if namespaces.is_empty() {
        files.keys().map(|path| Entry::File((*path).to_owned())).collect()
    } else {
        namespaces.iter().map(|name| Entry::Namespace((*name).to_owned())).collect()
    };
    compile(&Program {
        source_paths: &["ecosystems".to_owned()],
        entries: &entries,
        environment: &environment,
        directory: "/srv/work",
        read: &|path| Ok(files.get(path).map(|text| (*text).to_owned())),
    })
    .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}
