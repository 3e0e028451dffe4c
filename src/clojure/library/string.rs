//! `clojure.string`.

use crate::clojure::library::arguments::text_of;
use crate::clojure::library::replace::replace;
use crate::clojure::library::split::split;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::limits::LONGEST;
use crate::clojure::machine::native::{exact, ranged};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::run::sequence::units;
use crate::clojure::value::Value;
use crate::clojure::value::number::{self, index, is_space};

pub(crate) static TABLE: &[Native] = &[
    ranged("join", 1, 2, join),
    ranged("split", 2, 3, split),
    exact("split-lines", 1, |machine, arguments| {
        let pattern = Value::Regex("\n|\r\n".into());
        split(machine, vec![arguments[0].clone(), pattern])
    }),
    exact("replace", 3, |machine, arguments| replace_in(machine, &arguments, true)),
    exact("replace-first", 3, |machine, arguments| replace_in(machine, &arguments, false)),
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
        for unit in units(text_of(&arguments[0])?)? {
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

fn replace_in(machine: &mut Machine<'_>, arguments: &[Value], all: bool) -> Outcome {
    replace(machine, text_of(&arguments[0])?, &arguments[1], &arguments[2], all)
}
