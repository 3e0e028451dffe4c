//! JavaScript: the few parts of node and of its objects that definitions use,
//! and what our own files need to know of the outside.

use std::rc::Rc;

use crate::clojure::library::number::number_of;
use crate::clojure::library::text::substring;
use crate::clojure::library::{Native, exact, native, path, ranged, string, variadic};
use crate::clojure::run::fault::{Outcome, advised, failed};
use crate::clojure::run::machine::{ADVICE, Machine};
use crate::clojure::run::source::Spot;
use crate::clojure::value::map::{Entry, Map};
use crate::clojure::value::{Function, Host, Object, Value, Vector, number};

/// `process.platform`.
const PLATFORM: &str = if cfg!(target_os = "macos") { "darwin" } else { "linux" };

pub(crate) static CORE_TABLE: &[Native] = &[
    exact("aget", 2, |machine, arguments| member(machine, &arguments[0], &arguments[1])),
    variadic("array", 0, |_, arguments| Ok(Value::array(arguments))),
    exact("alength", 1, |_, arguments| match &arguments[0] {
        Value::Array(array) => Ok(number::count(array.items.len())),
        other => Err(failed(format!("an array is needed, but here is {}", other.what()))),
    }),
    exact("into-array", 1, |machine, arguments| Ok(Value::array(machine.items(&arguments[0])?))),
    exact("to-array", 1, |machine, arguments| Ok(Value::array(machine.items(&arguments[0])?))),
    exact("js-keys", 1, |machine, arguments| keys(machine, &arguments[0])),
    variadic("js-obj", 0, |machine, arguments| {
        let mut entries = Vec::new();
        for pair in arguments.chunks(2) {
            match pair {
                [Value::String(key), value] => entries.push((Rc::clone(key), value.clone(), machine.site)),
                _ => return Err(failed("`js-obj` needs strings and values in turn")),
            }
        }
        Ok(Value::Object(Rc::new(Object { entries: object_entries(entries, machine.site) })))
    }),
];

pub(crate) static GOOG_TABLE: &[Native] = &[
    ranged("get", 2, 3, |machine, arguments| {
        let default = arguments.get(2).cloned().unwrap_or(Value::Host(Host::Undefined));
        machine.defaulted += u32::from(!default.is_nil());
        let value = match (&arguments[0], &arguments[1]) {
            (Value::Host(Host::Environment), Value::String(name)) => {
                Ok(variable(machine, &Rc::clone(name), false))
            }
            (target, key) => member(machine, target, key),
        };
        machine.defaulted -= u32::from(!default.is_nil());
        value.map(|value| if value.is_nil() { default } else { value })
    }),
    exact("getKeys", 1, |machine, arguments| keys(machine, &arguments[0])),
];

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

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    // `Object.assign` on an object that nobody else has.
    variadic("object-assign", 1, |machine, arguments| {
        let mut entries = Map::at(machine.site);
        for source in &arguments {
            match source {
                absent if absent.is_nil() => {}
                Value::Object(object) => {
                    for entry in object.entries.iter() {
                        // Strings can always be hashed.
                        let _ = entries.insert(entry.key.clone(), entry.value.clone(), entry.spot);
                    }
                }
                other => return Err(failed(format!("`Object.assign` of {} is not covered", other.what()))),
            }
        }
        Ok(object(entries, machine.site))
    }),
    // The value of an environment variable; whether nobody minds if it is unset.
    exact("variable", 2, |machine, arguments| match &arguments[0] {
        Value::String(name) => Ok(match variable(machine, &Rc::clone(name), arguments[1].truthy()) {
            Value::Host(Host::Undefined) => Value::Nil,
            value => value,
        }),
        other => Err(failed(format!("`env-var` needs a name, but has {}", other.what()))),
    }),
    // A map as if it were written where the user's call stands.
    exact("at-call", 1, |machine, mut arguments| match arguments.remove(0) {
        Value::Map(map) => {
            let mut map = (*map).clone();
            map.spot = machine.site.or(map.spot);
            Ok(Value::map(map))
        }
        other => Ok(other),
    }),
    exact("fail", 1, |machine, arguments| {
        let message = machine.text(&arguments[0])?;
        Err(failed(message))
    }),
];

