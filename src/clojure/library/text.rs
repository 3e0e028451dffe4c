//! Strings, keywords and symbols.

use std::rc::Rc;

use crate::clojure::form::Name;
use crate::clojure::library::arguments::number_of;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::number::index;
use crate::clojure::value::{Value, print};

pub(crate) static TABLE: &[Native] = &[
    variadic("str", 0, str),
    exact("name", 1, |_, arguments| match &arguments[0] {
        Value::Keyword(name) | Value::Symbol(name) => Ok(Value::string(name.name.as_str())),
        Value::String(text) => Ok(Value::String(Rc::clone(text))),
        other => Err(failed(format!("{} has no name", other.what()))),
    }),
    exact("namespace", 1, |_, arguments| match &arguments[0] {
        Value::Keyword(name) | Value::Symbol(name) => {
            Ok(name.namespace.as_deref().map_or(Value::Nil, Value::string))
        }
        other => Err(failed(format!("{} has no namespace", other.what()))),
    }),
    ranged("keyword", 1, 2, keyword),
    ranged("symbol", 1, 2, symbol),
    ranged("subs", 2, 3, subs),
    exact("char", 1, |_, arguments| match &arguments[0] {
        Value::Number(code) => {
            let char = index(*code)
                .and_then(|code| u16::try_from(code).ok())
                .map(|unit| String::from_utf16(&[unit]));
            match char {
                Some(Ok(char)) => Ok(Value::string(char)),
                _ => Err(failed("`char` of this number is not covered")),
            }
        }
        Value::String(text) if text.encode_utf16().count() == 1 => Ok(Value::String(Rc::clone(text))),
        other => Err(failed(format!("`char` of {} is not covered", other.what()))),
    }),
];

impl Machine<'_> {
    /// `(str value)`.
    pub(crate) fn text(&mut self, value: &Value) -> Outcome<String> {
        self.realise(value)?;
        print::string(value).map_err(|why| failed(format!("`str` of {} is not covered: {why}", value.what())))
    }
}

fn str(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let mut text = String::new();
    for value in &arguments {
        text.push_str(&machine.text(value)?);
    }
    machine.string(text)
}

/// The part of a name, when it is a string or has one.
fn name_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Keyword(name) | Value::Symbol(name) => Some(&name.name),
        _ => None,
    }
}

fn keyword(_: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    if let [namespace, name] = &arguments[..] {
        let namespace = if namespace.is_nil() { Some(None) } else { name_of(namespace).map(Some) };
        return match (namespace, name_of(name)) {
            (Some(namespace), Some(name)) => {
                Ok(Value::Keyword(Rc::new(Name { namespace: namespace.map(Into::into), name: name.into() })))
            }
            _ => Err(failed("`keyword` needs names")),
        };
    }
    Ok(match arguments.remove(0) {
        Value::Keyword(name) | Value::Symbol(name) => Value::Keyword(name),
        Value::String(text) => Value::Keyword(Rc::new(parsed(&text)?)),
        Value::Nil => Value::Nil,
        other => return Err(failed(format!("`keyword` of {} is not covered", other.what()))),
    })
}

/// `a/b` as a name; what has several slashes is taken apart in other ways.
fn parsed(text: &str) -> Outcome<Name> {
    if text.matches('/').count() > 1 || (text.len() > 1 && (text.starts_with('/') || text.ends_with('/'))) {
        return Err(failed(format!("`{text}` as a name is not covered: its slashes")));
    }
    Ok(Name::parse(text))
}

fn symbol(_: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    if let [namespace, name] = &arguments[..] {
        return match (namespace, name) {
            (Value::Nil, Value::String(name)) => Ok(Value::Symbol(Rc::new(Name::plain(&**name)))),
            (Value::String(namespace), Value::String(name)) => Ok(Value::Symbol(Rc::new(Name {
                namespace: Some((**namespace).into()),
                name: (**name).into(),
            }))),
            _ => Err(failed("`symbol` needs strings")),
        };
    }
    Ok(match arguments.remove(0) {
        Value::Keyword(name) | Value::Symbol(name) => Value::Symbol(name),
        Value::String(text) => Value::Symbol(Rc::new(parsed(&text)?)),
        other => return Err(failed(format!("`symbol` of {} is not covered", other.what()))),
    })
}

/// The part of a string between two positions in UTF-16 units, as JavaScript's
/// `substring`: what is outside is clamped, and the positions may be swapped.
pub(crate) fn substring(text: &str, from: f64, to: Option<f64>) -> Outcome<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let clamp = |at: f64| {
        if at.is_nan() || at < 0.0 {
            0
        } else {
            index(at.trunc()).map_or(units.len(), |at| at.min(units.len()))
        }
    };
    let (from, to) = (clamp(from), to.map_or(units.len(), clamp));
    let (from, to) = (from.min(to), from.max(to));
    String::from_utf16(&units[from..to]).map_err(|_| failed("a string is cut inside a character"))
}

fn subs(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let Value::String(text) = &arguments[0] else {
        return Err(failed(format!("`subs` of {} is not covered", arguments[0].what())));
    };
    let to = arguments.get(2).map(number_of).transpose()?;
    machine.spend(text.len() / 16)?;
    let text = substring(text, number_of(&arguments[1])?, to)?;
    machine.string(text)
}

/// The text of a scalar, as JavaScript's `String` has it.
pub(super) fn plain(machine: &mut Machine<'_>, value: &Value) -> Outcome<String> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => machine.text(value),
        other => Err(failed(format!("JavaScript's text of {} is not covered", other.what()))),
    }
}
