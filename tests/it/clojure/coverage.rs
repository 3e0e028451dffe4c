//! Every function that the page names stands in at least one comparison.

use crate::clojure::{products, table};

/// Answered by no engine in the same way twice, or only inside pm2sync.
const APART: [&str; 13] = [
    "ns",
    "rand",
    "rand-int",
    "rand-nth",
    "random-sample",
    "random-uuid",
    "shuffle",
    "gensym",
    "system-time",
    // What they print goes elsewhere in the other engines.
    "enable-console-print!",
    "flush",
    "newline",
    "js/console.log",
];

#[test]
fn every_function_of_the_page_is_compared() {
    let page = include_str!("../../../docs/clojurescript.md");
    let compared = products::templates().chain(table::lines()).collect::<Vec<_>>().join("\n");
    let is_part = |char: char| char.is_alphanumeric() || "-_!?*+<>=&./".contains(char);
    let words: Vec<&str> = compared.split(|char| !is_part(char)).collect();
    let mut missing = Vec::new();
    for part in page.split("\n## ").skip(1) {
        let (title, names) = part.split_once('\n').expect("a title");
        let prefix = match title.split('`').nth(1) {
            Some("clojure.string") => "str/",
            Some("clojure.set") => "set/",
            Some("clojure.walk") => "walk/",
            Some("clojure.edn") => "edn/",
            Some("js/") => "js/",
            Some("goog.string") => "gstring/",
            Some("goog.object") => "gobj/",
            Some("\"path\"") => "path/",
            // Compared in whole workspaces, or the machine's own.
            Some("clobber.macro" | "\"os\"") => continue,
            _ => "",
        };
        for name in names.split('`').skip(1).step_by(2) {
            let name = format!("{prefix}{name}");
            if !words.contains(&name.as_str()) && !APART.contains(&name.as_str()) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
