//! `clj->js` and `js->clj`.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Host, Map, Value, number, print};

/// How deep values may nest.
const DEEPEST: usize = 200;

pub(crate) static TABLE: &[Native] = &[
    exact("clj->js", 1, |machine, arguments| to_js(machine, &arguments[0], 0)),
    variadic("js->clj", 1, |machine, arguments| {
        let keywords = match &arguments[1..] {
            [] => false,
            [Value::Keyword(option), value] if option.to_string() == "keywordize-keys" => value.truthy(),
            _ => return Err(failed("`js->clj` takes `:keywordize-keys` and nothing else")),
        };
        to_clj(machine, &arguments[0], keywords, 0)
    }),
];

pub(crate) fn to_js(machine: &mut Machine<'_>, value: &Value, depth: usize) -> Outcome {
    machine.spend(1)?;
    if depth > DEEPEST {
        return Err(failed(format!("a value is nested more than {DEEPEST} deep")));
    }
    Ok(match value {
        Value::Keyword(name) => Value::string(name.name.as_str()),
        Value::Symbol(name) => Value::string(name.to_string()),
        Value::Map(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for entry in map.iter() {
                entries.push((
                    key_text(machine, &entry.key)?,
                    to_js(machine, &entry.value, depth + 1)?,
                    entry.spot,
                ));
            }
            Value::object(entries, map.spot)
        }
        Value::Vector(_) | Value::Set(_) | Value::Seq(_) => {
            let items = machine.items(value)?;
            let items: Outcome<Vec<_>> = items.iter().map(|item| to_js(machine, item, depth + 1)).collect();
            Value::array(items?)
        }
        Value::Host(Host::Undefined) => Value::Nil,
        other => other.clone(),
    })
}

/// The property that a key of a map becomes.
fn key_text(machine: &mut Machine<'_>, key: &Value) -> Outcome<Rc<str>> {
    Ok(match key {
        Value::String(text) => Rc::clone(text),
        Value::Number(value) => number::text(*value).into(),
        Value::Keyword(name) => name.name.as_str().into(),
        Value::Symbol(name) => name.to_string().into(),
        other => {
            machine.realise(other)?;
            print::printed(other, true).map_err(failed)?.into()
        }
    })
}

fn to_clj(machine: &mut Machine<'_>, value: &Value, keywords: bool, depth: usize) -> Outcome {
    machine.spend(1)?;
    if depth > DEEPEST {
        return Err(failed(format!("a value is nested more than {DEEPEST} deep")));
    }
    match value {
        Value::Array(items) => {
            let items: Outcome<Vec<_>> =
                items.items.iter().map(|item| to_clj(machine, item, keywords, depth + 1)).collect();
            Ok(Value::vector(items?))
        }
        Value::Object(object) => {
            let mut map = Map::at(object.entries.spot);
            for entry in object.entries.iter() {
                let key = match &entry.key {
                    Value::String(text) if keywords && text.contains('/') => {
                        return Err(failed(format!("`{text}` as a keyword is not covered")));
                    }
                    Value::String(text) if keywords => Value::keyword(text),
                    other => other.clone(),
                };
                let value = to_clj(machine, &entry.value, keywords, depth + 1)?;
                machine.put(&mut map, key, value, entry.spot)?;
            }
            Ok(Value::map(map))
        }
        Value::Host(Host::Undefined) => Ok(Value::Nil),
        Value::Host(_) | Value::Map(_) | Value::Vector(_) | Value::Set(_) | Value::Seq(_) => {
            Err(failed(format!("`js->clj` of {} is not covered", value.what())))
        }
        other => Ok(other.clone()),
    }
}
