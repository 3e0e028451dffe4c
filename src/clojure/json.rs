//! From `module.exports` to JSON, and from the places that map entries carry to
//! the places of what is in it. What JSON cannot hold becomes what
//! `JSON.stringify` makes of it, or is refused.

use std::collections::BTreeMap;

use serde_json::{Number, Value as Json};

use crate::clojure::machine::fault::{ADVICE, Outcome, advised, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::source::Spot;
use crate::clojure::value::{Host, Object, Value, Vector, number};

/// How deep exports may nest.
const DEEPEST: usize = 100;

/// Where each part of the exports is written, by JSON pointer.
pub(crate) type Origins = BTreeMap<String, Spot>;

/// The exports as JSON.
pub(crate) fn export(machine: &mut Machine<'_>, value: &Value) -> Outcome<(Json, Origins)> {
    let mut exporter = Exporter { machine, pointer: String::new(), origins: Origins::new() };
    let json = exporter.value(value, 0)?;
    Ok((json, exporter.origins))
}

struct Exporter<'e, 'a> {
    machine: &'e mut Machine<'a>,
    /// Where in the exports it is.
    pointer: String,
    origins: Origins,
}

impl Exporter<'_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Outcome<Json> {
        self.machine.spend(1)?;
        if depth > DEEPEST {
            return Err(failed(format!("the exports are nested more than {DEEPEST} deep")));
        }
        Ok(match value {
            Value::Nil | Value::Host(Host::Undefined) => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(value) => number_of(*value),
            Value::String(text) => Json::String(text.to_string()),
            Value::Array(array) => self.array(array, depth)?,
            Value::Object(object) => self.object(object, depth)?,
            Value::Map(_)
            | Value::Vector(_)
            | Value::Set(_)
            | Value::Seq(_)
            | Value::Keyword(_)
            | Value::Symbol(_) => {
                return Err(advised(
                    format!("`{}` is exported as ClojureScript has it: {}", self.shown(), value.what()),
                    "convert it with `clj->js`",
                ));
            }
            other => {
                return Err(advised(
                    format!("`{}` is {}, which cannot be exported", self.shown(), other.what()),
                    ADVICE,
                ));
            }
        })
    }

    fn array(&mut self, array: &Vector, depth: usize) -> Outcome<Json> {
        let mut out = Vec::with_capacity(array.items.len());
        for (at, item) in array.items.iter().enumerate() {
            out.push(self.inside(&at.to_string(), |inside| inside.value(item, depth + 1))?);
        }
        Ok(Json::Array(out))
    }

    fn object(&mut self, object: &Object, depth: usize) -> Outcome<Json> {
        if let Some(spot) = object.entries.spot {
            self.origins.entry(self.pointer.clone()).or_insert(spot);
        }
        let mut out = serde_json::Map::new();
        for entry in object.entries.iter() {
            let Value::String(key) = &entry.key else { continue };
            if matches!(entry.value, Value::Host(Host::Undefined)) {
                continue;
            }
            let item = self.inside(key, |inside| {
                if let Some(spot) = entry.spot.filter(|spot| !inside.machine.sources.is_builtin(*spot)) {
                    inside.origins.insert(inside.pointer.clone(), spot);
                }
                inside.value(&entry.value, depth + 1)
            })?;
            out.insert(key.to_string(), item);
        }
        Ok(Json::Object(out))
    }

    fn shown(&self) -> &str {
        if self.pointer.is_empty() { "module.exports" } else { &self.pointer }
    }

    /// Runs `body` with a step added to the pointer.
    fn inside<T>(&mut self, step: &str, body: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        let result = body(self);
        self.pointer.truncate(length);
        result
    }
}

/// As `JSON.stringify`: whole numbers without point, what is not finite null.
fn number_of(value: f64) -> Json {
    match number::integer(value) {
        Some(integer) => Json::Number(integer.into()),
        None => Number::from_f64(value).map_or(Json::Null, Json::Number),
    }
}
