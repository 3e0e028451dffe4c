//! Printing values whose sequences have been realised, as `str`, `print` and
//! `pr` do.

use std::fmt::Write;

use crate::clojure::value::{Host, Map, Value, number};

/// Why a value has no certain text.
pub(crate) type Unprintable = &'static str;

/// `(str value)`.
pub(crate) fn string(value: &Value) -> Result<String, Unprintable> {
    match value {
        Value::Nil | Value::Host(Host::Undefined) => Ok(String::new()),
        Value::String(text) => Ok(text.to_string()),
        Value::Number(value) => Ok(number::text(*value)),
        Value::Vector(vector) if vector.is_entry => Err("its text is `[object Object]`; use `pr-str`"),
        Value::Atom(_) => Err("its text is `[object Object]`; use `deref`"),
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
        Value::Nil | Value::Host(Host::Undefined) => out.push_str("nil"),
        Value::Bool(value) => _ = write!(out, "{value}"),
        Value::Number(value) if value.is_nan() => out.push_str("##NaN"),
        Value::Number(value) if value.is_infinite() => {
            out.push_str(if *value > 0.0 { "##Inf" } else { "##-Inf" });
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
        Value::Map(map) => entries(map, false, readably, out)?,
        Value::Array(vector) => items(vector.items.iter().cloned(), ("#js [", "]"), readably, out)?,
        Value::Atom(atom) => {
            out.push_str("#object[cljs.core.Atom {:val ");
            write(&atom.value.borrow(), readably, out)?;
            out.push_str("}]");
        }
        Value::Object(object) => {
            out.push_str("#js ");
            entries(&object.entries, true, readably, out)?;
        }
        Value::Host(_) => return Err("its text is JavaScript's"),
        Value::Transient(_) => return Err("the text of a transient is not covered"),
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

fn entries(map: &Map, properties: bool, readably: bool, out: &mut String) -> Result<(), Unprintable> {
    out.push('{');
    for (at, entry) in map.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        match &entry.key {
            Value::String(text) if properties && is_plain(text) => _ = write!(out, ":{text}"),
            key => write(key, readably, out)?,
        }
        out.push(' ');
        write(&entry.value, readably, out)?;
    }
    out.push('}');
    Ok(())
}

/// Whether a property of a JavaScript object prints as a keyword.
fn is_plain(text: &str) -> bool {
    let special = |char| "_*+?!-'".contains(char);
    text.starts_with(|char: char| char.is_ascii_alphabetic() || special(char))
        && text.chars().all(|char| char.is_ascii_alphanumeric() || special(char))
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
