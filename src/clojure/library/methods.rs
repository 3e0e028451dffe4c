//! The methods of JavaScript's strings, numbers, booleans and arrays: one table for
//! each. To add one, add its row and a line that calls it to
//! `tests/clojure/expressions/javascript.cljs`.

use std::rc::Rc;

use crate::clojure::library::fixed::fixed;
use crate::clojure::library::replace::replace;
use crate::clojure::library::text::{plain, substring};
use crate::clojure::machine::fault::{ADVICE, Outcome, advised, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::{Value, Vector, number};

/// A method of a `T`: its row in a table.
pub(super) struct Method<T: 'static> {
    name: &'static str,
    run: Run<T>,
}

/// Calls a method; `None` where it is not covered for such arguments.
type Run<T> = fn(&mut Machine<'_>, &T, &[Value]) -> Option<Outcome>;

const fn method<T>(name: &'static str, run: Run<T>) -> Method<T> {
    Method { name, run }
}

/// Calls a method of a table; `None` where it is not covered.
pub(super) fn call<T>(
    table: &[Method<T>],
    machine: &mut Machine<'_>,
    target: &T,
    name: &str,
    arguments: &[Value],
) -> Option<Outcome> {
    let method = table.iter().find(|method| method.name == name)?;
    (method.run)(machine, target, arguments)
}

/// Every method, with what it is a method of.
#[cfg(test)]
pub(crate) fn names() -> [(&'static str, Vec<&'static str>); 4] {
    fn of<T>(table: &'static [Method<T>]) -> Vec<&'static str> {
        table.iter().map(|method| method.name).collect()
    }
    [("strings", of(STRING)), ("numbers", of(NUMBER)), ("booleans", of(BOOLEAN)), ("arrays", of(ARRAY))]
}

pub(super) static STRING: &[Method<Rc<str>>] = &[
    method("toString", |machine, text, arguments| {
        to_string(machine, &Value::String(Rc::clone(text)), arguments)
    }),
    method("toUpperCase", |machine, text, arguments| changed(machine, text.to_uppercase(), arguments)),
    method("toLowerCase", |machine, text, arguments| changed(machine, text.to_lowercase(), arguments)),
    method("trim", |machine, text, arguments| {
        changed(machine, text.trim_matches(number::is_space).to_owned(), arguments)
    }),
    method("trimStart", |machine, text, arguments| {
        changed(machine, text.trim_start_matches(number::is_space).to_owned(), arguments)
    }),
    method("trimEnd", |machine, text, arguments| {
        changed(machine, text.trim_end_matches(number::is_space).to_owned(), arguments)
    }),
    method("startsWith", |_, text, arguments| Some(Ok(text.starts_with(one_string(arguments)?).into()))),
    method("endsWith", |_, text, arguments| Some(Ok(text.ends_with(one_string(arguments)?).into()))),
    method("includes", |_, text, arguments| Some(Ok(text.contains(one_string(arguments)?).into()))),
    method("indexOf", |_, text, arguments| Some(Ok(position(text, text.find(one_string(arguments)?))))),
    method("lastIndexOf", |_, text, arguments| Some(Ok(position(text, text.rfind(one_string(arguments)?))))),
    method("charAt", |machine, text, arguments| match arguments {
        [Value::Number(at)] if at.fract() == 0.0 && *at >= 0.0 => {
            Some(part(machine, text, *at, Some(at + 1.0)))
        }
        _ => None,
    }),
    method("substring", |machine, text, arguments| {
        let (from, to) = range(arguments)?;
        Some(part(machine, text, from, to))
    }),
    method("slice", |machine, text, arguments| {
        let (from, to) = range(arguments)?;
        let length = text.encode_utf16().count();
        let (from, to) = (from_end(from, length), to.map(|to| from_end(to, length)));
        Some(match to {
            Some(to) if from >= to => machine.string(String::new()),
            to => part(machine, text, from, to),
        })
    }),
    method("padStart", |machine, text, arguments| {
        let padding = padding(machine, text, arguments)?;
        Some(padding.and_then(|padding| machine.string(padding + text)))
    }),
    method("padEnd", |machine, text, arguments| {
        let padding = padding(machine, text, arguments)?;
        Some(padding.and_then(|padding| machine.string(text.to_string() + &padding)))
    }),
    method("repeat", |machine, text, arguments| match arguments {
        [Value::Number(count)] => Some(repeated(machine, text, *count)),
        _ => None,
    }),
    method("replace", |machine, text, arguments| match arguments {
        [pattern @ (Value::String(_) | Value::Regex(_)), with] => {
            Some(replace(machine, text, pattern, with, false))
        }
        _ => None,
    }),
    method("replaceAll", |machine, text, arguments| match arguments {
        [pattern @ Value::String(_), with] => Some(replace(machine, text, pattern, with, true)),
        _ => None,
    }),
    method("split", |_, text, arguments| match one_string(arguments)? {
        "" => None,
        between => Some(Ok(Value::array(text.split(between).map(Value::string).collect()))),
    }),
];

pub(super) static NUMBER: &[Method<f64>] = &[
    method("toString", |machine, number, arguments| to_string(machine, &Value::Number(*number), arguments)),
    method("toFixed", |machine, number, arguments| {
        let digits = match arguments {
            [] => Some(0),
            [Value::Number(digits)] => number::index(*digits).filter(|digits| *digits <= 20),
            _ => return None,
        };
        Some(match digits {
            Some(digits) => fixed(*number, digits).and_then(|text| machine.string(text)),
            None => Err(advised("`.toFixed` needs a count of digits up to 20", ADVICE)),
        })
    }),
];

pub(super) static BOOLEAN: &[Method<bool>] =
    &[method("toString", |machine, value, arguments| to_string(machine, &Value::Bool(*value), arguments))];

pub(super) static ARRAY: &[Method<Vector>] = &[
    method("join", |machine, array, arguments| match arguments {
        [] => Some(join(machine, array, ",")),
        _ => Some(join(machine, array, one_string(arguments)?)),
    }),
    method("slice", |_, array, arguments| match arguments {
        [Value::Number(from)] => {
            let from = number::index(from_end(*from, array.items.len())).unwrap_or(usize::MAX);
            Some(Ok(Value::array(array.items.iter().skip(from).cloned().collect())))
        }
        _ => None,
    }),
    method("concat", |machine, array, others| Some(concat(machine, array, others))),
    method("includes", |_, array, arguments| {
        let wanted = one_string(arguments)?;
        let same = |item: &Value| matches!(item, Value::String(text) if &**text == wanted);
        Some(Ok(array.items.iter().any(same).into()))
    }),
];

/// The only argument, which is a string.
fn one_string(arguments: &[Value]) -> Option<&str> {
    if let [Value::String(text)] = arguments { Some(text) } else { None }
}

/// One number or two.
fn range(arguments: &[Value]) -> Option<(f64, Option<f64>)> {
    match arguments {
        [Value::Number(from)] => Some((*from, None)),
        [Value::Number(from), Value::Number(to)] => Some((*from, Some(*to))),
        _ => None,
    }
}

/// What a method without arguments gives.
fn changed(machine: &mut Machine<'_>, text: String, arguments: &[Value]) -> Option<Outcome> {
    arguments.is_empty().then(|| machine.string(text))
}

fn to_string(machine: &mut Machine<'_>, target: &Value, arguments: &[Value]) -> Option<Outcome> {
    arguments.is_empty().then(|| {
        let text = machine.text(target)?;
        machine.string(text)
    })
}

fn part(machine: &mut Machine<'_>, text: &str, from: f64, to: Option<f64>) -> Outcome {
    machine.string(substring(text, from, to)?)
}

fn repeated(machine: &mut Machine<'_>, text: &str, count: f64) -> Outcome {
    let count = number::index(count).ok_or_else(|| failed("`.repeat` needs a count"))?;
    machine.room(text.len().saturating_mul(count))?;
    machine.string(text.repeat(count))
}

fn join(machine: &mut Machine<'_>, array: &Vector, between: &str) -> Outcome {
    let mut texts = Vec::with_capacity(array.items.len());
    for item in &array.items {
        texts.push(if item.is_nil() { String::new() } else { plain(machine, item)? });
    }
    machine.string(texts.join(between))
}

fn concat(machine: &mut Machine<'_>, array: &Vector, others: &[Value]) -> Outcome {
    let mut items = array.items.clone();
    for other in others {
        match other {
            Value::Array(more) => items.extend(more.items.iter().cloned()),
            other => items.push(other.clone()),
        }
    }
    machine.room(items.len())?;
    Ok(Value::array(items))
}

/// What `padStart` and `padEnd` add, given a width and perhaps a filler.
fn padding(machine: &mut Machine<'_>, text: &str, arguments: &[Value]) -> Option<Outcome<String>> {
    let (width, filler) = match arguments {
        [Value::Number(width)] => (*width, " "),
        [Value::Number(width), Value::String(filler)] => (*width, &**filler),
        _ => return None,
    };
    let width = number::index(width).unwrap_or_default();
    let missing = width.saturating_sub(text.encode_utf16().count());
    Some(machine.room(missing).and_then(|()| {
        if !filler.is_ascii() {
            return Err(advised("padding beyond ASCII is not covered", ADVICE));
        }
        Ok(filler.chars().cycle().take(missing).collect())
    }))
}

/// A byte offset as an index in UTF-16 units; none is -1.
fn position(text: &str, at: Option<usize>) -> Value {
    at.map_or(Value::Number(-1.0), |at| number::count(text[..at].encode_utf16().count()))
}

/// The index of `slice`, which counts from the end when it is negative.
#[expect(clippy::cast_precision_loss, reason = "no length is that long")]
fn from_end(at: f64, length: usize) -> f64 {
    let at = if at.is_nan() { 0.0 } else { at.trunc() };
    if at < 0.0 { (at + length as f64).max(0.0) } else { at.min(length as f64) }
}
