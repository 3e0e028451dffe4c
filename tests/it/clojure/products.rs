//! Every function and form around every kind of value: what a person would not
//! think of writing. It may be refused; it may not be answered otherwise than by
//! ClojureScript.

use crate::clojure::table::{self, Comparison};

#[test]
fn no_function_of_a_value_is_answered_otherwise_than_by_clojurescript() {
    let values = lines(include_str!("products/values.cljs"));
    let all =
        templates().flat_map(|template| values.iter().map(move |value| fill(template, &[("_", value)])));
    agree(&all.collect::<Vec<_>>(), 8_000);
}

#[test]
fn no_function_of_two_values_is_answered_otherwise_than_by_clojurescript() {
    let mut all = Vec::new();
    for template in lines(include_str!("products/pairs.cljs")) {
        for one in FEW {
            all.extend(FEW.iter().map(|other| fill(template, &[("_", one), ("__", other)])));
        }
    }
    agree(&all, 6_000);
}

/// The values of which every pair is taken.
const FEW: [&str; 12] =
    ["nil", "0", "2", "\"ab\"", ":a", "[]", "[1 2]", "(list 1)", "{}", "{:a 1}", "#{1}", "(range 3)"];

/// Nothing may be answered otherwise; what is refused, mostly for being nonsense, must not be too much.
fn agree(expressions: &[String], at_least: usize) {
    let Comparison { wrong, refused, answered } = table::compare(expressions);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(answered >= at_least, "{answered} answered, {} refused", refused.len());
}

/// The functions and forms, each with holes.
pub(crate) fn templates() -> impl Iterator<Item = &'static str> {
    lines(include_str!("products/templates.cljs")).into_iter()
}

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with(';')).collect()
}

/// The template with values in its holes: names of their own.
fn fill(template: &str, holes: &[(&str, &str)]) -> String {
    let is_name = |char: char| char.is_alphanumeric() || "_-!?".contains(char);
    let words = template.split_inclusive(|char| !is_name(char));
    words
        .map(|word| {
            let name = word.trim_end_matches(|char| !is_name(char));
            let value = holes.iter().find(|(hole, _)| *hole == name).map_or(name, |(_, value)| value);
            value.to_owned() + &word[name.len()..]
        })
        .collect()
}
