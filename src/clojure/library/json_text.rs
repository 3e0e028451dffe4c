//! `JSON.stringify` and `JSON.parse`.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Entry, Host, Value, number};

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
    let mut writer = Writer { machine, indent, out: String::new() };
    writer.value(&arguments[0], 0)?;
    let text = writer.out;
    machine.string(text)
}

/// A text that is being written, with so many spaces for each level.
struct Writer<'w, 'a> {
    machine: &'w mut Machine<'a>,
    indent: usize,
    out: String,
}

impl Writer<'_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Outcome<()> {
        self.machine.spend(1)?;
        if depth > DEEPEST {
            return Err(failed(format!("a value is nested more than {DEEPEST} deep")));
        }
        match value {
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Number(value) if value.is_finite() => self.out.push_str(&number::text(*value)),
            Value::Nil | Value::Number(_) => self.out.push_str("null"),
            Value::String(text) => quote(text, &mut self.out),
            Value::Array(array) => {
                let parts = array.items.iter().map(|item| (None, item)).collect::<Vec<_>>();
                self.members(&parts, ('[', ']'), depth)?;
            }
            Value::Object(object) => {
                let parts: Vec<_> = object.entries.iter().filter_map(property).collect();
                self.members(&parts, ('{', '}'), depth)?;
            }
            Value::Host(Host::Undefined) if depth > 0 => self.out.push_str("null"),
            other => return Err(failed(format!("`JSON.stringify` of {} is not covered", other.what()))),
        }
        Ok(())
    }

    fn members(
        &mut self,
        parts: &[(Option<&str>, &Value)],
        (open, close): (char, char),
        depth: usize,
    ) -> Outcome<()> {
        self.out.push(open);
        for (at, (key, value)) in parts.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.line(depth + 1);
            if let Some(key) = key {
                quote(key, &mut self.out);
                self.out.push_str(if self.indent > 0 { ": " } else { ":" });
            }
            self.value(value, depth + 1)?;
        }
        if !parts.is_empty() {
            self.line(depth);
        }
        self.out.push(close);
        Ok(())
    }

    /// Begins a line, where lines are wanted.
    fn line(&mut self, depth: usize) {
        if self.indent > 0 {
            self.out.push('\n');
            self.out.push_str(&" ".repeat(self.indent * depth));
        }
    }
}

/// What is written of an entry of an object.
fn property(entry: &Entry) -> Option<(Option<&str>, &Value)> {
    match (&entry.key, &entry.value) {
        (_, Value::Host(Host::Undefined)) => None,
        (Value::String(key), value) => Some((Some(key), value)),
        _ => None,
    }
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
