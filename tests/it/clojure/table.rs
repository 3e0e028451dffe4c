//! The table of expressions, one a line in `expressions/`, and the list of those
//! on which the two engines differ.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::clojure::oracle::{self, Engine};
use crate::clojure::ours::{self, Answer};

/// Every table, with what it is about.
const TABLES: [(&str, &str); 5] = [
    ("order", include_str!("../../../src/clojure/library/answers/order.cljs")),
    ("language", include_str!("../../../src/clojure/library/answers/language.cljs")),
    ("laziness", include_str!("../../../src/clojure/library/answers/laziness.cljs")),
    ("library", include_str!("expressions/library.cljs")),
    ("javascript", include_str!("expressions/javascript.cljs")),
];

/// The expressions of a table: its lines, but for comments.
pub(crate) fn expressions(table: &str) -> Vec<String> {
    let lines = table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(';'));
    lines.map(|line| line.split(" ;=> ").next().unwrap_or(line).to_owned()).collect()
}

/// Every line of every table.
pub(crate) fn lines() -> impl Iterator<Item = &'static str> {
    TABLES.iter().flat_map(|(_, table)| table.lines())
}

/// What counts where the engines differ: `expression ;=> answer ;; why`.
fn disagreements() -> BTreeMap<&'static str, &'static str> {
    expressions_with_answers(include_str!("disagreements.cljs"))
}

fn expressions_with_answers(table: &'static str) -> BTreeMap<&'static str, &'static str> {
    table
        .lines()
        .filter_map(|line| line.split_once(" ;=> "))
        .map(|(expression, rest)| (expression, rest.split_once(" ;; ").expect("a reason").0))
        .collect()
}

/// Asks all three, and says where ours is not what counts. One after the other: each
/// has much to compute, and other tests wait for processes meanwhile.
pub(crate) fn compare(expressions: &[String]) -> Comparison {
    let settled = disagreements();
    let ours = ours::answers(expressions);
    let nbb = oracle::answers(Engine::Nbb, expressions);
    let cherry = oracle::answers(Engine::Cherry, expressions);
    let mut comparison = Comparison::default();
    for (at, expression) in expressions.iter().enumerate() {
        let counts = settled.get(expression.as_str()).copied();
        comparison.add(expression, &ours[at], &nbb[at], &cherry[at], counts);
    }
    comparison
}

fn lacks_a_name(answer: &str) -> bool {
    answer.starts_with("throws ")
        && (answer.contains("Unable to resolve symbol") || answer.ends_with(" is not defined"))
}

/// How ours stands to the others.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// One paragraph for each answer that is not what counts.
    pub(crate) wrong: String,
    /// What is not covered, with the reason.
    pub(crate) refused: Vec<String>,
    pub(crate) answered: usize,
}

impl Comparison {
    fn add(&mut self, expression: &str, ours: &Answer, nbb: &str, cherry: &str, counts: Option<&str>) {
        // An engine that does not have a name says nothing of its value.
        let others: Vec<&str> = [nbb, cherry].into_iter().filter(|answer| !lacks_a_name(answer)).collect();
        let agree = |value: &str| match counts {
            Some(counts) => value == counts,
            None => !others.is_empty() && others.iter().all(|other| *other == value),
        };
        let fine = match ours {
            Answer::Value(value) => agree(value),
            Answer::Throws(_) if counts == Some("throws") => true,
            Answer::Throws(_) => others.iter().all(|answer| answer.starts_with("throws ")),
            Answer::Refused(why) => {
                self.refused.push(format!("{expression}\n    {why}"));
                return;
            }
        };
        self.answered += 1;
        if !fine {
            let _ = writeln!(
                self.wrong,
                "{expression}\n    ours   {ours:?}\n    nbb    {nbb}\n    cherry {cherry}"
            );
        }
    }
}

#[test]
fn every_expression_is_answered_as_clojurescript_answers_it() {
    let all: Vec<String> = TABLES.iter().flat_map(|(_, table)| expressions(table)).collect();
    let Comparison { wrong, refused, answered } = compare(&all);
    assert!(
        wrong.is_empty() && refused.is_empty(),
        "{wrong}\nrefused:\n{}\n{answered} answered",
        refused.join("\n")
    );
}
