//! What the embedded compiler covers, as a page: taken from the tables that
//! implement it. docs/clojurescript.md is made of it
//! (`UPDATE_EXPECT=1 cargo test what_is_covered`).

use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::expect_file;

use crate::clojure::analyse::{macros, special};
use crate::clojure::library::texts::{definitions, texts};
use crate::clojure::library::{self, CLOBBER, OURS, methods};
use crate::clojure::machine::names::{FORMAT, INTERNAL, JS, STRING};

const INTRODUCTION: &str = "\
# ClojureScript in pm2sync

<!-- Made from the compiler's own tables: edit those, then `UPDATE_EXPECT=1 cargo test what_is_covered`. -->

`compiler = \"embedded\"` reads and evaluates definitions without JVM or node, in milliseconds. What it accepts
has exactly the value that ClojureScript compiled by shadow-cljs gives. What it cannot do with certainty it
refuses, with file, line, column and form: `compiler = \"shadow-cljs\"` compiles that.

- What shadow-cljs refuses or only warns of is an error: undeclared names, a wrong number of arguments, duplicate
  keys, a namespace that does not fit its file.
- Refused because it would differ from compile to compile: `rand`, `shuffle`, `gensym`, `js/Date`, `os.cpus`,
  `os.hostname`. Because its text depends on the compiler: printing a function, an error, a regex.
- Refused because it is not covered: `defmacro` and macros of a project's own, protocols, records and types,
  metadata at run time, sorted maps and sets, changing JavaScript objects, `:pre` and `:post`, ratios, `#inst`, `#uuid`.
- Refused because its moment is not certain: a side effect inside a lazy sequence where ClojureScript might run
  it earlier or later.
- The environment: `process.env` in every spelling. A variable read with no value and no default is a warning with
  its place; the head of the artifact names all that were read.
- A program ends: calls, loops and copies are counted, nesting is bounded, regexes that could run forever are refused.

A workspace that has its own `clobber.macro` is evaluated with that, as it stands.

";

/// The page, as Markdown.
fn document() -> String {
    let mut page = INTRODUCTION.to_owned();
    section(&mut page, "Special forms", special::names().filter(|name| !name.ends_with('*')));
    section(&mut page, "Macros", macros::names());
    let namespaces: BTreeSet<&str> = library::namespaces().collect();
    for namespace in namespaces.into_iter().filter(|name| ![INTERNAL, FORMAT].contains(name)) {
        let native = library::natives().filter(|(table, _)| *table == namespace);
        let written = texts(namespace).flat_map(definitions).filter(|found| !found.private);
        let names = native.map(|(_, native)| native.name).chain(written.map(|found| found.name));
        section(&mut page, &title(namespace), names.filter(|name| !OURS.contains(name)));
    }
    for (values, names) in methods::names() {
        let names: Vec<String> = names.into_iter().map(|name| format!(".{name}")).collect();
        section(&mut page, &format!("Methods of {values}"), names.iter().map(String::as_str));
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// What stands above the names of a namespace.
fn title(namespace: &str) -> String {
    match namespace {
        JS => "`js/`, beside `process.env`, `process.cwd`, `process.platform`, `module.exports`, `Error`, `require`, and `Object.assign` onto an object that is written there".to_owned(),
        STRING => format!("`{STRING}`, with `{FORMAT}` required too"),
        CLOBBER => format!("`{CLOBBER}`, unless the workspace has its own"),
        other => match other.strip_prefix("node:") {
            Some(module) => format!("`\"{module}\"`, by `:require` or `js/require`"),
            None => format!("`{other}`"),
        },
    }
}

fn section<'n>(page: &mut String, title: &str, names: impl Iterator<Item = &'n str>) {
    let names: BTreeSet<&str> = names.collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let _ = write!(page, "## {title}\n\n{}\n\n", names.join(" "));
}

#[test]
fn what_is_covered_is_documented() {
    expect_file!["../../docs/clojurescript.md"].assert_eq(&document());
}
