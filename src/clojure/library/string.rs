//! `clojure.string`.

use std::rc::Rc;

use crate::clojure::library::regex::{compile, groups};
use crate::clojure::library::{Native, exact, ranged};
use crate::clojure::run::fault::{Outcome, failed};
use crate::clojure::run::machine::{LONGEST, Machine};
use crate::clojure::value::Value;
use crate::clojure::value::number::{self, index, is_space};

pub(crate) static TABLE: &[Native] = &[
    ranged("join", 1, 2, join),
    ranged("split", 2, 3, split),
    exact("split-lines", 1, |machine, arguments| {
        let pattern = Value::Regex("\n|\r\n".into());
        split(machine, vec![arguments[0].clone(), pattern])
    }),
    exact("replace", 3, |machine, arguments| replace(machine, &arguments, true)),
    exact("replace-first", 3, |machine, arguments| replace(machine, &arguments, false)),
    exact("upper-case", 1, |machine, arguments| map(machine, &arguments, str::to_uppercase)),
    exact("lower-case", 1, |machine, arguments| map(machine, &arguments, str::to_lowercase)),
    exact("capitalize", 1, |machine, arguments| map(machine, &arguments, capitalize)),
    exact("trim", 1, |machine, arguments| {
        map(machine, &arguments, |text| text.trim_matches(is_space).into())
    }),
    exact("triml", 1, |machine, arguments| {
        map(machine, &arguments, |text| text.trim_start_matches(is_space).into())
    }),
    exact("trimr", 1, |machine, arguments| {
        map(machine, &arguments, |text| text.trim_end_matches(is_space).into())
    }),
    exact("trim-newline", 1, |machine, arguments| {
        map(machine, &arguments, |text| text.trim_end_matches(['\n', '\r']).into())
    }),
    exact("blank?", 1, |_, arguments| match &arguments[0] {
        absent if absent.is_nil() => Ok(true.into()),
        other => Ok(text_of(other)?.chars().all(is_space).into()),
    }),
    exact("starts-with?", 2, |_, arguments| {
        Ok(text_of(&arguments[0])?.starts_with(text_of(&arguments[1])?).into())
    }),
    exact("ends-with?", 2, |_, arguments| {
        Ok(text_of(&arguments[0])?.ends_with(text_of(&arguments[1])?).into())
    }),
    exact("includes?", 2, |_, arguments| {
        Ok(text_of(&arguments[0])?.contains(text_of(&arguments[1])?).into())
    }),
    ranged("index-of", 2, 3, |_, arguments| {
        let (text, part) = (text_of(&arguments[0])?, text_of(&arguments[1])?);
        let from = arguments.get(2).map(|from| offset(text, from)).transpose()?.unwrap_or(0);
        Ok(position(text, text[from..].find(part).map(|at| from + at)))
    }),
    ranged("last-index-of", 2, 3, |_, arguments| {
        let (text, part) = (text_of(&arguments[0])?, text_of(&arguments[1])?);
        let Some(from) = arguments.get(2) else { return Ok(position(text, text.rfind(part))) };
        let end = offset(text, from)?.saturating_add(part.len()).min(text.len());
        let end = (end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        Ok(position(text, text[..end].rfind(part)))
    }),
    exact("escape", 2, |machine, arguments| {
        let mut text = String::new();
        for unit in crate::clojure::run::sequence::units(text_of(&arguments[0])?)? {
            let instead = machine.get(&arguments[1], &unit, unit.clone())?;
            text.push_str(&machine.text(if instead.is_nil() { &unit } else { &instead })?);
        }
        machine.string(text)
    }),
    exact("reverse", 1, |machine, arguments| {
        if text_of(&arguments[0])?.is_ascii() {
            return map(machine, &arguments, |text| text.chars().rev().collect());
        }
        Err(failed("`reverse` of a text beyond ASCII is not covered"))
    }),
];

fn text_of(value: &Value) -> Outcome<&str> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(failed(format!("a string is needed, but here is {}", other.what()))),
    }
}

fn map(machine: &mut Machine<'_>, arguments: &[Value], change: impl Fn(&str) -> String) -> Outcome {
    let text = change(text_of(&arguments[0])?);
    machine.string(text)
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect()
    })
}

