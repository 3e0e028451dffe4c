//! Printing values whose sequences have been realised, as `str`, `print` and
//! `pr` do.

use std::fmt::Write;

use crate::clojure::value::map::Map;
use crate::clojure::value::{Host, Value, number};

/// Why a value has no certain text.
pub(crate) type Unprintable = &'static str;

/// `(str value)`.
pub(crate) fn string(value: &Value) -> Result<String, Unprintable> {
    match value {
        Value::Nil => Ok(String::new()),
        Value::String(text) => Ok(text.to_string()),
        Value::Number(value) => Ok(number::text(*value)),
        Value::Error(_) | Value::Array(_) | Value::Object(_) => Err("its text is JavaScript's"),
        other => printed(other, true),
    }
}

/// What `pr` writes, readable, or `print`, plain.
pub(crate) fn printed(value: &Value, readably: bool) -> Result<String, Unprintable> {
    let mut out = String::new();
    write(value, readably, &mut out)?;
    Ok(out)
}

fn write(value: &Value, readably: bool, out: &mut String) -> Result<(), Unprintable> {
    match value {
        Value::Nil => out.push_str("nil"),
        Value::Bool(value) => _ = write!(out, "{value}"),
        Value::Number(value) if value.is_nan() => out.push_str("##NaN"),
        Value::Number(value) if value.is_infinite() => {
            out.push_str(if *value > 0.0 { "##Inf" } else { "##-Inf" })
        }
        Value::Number(value) => out.push_str(&number::text(*value)),
        Value::String(text) if readably => quote(text, out),
        Value::String(text) => out.push_str(text),
        Value::Keyword(name) => _ = write!(out, ":{name}"),
        Value::Symbol(name) => _ = write!(out, "{name}"),
        Value::Regex(_) => return Err("the text of a regex is JavaScript's"),
        Value::Vector(vector) => items(vector.items.iter().cloned(), ("[", "]"), readably, out)?,
        Value::Seq(seq) => items(seq.realised(), ("(", ")"), readably, out)?,
        Value::Set(set) => items(set.iter().map(|entry| entry.key.clone()), ("#{", "}"), readably, out)?,
        Value::Map(map) => entries(map, readably, out)?,
        Value::Array(vector) => items(vector.items.iter().cloned(), ("#js [", "]"), readably, out)?,
        Value::Atom(atom) => {
            out.push_str("#object[cljs.core.Atom {:val ");
            write(&atom.value.borrow(), readably, out)?;
            out.push_str("}]");
        }
        Value::Object(_) | Value::Host(Host::Process | Host::Environment | Host::Module) => {
            return Err("its text is JavaScript's");
        }
        Value::Function(_) => return Err("the text of a function depends on the compiler"),
        Value::Error(_) => return Err("the text of an error holds a stack; print its `ex-message`"),
        Value::Reduced(_) => return Err("the text of a reduced value is not covered"),
    }
    Ok(())
}

fn items(
    items: impl Iterator<Item = Value>,
    (open, close): (&str, &str),
    readably: bool,
    out: &mut String,
) -> Result<(), Unprintable> {
    out.push_str(open);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(' ');
        }
        write(&item, readably, out)?;
    }
    out.push_str(close);
    Ok(())
}

fn entries(map: &Map, readably: bool, out: &mut String) -> Result<(), Unprintable> {
    out.push('{');
    for (at, entry) in map.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(&entry.key, readably, out)?;
        out.push(' ');
        write(&entry.value, readably, out)?;
    }
    out.push('}');
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
}