fn object_of(value: &Value) -> Outcome<&Map> {
    match value {
        Value::Object(object) => Ok(&object.entries),
        other => Err(failed(format!("a JavaScript object is needed, but here is {}", other.what()))),
    }
}

/// An object of these properties, in JavaScript's order.
fn object(entries: Map, spot: Option<Spot>) -> Value {
    let text = |key: &Value| if let Value::String(text) = key { Rc::clone(text) } else { "".into() };
    let entries = entries.iter().map(|entry| (text(&entry.key), entry.value.clone(), entry.spot)).collect();
    Value::Object(Rc::new(Object { entries: object_entries(entries, spot) }))
}

/// The text of a scalar, as JavaScript's `String` has it.
fn plain(machine: &mut Machine<'_>, value: &Value) -> Outcome<String> {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => machine.text(value),
        other => Err(failed(format!("JavaScript's text of {} is not covered", other.what()))),
    }
}

/// Reads a variable, and notes that it was read.
pub(crate) fn variable(machine: &mut Machine<'_>, name: &str, defaulted: bool) -> Value {
    machine.variables.insert(name.to_owned());
    if let Some(value) = machine.environment.get(name) {
        return Value::string(value.as_str());
    }
    if let Some(site) = machine.site.filter(|_| !defaulted && machine.defaulted == 0) {
        machine.unset.push((name.to_owned(), site));
    }
    Value::Host(Host::Undefined)
}

/// `target[key]`.
fn member(machine: &mut Machine<'_>, target: &Value, key: &Value) -> Outcome {
    match (target, key) {
        (Value::Array(_), Value::Number(_)) => machine.get(target, key, Value::Host(Host::Undefined)),
        (Value::Object(_) | Value::Host(_), Value::String(name)) => {
            property(machine, target, &Rc::clone(name))
        }
        _ => Err(failed(format!("{} of {} is not covered", key.what(), target.what()))),
    }
}

fn keys(machine: &mut Machine<'_>, target: &Value) -> Outcome {
    match target {
        Value::Object(object) => {
            Ok(Value::array(object.entries.iter().map(|entry| entry.key.clone()).collect()))
        }
        Value::Host(Host::Environment) => {
            machine.enumerated = true;
            Err(advised("the order of environment variables is not certain here", ADVICE))
        }
        other => Err(failed(format!("`js-keys` of {} is not covered", other.what()))),
    }
}

/// `target.name`.
pub(crate) fn property(machine: &mut Machine<'_>, target: &Value, name: &str) -> Outcome {
    let inherited = ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "isPrototypeOf"];
    match (target, name) {
        (_, name) if inherited.contains(&name) => {}
        (Value::Host(Host::Process), "env") => return Ok(Value::Host(Host::Environment)),
        // A release build of shadow-cljs has a constant in its place.
        (Value::Host(Host::Environment), "NODE_ENV") => {
            return Err(advised(
                "a release build of shadow-cljs replaces `process.env.NODE_ENV` by \"production\"",
                "read it with `(goog.object/get js/process.env \"NODE_ENV\")`",
            ));
        }
        (Value::Host(Host::Process), "platform") => return Ok(Value::string(PLATFORM)),
        (Value::Host(Host::Path), "sep") => return Ok(Value::string("/")),
        (Value::Host(Host::Path), "delimiter") => return Ok(Value::string(":")),
        (Value::Host(Host::Os), "EOL") => return Ok(Value::string("\n")),
        (Value::Host(Host::Environment), name) => return Ok(variable(machine, name, false)),
        (Value::Object(object), name) => {
            let entry = object.entries.get(&Value::string(name));
            return Ok(entry.map_or(Value::Host(Host::Undefined), |entry| entry.value.clone()));
        }
        (Value::Array(array), "length") => return Ok(number::count(array.items.len())),
        (Value::String(text), "length") => return Ok(number::count(text.encode_utf16().count())),
        (Value::Error(error), "message") => return Ok(Value::String(Rc::clone(&error.message))),
        _ => {}
    }
    Err(advised(format!("`.-{name}` of {} is not covered", target.what()), ADVICE))
}

