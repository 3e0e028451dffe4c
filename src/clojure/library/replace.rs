//! `replace` of `clojure.string` and of JavaScript's strings.

use std::ops::Range;
use std::rc::Rc;

use crate::clojure::library::arguments::text_of;
use crate::clojure::library::regex::{compile, groups};
use crate::clojure::machine::fault::{Outcome, Stop, failed};
use crate::clojure::machine::limits::LONGEST;
use crate::clojure::machine::state::Machine;
use crate::clojure::value::Value;

pub(super) fn replace(
    machine: &mut Machine<'_>,
    text: &str,
    pattern: &Value,
    with: &Value,
    all: bool,
) -> Outcome {
    if !all && !matches!(with, Value::String(_)) {
        // JavaScript would call it with the match, the groups, the index and the text.
        return Err(failed("`replace-first` with a function is not covered"));
    }
    let found = matches(machine, text, pattern)?;
    machine.spend(found.len() + text.len() / 8)?;
    let mut out = String::new();
    let mut from = 0;
    for (range, groups) in found.into_iter().take(if all { usize::MAX } else { 1 }) {
        out.push_str(&text[from..range.start]);
        out.push_str(&replacement(machine, pattern, with, groups)?);
        from = range.end;
        if out.len() > LONGEST {
            break;
        }
    }
    out.push_str(&text[from..]);
    machine.string(out)
}

/// Where a pattern matches, each with what its groups caught.
fn matches(machine: &mut Machine<'_>, text: &str, pattern: &Value) -> Outcome<Vec<(Range<usize>, Value)>> {
    match pattern {
        Value::String(mark) if mark.is_empty() => Err(failed("`replace` of an empty string is not covered")),
        Value::String(mark) => {
            let range = |(at, found): (usize, &str)| (at..at + found.len(), Value::String(Rc::clone(mark)));
            Ok(text.match_indices(&**mark).map(range).collect())
        }
        Value::Regex(pattern) => {
            let regex = compile(machine, pattern, text)?;
            Ok(regex.find_iter(text).map(|found| (found.range(), groups(text, &found))).collect())
        }
        other => Err(failed(format!("`replace` of {} is not covered", other.what()))),
    }
}

/// What stands in for a match: a string with JavaScript's `$` marks, or what a
/// function gives.
fn replacement(machine: &mut Machine<'_>, pattern: &Value, with: &Value, groups: Value) -> Outcome<String> {
    match with {
        Value::String(with) => expand(with, &groups),
        Value::Function(_) | Value::Map(_) | Value::Keyword(_) if matches!(pattern, Value::Regex(_)) => {
            match machine.call(with, vec![groups])? {
                Value::String(text) => Ok(text.to_string()),
                other => Err(failed(format!("a replacement must be a string, but is {}", other.what()))),
            }
        }
        other => Err(failed(format!("`replace` with {} is not covered", other.what()))),
    }
}

/// A replacement with its `$` marks resolved.
fn expand(with: &str, groups: &Value) -> Outcome<String> {
    let parts: &[Value] = match groups {
        Value::Vector(vector) => &vector.items,
        other => std::slice::from_ref(other),
    };
    let mut out = String::new();
    let mut rest = with;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let mark = after.chars().next();
        let taken = match mark {
            Some('$') => {
                out.push('$');
                true
            }
            Some('&') => {
                out.push_str(text_of(&parts[0])?);
                true
            }
            Some(digit @ '1'..='9') if parts.len() <= 10 => push_group(&mut out, parts, digit),
            Some('`' | '\'' | '<') => return Err(uncovered(with)),
            Some('0') if has_two_digits(with) => return Err(uncovered(with)),
            _ => {
                out.push('$');
                false
            }
        };
        rest = if taken { &after[1..] } else { after };
    }
    out.push_str(rest);
    Ok(out)
}

/// Adds what a group caught; without such a group the mark stays as it is written.
fn push_group(out: &mut String, parts: &[Value], digit: char) -> bool {
    match digit.to_digit(10).and_then(|digit| parts.get(digit as usize)) {
        Some(Value::String(text)) => out.push_str(text),
        Some(_) => {}
        None => {
            out.push('$');
            return false;
        }
    }
    true
}

/// Whether `$01` or another of two digits stands in a replacement.
fn has_two_digits(with: &str) -> bool {
    ('1'..='9').any(|digit| with.contains(&format!("$0{digit}")))
}

fn uncovered(with: &str) -> Stop {
    failed(format!("`{with}` as a replacement is not covered"))
}
