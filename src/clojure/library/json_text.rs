//! `JSON.stringify` and `JSON.parse`.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Host, Value, number};

/// How deep values may nest.
const DEEPEST: usize = 100;

pub(crate) static JS_TABLE: &[Native] = &[
    ranged("JSON.stringify", 1, 3, stringify),
    exact("JSON.parse", 1, |machine, arguments| {
        let Value::String(text) = &arguments[0] else {
            return Err(failed(format!("`JSON.parse` of {} is not covered", arguments[0].what())));
        };
        machine.spend(text.len())?;
        match serde_json::from_str(text) {
            Ok(json) => Ok(value(machine, &json)),
            Err(_) => Err(failed("`JSON.parse` cannot read this text")),
        }
    }),
];

fn stringify(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let indent = match &arguments[1..] {
        [] => 0,
        [replacer] if replacer.is_nil() => 0,
        [replacer, Value::Number(spaces)] if replacer.is_nil() => number::index(*spaces)
            .filter(|spaces| *spaces <= 10)
            .ok_or_else(|| failed("`JSON.stringify` takes up to ten spaces"))?,
        _ => return Err(failed("`JSON.stringify` with a replacer is not covered")),
    };
    let mut text = String::new();
    write(machine, &arguments[0], indent, 0, &mut text)?;
    machine.string(text)
}

fn write(
    machine: &mut Machine<'_>,
    value: &Value,
    indent: usize,
    depth: usize,
    out: &mut String,
) -> Outcome<()> {
    machine.spend(1)?;
    if depth > DEEPEST {
        return Err(failed(format!("a value is nested more than {DEEPEST} deep")));
    }
    match value {
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) if value.is_finite() => out.push_str(&number::text(*value)),
        Value::Nil | Value::Number(_) => out.push_str("null"),
        Value::String(text) => quote(text, out),
        Value::Array(array) => {
            let parts = array.items.iter().map(|item| (None, item)).collect::<Vec<_>>();
            members(machine, &parts, ('[', ']'), indent, depth, out)?;
        }
        Value::Object(object) => {
            let mut parts = Vec::new();
            for entry in object.entries.iter() {
                if let Value::String(key) = &entry.key
                    && !matches!(entry.value, Value::Host(Host::Undefined))
                {
                    parts.push((Some(&**key), &entry.value));
                }
            }
            members(machine, &parts, ('{', '}'), indent, depth, out)?;
        }
        Value::Host(Host::Undefined) if depth > 0 => out.push_str("null"),
        other => return Err(failed(format!("`JSON.stringify` of {} is not covered", other.what()))),
    }
    Ok(())
}

fn members(
    machine: &mut Machine<'_>,
    parts: &[(Option<&str>, &Value)],
    (open, close): (char, char),
    indent: usize,
    depth: usize,
    out: &mut String,
) -> Outcome<()> {
    let line = |depth: usize, out: &mut String| {
        if indent > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(indent * depth));
        }
    };
    out.push(open);
    for (at, (key, value)) in parts.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        if let Some(key) = key {
            quote(key, out);
            out.push_str(if indent > 0 { ": " } else { ":" });
        }
        write(machine, value, indent, depth + 1, out)?;
    }
    if !parts.is_empty() {
        line(depth, out);
    }
    out.push(close);
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&Json::String(text.to_owned()).to_string());
}

fn value(machine: &mut Machine<'_>, json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::array(items.iter().map(|item| value(machine, item)).collect()),
        Json::Object(members) => {
            let site = machine.site;
            let entries =
                members.iter().map(|(key, item)| (Rc::from(key.as_str()), value(machine, item), site));
            let entries = entries.collect();
            Value::object(entries, site)
        }
    }
}