/// `target.name(arguments…)`.
pub(crate) fn method(machine: &mut Machine<'_>, target: &Value, name: &str, arguments: &[Value]) -> Outcome {
    machine.weigh(std::slice::from_ref(target))?;
    let module = match target {
        Value::Host(Host::Path) => native(path::PATH, name),
        Value::Host(Host::Os) => native(path::OS, name),
        _ => None,
    };
    if let Some(native) = module {
        return machine.invoke(&Rc::new(Function::Native(native)), arguments.to_vec());
    }
    match (target, name, arguments) {
        (Value::Host(Host::Process), "cwd", []) => machine.string(machine.directory.to_owned()),
        (Value::String(text), "toUpperCase", []) => machine.string(text.to_uppercase()),
        (Value::String(text), "toLowerCase", []) => machine.string(text.to_lowercase()),
        (Value::String(text), "trim", []) => machine.string(text.trim_matches(number::is_space).to_owned()),
        (Value::String(text), "startsWith", [Value::String(part)]) => Ok(text.starts_with(&**part).into()),
        (Value::String(text), "endsWith", [Value::String(part)]) => Ok(text.ends_with(&**part).into()),
        (Value::String(text), "includes", [Value::String(part)]) => Ok(text.contains(&**part).into()),
        (Value::String(text), "repeat", [Value::Number(count)]) => {
            let count = number::index(*count).ok_or_else(|| failed("`.repeat` needs a count"))?;
            machine.room(text.len().saturating_mul(count))?;
            machine.string(text.repeat(count))
        }
        (Value::String(text), "padStart", [Value::Number(width)]) => {
            let padding = padding(machine, text, *width, " ")?;
            machine.string(padding + text)
        }
        (Value::String(text), "padStart", [Value::Number(width), Value::String(filler)]) => {
            let padding = padding(machine, text, *width, filler)?;
            machine.string(padding + text)
        }
        (Value::String(text), "padEnd", [Value::Number(width)]) => {
            let padding = padding(machine, text, *width, " ")?;
            machine.string(text.to_string() + &padding)
        }
        (Value::String(text), "padEnd", [Value::Number(width), Value::String(filler)]) => {
            let padding = padding(machine, text, *width, filler)?;
            machine.string(text.to_string() + &padding)
        }
        (Value::String(text), "trimStart", []) => {
            machine.string(text.trim_start_matches(number::is_space).to_owned())
        }
        (Value::String(text), "trimEnd", []) => {
            machine.string(text.trim_end_matches(number::is_space).to_owned())
        }
        (Value::String(text), "indexOf", [Value::String(part)]) => Ok(position(text, text.find(&**part))),
        (Value::String(text), "lastIndexOf", [Value::String(part)]) => {
            Ok(position(text, text.rfind(&**part)))
        }
        (Value::String(text), "slice", [Value::Number(from)]) => {
            let length = text.encode_utf16().count();
            machine.string(substring(text, from_end(*from, length), None)?)
        }
        (Value::String(text), "slice", [Value::Number(from), Value::Number(to)]) => {
            let length = text.encode_utf16().count();
            let (from, to) = (from_end(*from, length), from_end(*to, length));
            machine.string(if from < to { substring(text, from, Some(to))? } else { String::new() })
        }
        (Value::String(text), "charAt", [Value::Number(at)]) if at.fract() == 0.0 && *at >= 0.0 => {
            machine.string(substring(text, *at, Some(at + 1.0))?)
        }
        (Value::String(_), "replace" | "replaceAll", [pattern @ Value::String(_), with])
        | (Value::String(_), "replace", [pattern @ Value::Regex(_), with]) => {
            string::replace(machine, &[target.clone(), pattern.clone(), with.clone()], name == "replaceAll")
        }
        (Value::String(text), "split", [Value::String(between)]) if !between.is_empty() => {
            Ok(Value::array(text.split(&**between).map(Value::string).collect()))
        }
        (Value::String(text), "substring", [Value::Number(from)]) => {
            machine.string(substring(text, *from, None)?)
        }
        (Value::String(text), "substring", [Value::Number(from), Value::Number(to)]) => {
            machine.string(substring(text, *from, Some(*to))?)
        }
        (Value::Number(number), "toFixed", []) => machine.string(fixed(*number, 0)?),
        (Value::Number(number), "toFixed", [Value::Number(digits)]) => match number::index(*digits) {
            Some(digits @ 0..=20) => machine.string(fixed(*number, digits)?),
            _ => Err(advised("`.toFixed` needs a count of digits up to 20", ADVICE)),
        },
        (Value::Array(array), ..) => of_array(machine, array, name, arguments),
        (Value::Number(_) | Value::Bool(_) | Value::String(_), "toString", []) => {
            let text = machine.text(target)?;
            machine.string(text)
        }
        _ => Err(advised(format!("`.{name}` of {} is not covered", target.what()), ADVICE)),
    }
}

