//! Every function and form around every kind of value: what a person would not
//! think of writing. It may be refused; it may not be answered otherwise than by
//! ClojureScript.

use crate::table::{self, Comparison};

/// How many of them are answered; the rest is refused, mostly for being nonsense.
const ANSWERED: usize = 5_000;

#[test]
fn nothing_is_answered_otherwise_than_by_clojurescript() {
    let values = lines(include_str!("products/values.cljs"));
    let all: Vec<String> =
        templates().flat_map(|template| values.iter().map(|value| fill(template, value))).collect();
    let Comparison { wrong, refused, answered } = table::compare(&all);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(answered >= ANSWERED, "{answered} answered, {} refused", refused.len());
}

/// The functions and forms, each with holes.
pub(crate) fn templates() -> impl Iterator<Item = &'static str> {
    lines(include_str!("products/templates.cljs")).into_iter()
}

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with(';')).collect()
}

/// The template with the value in its holes: every `_` that is a symbol of its own.
fn fill(template: &str, value: &str) -> String {
    let is_name =
        |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || "_-!?".contains(char));
    let mut out = String::new();
    for (at, char) in template.char_indices() {
        let before = template[..at].chars().next_back();
        let after = template[at + char.len_utf8()..].chars().next();
        if char == '_' && !is_name(before) && !is_name(after) && before != Some('#') {
            out.push_str(value);
        } else {
            out.push(char);
        }
    }
    out
}
