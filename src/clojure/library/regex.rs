//! Regexes, which are JavaScript's. A match is refused beforehand where it
//! could run forever: nothing bounds the matcher itself.

use regress::{Match, Regex};

use crate::clojure::machine::fault::{ADVICE, Outcome, advised, failed};
use crate::clojure::machine::native::exact;
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Value, number};

/// The most work that a match may cost, by the estimate below.
const MOST: f64 = 2e8;

pub(crate) static TABLE: &[Native] = &[
    exact("re-find", 2, |machine, arguments| {
        let (pattern, text) = operands(&arguments)?;
        let regex = compile(machine, pattern, text)?;
        Ok(regex.find(text).map_or(Value::Nil, |found| groups(text, &found)))
    }),
    // As ClojureScript has it: the first match, if it is the whole text.
    exact("re-matches", 2, |machine, arguments| {
        let (pattern, text) = operands(&arguments)?;
        let regex = compile(machine, pattern, text)?;
        let whole = regex.find(text).filter(|found| found.range() == (0..text.len()));
        Ok(whole.map_or(Value::Nil, |found| groups(text, &found)))
    }),
    exact("re-seq", 2, re_seq),
    exact("re-pattern", 1, |_, mut arguments| match arguments.remove(0) {
        Value::String(text) => Ok(Value::Regex(text)),
        Value::Regex(pattern) => Ok(Value::Regex(pattern)),
        other => Err(failed(format!("`re-pattern` of {} is not covered", other.what()))),
    }),
];

fn operands(arguments: &[Value]) -> Outcome<(&str, &str)> {
    match arguments {
        [Value::Regex(pattern), Value::String(text)] => Ok((pattern, text)),
        [pattern, text] => Err(failed(format!(
            "a regex and a string are needed, but here are {} and {}",
            pattern.what(),
            text.what()
        ))),
        _ => Err(failed("a regex and a string are needed")),
    }
}

/// The match, or with groups a vector of the match and what they caught.
pub(crate) fn groups(text: &str, found: &Match) -> Value {
    let part =
        |range: Option<std::ops::Range<usize>>| range.map_or(Value::Nil, |range| Value::string(&text[range]));
    if found.captures.is_empty() {
        return part(Some(found.range()));
    }
    Value::vector(found.groups().map(part).collect())
}

/// Each search goes on in the text behind the match, where `^` matches again.
fn re_seq(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let (pattern, text) = operands(&arguments)?;
    let mut rest = text;
    let mut found = Vec::new();
    let regex = compile(machine, pattern, text)?;
    while let Some(next) = regex.find(rest) {
        machine.spend(1 + rest.len() / 8)?;
        found.push(groups(rest, &next));
        let first = rest[next.start()..].chars().next().map_or(1, char::len_utf8);
        let end = next.start() + next.range().len().max(first);
        match rest.get(end..) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    Ok(if found.is_empty() { Value::Nil } else { Value::plain_seq(found) })
}

/// Compiles a pattern for a text.
pub(crate) fn compile(machine: &mut Machine<'_>, pattern: &str, text: &str) -> Outcome<Regex> {
    let refuse = |why: &str| Err(advised(format!("the regex `{pattern}` {why}"), ADVICE));
    if text.chars().chain(pattern.chars()).any(|char| char.len_utf16() > 1) {
        return refuse("meets a character outside the basic plane, which is not covered");
    }
    let (flags, body) = parts(pattern);
    // What the JVM, which compiles the literal, reads in another way than JavaScript.
    let foreign = [
        "\\Q", "\\A", "\\Z", "\\z", "\\G", "\\p", "\\P", "\\h", "\\R", "\\X", "(?<", "(?>", "(?i", "(?m",
        "(?s", "(?x", "(?u", "(?d", "(?-", "++", "*+", "?+", "}+", "[[:", "&&",
    ];
    if foreign.iter().any(|mark| body.contains(mark)) {
        return refuse("uses what Java and JavaScript read differently");
    }
    let cost = cost(body, text.chars().count());
    if cost > MOST {
        return refuse("could take very long on this text");
    }
    // The estimate is far above what all but hostile regexes take.
    machine.spend(number::index((cost / 1_000.0).ceil()).unwrap_or(usize::MAX))?;
    match Regex::with_flags(body, flags) {
        Ok(regex) => Ok(regex),
        Err(error) => refuse(&format!("cannot be used: {error}")),
    }
}

/// The flags of a literal, written at its head, and its body.
fn parts(pattern: &str) -> (&str, &str) {
    match pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')')) {
        Some((flags, body)) if !flags.is_empty() && flags.chars().all(|flag| "ims".contains(flag)) => {
            (flags, body)
        }
        _ => ("", pattern),
    }
}

/// What is wrong with a literal, wherever it stands and whoever uses it.
pub(crate) fn fault(pattern: &str) -> Option<String> {
    let (flags, body) = parts(pattern);
    let error = Regex::with_flags(body, flags).err()?;
    Some(format!("the regex `{pattern}` cannot be used: {error}"))
}

/// A bound on the steps of a match: every repetition may try each length, at
/// each start, and a repetition of repetitions every way to cut the text.
fn cost(pattern: &str, length: usize) -> f64 {
    let length = number::from_usize(length) + 2.0;
    let (mut repetitions, mut choices) = (0_i32, 0_i32);
    let mut nested = false;
    // For each open group: whether something in it repeats or is optional.
    let mut open: Vec<bool> = Vec::new();
    let mut closed = false;
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(char) = chars.next() {
        let after_group = std::mem::take(&mut closed);
        match char {
            '\\' => {
                // A reference back makes the length of what is matched unknown.
                nested |= chars.next().is_some_and(|next| next.is_ascii_digit() && next != '0');
            }
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            '(' => {
                open.push(false);
                if chars.peek() == Some(&'?') {
                    chars.next();
                }
            }
            ')' => {
                closed = open.pop().unwrap_or(false);
                if let Some(outer) = open.last_mut() {
                    *outer |= closed;
                }
            }
            '*' | '+' | '{' => {
                nested |= after_group;
                repetitions += 1;
                open.fill(true);
            }
            '|' | '?' => {
                choices += 1;
                open.fill(true);
            }
            _ => {}
        }
    }
    let ways = length.powi(repetitions + 1) * 2_f64.powi(choices);
    if nested { ways * 4_f64.powf(length.min(1_000.0)) } else { ways }
}