/// `array.name(arguments…)`.
fn of_array(machine: &mut Machine<'_>, array: &Vector, name: &str, arguments: &[Value]) -> Outcome {
    match (name, arguments) {
        ("join", []) => of_array(machine, array, name, &[Value::string(",")]),
        ("slice", [Value::Number(from)]) => {
            let from = number::index(from_end(*from, array.items.len())).unwrap_or(usize::MAX);
            Ok(Value::array(array.items.iter().skip(from).cloned().collect()))
        }
        ("concat", others) => {
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
        ("includes", [Value::String(wanted)]) => {
            let same = |item: &Value| matches!(item, Value::String(text) if text == wanted);
            Ok(array.items.iter().any(same).into())
        }
        ("join", [Value::String(between)]) => {
            let mut texts = Vec::with_capacity(array.items.len());
            for item in &array.items {
                texts.push(if item.is_nil() { String::new() } else { plain(machine, item)? });
            }
            machine.string(texts.join(between))
        }
        _ => Err(advised(format!("`.{name}` of a JavaScript array is not covered"), ADVICE)),
    }
}

/// What `padStart` and `padEnd` add.
fn padding(machine: &mut Machine<'_>, text: &str, width: f64, filler: &str) -> Outcome<String> {
    let width = number::index(width).unwrap_or_default();
    let missing = width.saturating_sub(text.encode_utf16().count());
    machine.room(missing)?;
    if !filler.is_ascii() {
        return Err(advised("padding beyond ASCII is not covered", ADVICE));
    }
    Ok(filler.chars().cycle().take(missing).collect())
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

/// `toFixed`: of two texts that are as near, the greater, away from zero.
pub(crate) fn fixed(value: f64, digits: usize) -> Outcome<String> {
    if !value.is_finite() || value.abs() >= 1e21 {
        return Err(advised("`.toFixed` of a number this big is not covered", ADVICE));
    }
    // Every digit of the double: no rounding but our own.
    let exact = format!("{:.1100}", value.abs());
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let up = fraction.as_bytes().get(digits).is_some_and(|digit| *digit >= b'5');
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().take(digits)).collect();
    if up {
        let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
        let at = kept.len() - nines;
        kept[at..].fill(b'0');
        match at.checked_sub(1) {
            Some(at) => kept[at] += 1,
            None => kept.insert(0, b'1'),
        }
    }
    let (whole, fraction) = kept.split_at(kept.len() - digits);
    let mut text = if value < 0.0 { "-".to_owned() } else { String::new() };
    text.push_str(&String::from_utf8_lossy(whole));
    if digits > 0 {
        text.push('.');
        text.push_str(&String::from_utf8_lossy(fraction));
    }
    Ok(text)
}

/// The properties of an object in JavaScript's order: those that are array
/// indexes first, ascending; then as they were added, each once.
pub(crate) fn object_entries(entries: Vec<(Rc<str>, Value, Option<Spot>)>, spot: Option<Spot>) -> Map {
    let position = |key: &str| {
        let canonical =
            key == "0" || (!key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit()));
        key.parse::<u32>().ok().filter(|&at| canonical && at < u32::MAX)
    };
    let mut sorted = entries;
    sorted.sort_by_key(|(key, _, _)| position(key).unwrap_or(u32::MAX));
    let mut map = Map::at(spot);
    for (key, value, spot) in sorted {
        // Strings can always be hashed.
        let _ = map.append(Value::String(key), value, spot);
    }
    map
}
