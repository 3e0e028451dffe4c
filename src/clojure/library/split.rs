//! `split` of `clojure.string`.

use crate::clojure::library::arguments::text_of;
use crate::clojure::library::regex::compile;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::run::sequence::units;
use crate::clojure::value::Value;
use crate::clojure::value::number::index;

/// Splits as JavaScript does, and drops empty strings from the end unless there
/// is a limit.
pub(super) fn split(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let text = text_of(&arguments[0])?;
    let limit = match arguments.get(2) {
        None => 0.0,
        Some(Value::Number(limit)) if limit.fract() == 0.0 => *limit,
        Some(other) => return Err(failed(format!("{} as a limit is not covered", other.what()))),
    };
    let mut parts = match &arguments[1] {
        Value::Regex(pattern) if pattern.is_empty() => {
            if limit != 0.0 {
                return Err(failed("`split` by an empty regex with a limit is not covered"));
            }
            // So it is in ClojureScript: an empty string comes first, and is dropped when it is all.
            if text.is_empty() {
                return Ok(Value::vector(Vec::new()));
            }
            let mut parts = vec![Value::string("")];
            parts.extend(units(text)?);
            return Ok(Value::vector(parts));
        }
        Value::Regex(pattern) if limit < 1.0 => by_regex(machine, text, pattern)?,
        Value::Regex(pattern) => limited(machine, text, pattern, index(limit).unwrap_or(usize::MAX))?,
        Value::String(mark) if limit < 1.0 && !mark.is_empty() => {
            text.split(&**mark).map(Value::string).collect()
        }
        other => return Err(failed(format!("`split` by {} is not covered", other.what()))),
    };
    machine.spend(parts.len())?;
    if limit == 0.0 && parts.len() > 1 {
        while parts.last().is_some_and(|part| matches!(part, Value::String(text) if text.is_empty())) {
            parts.pop();
        }
    }
    Ok(Value::vector(parts))
}

/// JavaScript's `String.prototype.split`: what groups catch is part of it.
fn by_regex(machine: &mut Machine<'_>, text: &str, pattern: &str) -> Outcome<Vec<Value>> {
    let regex = compile(machine, pattern, text)?;
    if text.is_empty() {
        return Ok(if regex.find(text).is_some() { Vec::new() } else { vec![Value::string("")] });
    }
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        machine.spend(1)?;
        let Some(found) = regex.find_from(text, at).next().filter(|found| found.start() < text.len()) else {
            break;
        };
        if found.end() == from {
            at = found.start() + text[found.start()..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        parts.push(Value::string(&text[from..found.start()]));
        parts.extend(
            found.groups().skip(1).map(|range| range.map_or(Value::Nil, |range| Value::string(&text[range]))),
        );
        from = found.end();
        at = if found.range().is_empty() {
            from + text[from..].chars().next().map_or(1, char::len_utf8)
        } else {
            from
        };
    }
    parts.push(Value::string(&text[from..]));
    Ok(parts)
}

/// At most `limit` parts, as ClojureScript finds them.
fn limited(machine: &mut Machine<'_>, text: &str, pattern: &str, limit: usize) -> Outcome<Vec<Value>> {
    let regex = compile(machine, pattern, text)?;
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() + 1 < limit {
        machine.spend(1 + rest.len() / 8)?;
        let Some(found) = regex.find(rest) else { break };
        let simple = found.captures.is_empty() && rest.find(&rest[found.range()]) == Some(found.start());
        if !simple || found.range().is_empty() {
            return Err(failed("`split` with a limit is not covered for this regex"));
        }
        parts.push(Value::string(&rest[..found.start()]));
        rest = &rest[found.end()..];
    }
    parts.push(Value::string(rest));
    Ok(parts)
}