/// An index in a text of ASCII, where units are bytes; what is too great is the end.
fn offset(text: &str, at: &Value) -> Outcome<usize> {
    match at {
        Value::Number(at) if text.is_ascii() && at.fract() == 0.0 && *at >= 0.0 => {
            Ok(index(*at).map_or(text.len(), |at| at.min(text.len())))
        }
        other => Err(failed(format!("{} as a place in this text is not covered", other.what()))),
    }
}

/// A byte offset as an index in UTF-16 units.
fn position(text: &str, at: Option<usize>) -> Value {
    at.map_or(Value::Nil, |at| number::count(text[..at].encode_utf16().count()))
}

fn join(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let coll = arguments.pop().unwrap_or_default();
    let between = match arguments.first() {
        Some(between) if between.is_nil() => return Err(failed("`join` with `nil` between is not covered")),
        Some(between) => machine.text(between)?,
        None => String::new(),
    };
    let mut text = String::new();
    for (at, item) in machine.items(&coll)?.iter().enumerate() {
        if at > 0 {
            text.push_str(&between);
        }
        text.push_str(&machine.text(item)?);
        if text.len() > LONGEST {
            break;
        }
    }
    machine.string(text)
}

/// Splits as JavaScript does, and drops empty strings from the end unless there
/// is a limit.
fn split(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
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
            parts.extend(crate::clojure::run::sequence::units(text)?);
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

pub(crate) fn replace(machine: &mut Machine<'_>, arguments: &[Value], all: bool) -> Outcome {
    let text = text_of(&arguments[0])?;
    if !all && !matches!(arguments[2], Value::String(_)) {
        // JavaScript would call it with the match, the groups, the index and the text.
        return Err(failed("`replace-first` with a function is not covered"));
    }
    let (matches, groups): (Vec<std::ops::Range<usize>>, Vec<Value>) = match &arguments[1] {
        Value::String(mark) if mark.is_empty() => {
            return Err(failed("`replace` of an empty string is not covered"));
        }
        Value::String(mark) => {
            let ranges = text
                .match_indices(&**mark)
                .map(|(at, found)| (at..at + found.len(), Value::String(Rc::clone(mark))));
            ranges.unzip()
        }
        Value::Regex(pattern) => {
            let regex = compile(machine, pattern, text)?;
            regex.find_iter(text).map(|found| (found.range(), groups(text, &found))).unzip()
        }
        other => return Err(failed(format!("`replace` of {} is not covered", other.what()))),
    };
    machine.spend(matches.len() + text.len() / 8)?;
    let mut out = String::new();
    let mut from = 0;
    for (range, groups) in matches.into_iter().zip(groups).take(if all { usize::MAX } else { 1 }) {
        out.push_str(&text[from..range.start]);
        out.push_str(&replacement(machine, &arguments[1], &arguments[2], groups)?);
        from = range.end;
        if out.len() > LONGEST {
            break;
        }
    }
    out.push_str(&text[from..]);
    machine.string(out)
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

fn expand(with: &str, groups: &Value) -> Outcome<String> {
    let parts: &[Value] = match groups {
        Value::Vector(vector) => &vector.items,
        other => std::slice::from_ref(other),
    };
    let mut out = String::new();
    let mut chars = with.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '$' {
            out.push(char);
            continue;
        }
        match chars.peek().copied() {
            Some('$') => {
                chars.next();
                out.push('$');
            }
            Some('&') => {
                chars.next();
                out.push_str(text_of(&parts[0])?);
            }
            Some(digit @ '1'..='9') if parts.len() <= 10 => {
                let at = digit.to_digit(10).unwrap_or_default() as usize;
                match parts.get(at) {
                    Some(Value::String(text)) => out.push_str(text),
                    Some(_) => {}
                    None => {
                        out.push('$');
                        continue;
                    }
                }
                chars.next();
            }
            Some('`' | '\'' | '<') => {
                return Err(failed(format!("`{with}` as a replacement is not covered")));
            }
            Some('0')
                if with.contains("$0") && ('1'..='9').any(|digit| with.contains(&format!("$0{digit}"))) =>
            {
                return Err(failed(format!("`{with}` as a replacement is not covered")));
            }
            _ => out.push('$'),
        }
    }
    Ok(out)
}
