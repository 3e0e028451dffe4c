//! From `module.exports` to JSON, and from the places that map entries carry to
//! the places of what is in it. What JSON cannot hold becomes what
//! `JSON.stringify` makes of it, or is refused.

use std::collections::BTreeMap;

use serde_json::{Number, Value as Json};

use crate::clojure::machine::fault::{ADVICE, Outcome, advised, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::source::Spot;
use crate::clojure::value::{Host, Value, number};

/// How deep exports may nest.
const DEEPEST: usize = 100;

/// Where each part of the exports is written, by JSON pointer.
pub(crate) type Origins = BTreeMap<String, Spot>;

/// The exports as JSON.
pub(crate) fn export(machine: &mut Machine<'_>, value: &Value) -> Outcome<(Json, Origins)> {
    let mut origins = Origins::new();
    let json = convert(machine, value, &mut String::new(), 0, &mut origins)?;
    Ok((json, origins))
}

fn convert(
    machine: &mut Machine<'_>,
    value: &Value,
    pointer: &mut String,
    depth: usize,
    origins: &mut Origins,
) -> Outcome<Json> {
    machine.spend(1)?;
    if depth > DEEPEST {
        return Err(failed(format!("the exports are nested more than {DEEPEST} deep")));
    }
    Ok(match value {
        Value::Nil | Value::Host(Host::Undefined) => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(value) => number_of(*value),
        Value::String(text) => Json::String(text.to_string()),
        Value::Array(items) => {
            let mut out = Vec::with_capacity(items.items.len());
            for (at, item) in items.items.iter().enumerate() {
                out.push(inside(pointer, &at.to_string(), |pointer| {
                    convert(machine, item, pointer, depth + 1, origins)
                })?);
            }
            Json::Array(out)
        }
        Value::Object(object) => {
            if let Some(spot) = object.entries.spot {
                origins.entry(pointer.clone()).or_insert(spot);
            }
            let mut out = serde_json::Map::new();
            for entry in object.entries.iter() {
                let Value::String(key) = &entry.key else { continue };
                if matches!(entry.value, Value::Host(Host::Undefined)) {
                    continue;
                }
                let item = inside(pointer, key, |pointer| {
                    if let Some(spot) = entry.spot.filter(|spot| !machine.sources.is_builtin(*spot)) {
                        origins.insert(pointer.clone(), spot);
                    }
                    convert(machine, &entry.value, pointer, depth + 1, origins)
                })?;
                out.insert(key.to_string(), item);
            }
            Json::Object(out)
        }
        Value::Map(_)
        | Value::Vector(_)
        | Value::Set(_)
        | Value::Seq(_)
        | Value::Keyword(_)
        | Value::Symbol(_) => {
            return Err(advised(
                format!("`{}` is exported as ClojureScript has it: {}", shown(pointer), value.what()),
                "convert it with `clj->js`",
            ));
        }
        other => {
            return Err(advised(
                format!("`{}` is {}, which cannot be exported", shown(pointer), other.what()),
                ADVICE,
            ));
        }
    })
}

fn shown(pointer: &str) -> &str {
    if pointer.is_empty() { "module.exports" } else { pointer }
}

/// Runs `body` with a step added to the pointer.
fn inside<T>(pointer: &mut String, step: &str, body: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    let result = body(pointer);
    pointer.truncate(length);
    result
}

/// As `JSON.stringify`: whole numbers without point, what is not finite null.
fn number_of(value: f64) -> Json {
    match number::integer(value) {
        Some(integer) => Json::Number(integer.into()),
        None => Number::from_f64(value).map_or(Json::Null, Json::Number),
    }
}
