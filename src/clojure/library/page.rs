//! What the embedded compiler covers, as a page: taken from the tables that
//! implement it. docs/clojurescript.md is made of it
//! (`UPDATE_EXPECT=1 cargo test what_is_covered`).

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::clojure::analyse::{macros, special};
use crate::clojure::library::format::{FORMAT, STRING};
use crate::clojure::library::{CLOBBER, INTERNAL, JS, OURS, TABLES, TEXTS};

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
- A program ends: calls, loops and copies are counted, nesting is bounded, regexes that could run for ever are refused.

A workspace that has its own `clobber.macro` is evaluated with that, as it stands.

";

/// The page, as Markdown.
pub(super) fn document() -> String {
    let mut page = INTRODUCTION.to_owned();
    section(&mut page, "Special forms", special::names().filter(|name| !name.ends_with('*')));
    section(&mut page, "Macros", macros::names());
    let namespaces: BTreeSet<&str> =
        TABLES.iter().map(|(name, _)| *name).chain(TEXTS.iter().map(|(name, _)| *name)).collect();
    for namespace in namespaces.into_iter().filter(|name| ![INTERNAL, FORMAT].contains(name)) {
        let native = TABLES.iter().filter(|(name, _)| *name == namespace).flat_map(|(_, rows)| rows.iter());
        let written = TEXTS.iter().filter(|(name, _)| *name == namespace).flat_map(|(_, text)| defined(text));
        let title = match namespace {
            JS => "`js/`, beside `process.env`, `process.cwd`, `process.platform`, `module.exports`, `Error`, `require`, and `Object.assign` onto an object that is written there".to_owned(),
            STRING => format!("`{STRING}`, with `{FORMAT}` required too"),
            CLOBBER => format!("`{CLOBBER}`, unless the workspace has its own"),
            other => match other.strip_prefix("node:") {
                Some(module) => format!("`\"{module}\"`, by `:require` or `js/require`"),
                None => format!("`{other}`"),
            },
        };
        section(&mut page, &title, native.map(|native| native.name).chain(written));
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// What a text defines for everybody.
fn defined(text: &'static str) -> impl Iterator<Item = &'static str> {
    let heads = text.lines().filter_map(|line| line.strip_prefix("(defn "));
    heads.filter_map(|line| line.split_whitespace().find(|word| !word.starts_with('^')))
}

fn section<'n>(page: &mut String, title: &str, names: impl Iterator<Item = &'n str>) {
    let names: BTreeSet<&str> = names.filter(|name| !OURS.contains(name)).collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let _ = write!(page, "## {title}\n\n{}\n\n", names.join(" "));
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    #[test]
    fn what_is_covered_is_documented() {
        expect_file!["../../../docs/clojurescript.md"].assert_eq(&super::document());
    }
}
