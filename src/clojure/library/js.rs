//! JavaScript's own functions: what stands behind `js/`.

use crate::clojure::library::arguments::number_of;
use crate::clojure::library::interop::keys;
use crate::clojure::library::text::plain;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::Native;
use crate::clojure::value::{Entry, Map, Value, number};

pub(crate) static JS_TABLE: &[Native] = &[
    ranged("parseInt", 1, 2, |machine, arguments| {
        let radix = arguments.get(1).map(number_of).transpose()?;
        let radix = radix.map(|radix| u32::try_from(number::int32(radix)).unwrap_or(1));
        // Neither `null` nor `undefined` begins with a digit.
        if arguments[0].is_nil() && radix.is_none_or(|radix| radix <= 16) {
            return Ok(Value::Number(f64::NAN));
        }
        Ok(Value::Number(number::parse_int(&plain(machine, &arguments[0])?, radix)))
    }),
    exact("parseFloat", 1, |machine, arguments| {
        if arguments[0].is_nil() {
            return Ok(Value::Number(f64::NAN));
        }
        Ok(Value::Number(number::parse_float(&plain(machine, &arguments[0])?)))
    }),
    exact("Number", 1, |_, arguments| match &arguments[0] {
        Value::Number(value) => Ok(Value::Number(*value)),
        Value::Bool(value) => Ok(Value::Number(f64::from(u8::from(*value)))),
        Value::String(text) => Ok(Value::Number(number::of_string(text))),
        other => Err(failed(format!("`js/Number` of {} is not covered", other.what()))),
    }),
    exact("String", 1, |machine, arguments| {
        let text = plain(machine, &arguments[0])?;
        machine.string(text)
    }),
    exact("Boolean", 1, |_, arguments| {
        Ok(match &arguments[0] {
            Value::Number(value) => *value != 0.0 && !value.is_nan(),
            Value::String(text) => !text.is_empty(),
            other => other.truthy(),
        }
        .into())
    }),
    exact("Object.keys", 1, |machine, arguments| keys(machine, &arguments[0])),
    exact("Object.values", 1, |_, arguments| {
        Ok(Value::array(object_of(&arguments[0])?.iter().map(|entry| entry.value.clone()).collect()))
    }),
    exact("Object.entries", 1, |_, arguments| {
        let pair = |entry: &Entry| Value::array(vec![entry.key.clone(), entry.value.clone()]);
        Ok(Value::array(object_of(&arguments[0])?.iter().map(pair).collect()))
    }),
    exact("isNaN", 1, |_, arguments| Ok(number_of(&arguments[0])?.is_nan().into())),
    variadic("console.log", 0, |machine, arguments| {
        machine.effect("console.log")?;
        let mut line = Vec::new();
        for value in &arguments {
            match value {
                Value::String(text) if !text.contains('%') => line.push(text.to_string()),
                other => return Err(failed(format!("`js/console.log` of {} is not covered", other.what()))),
            }
        }
        machine.write(&(line.join(" ") + "\n"))?;
        Ok(Value::Nil)
    }),
];

fn object_of(value: &Value) -> Outcome<&Map> {
    match value {
        Value::Object(object) => Ok(&object.entries),
        other => Err(failed(format!("a JavaScript object is needed, but here is {}", other.what()))),
    }
}
