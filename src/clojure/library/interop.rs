//! JavaScript's objects and arrays: their properties, and the way to their methods
//! (`methods`).

use std::rc::Rc;

use crate::clojure::library::environment::variable;
use crate::clojure::library::{methods, path};
use crate::clojure::machine::fault::{ADVICE, Outcome, advised, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Host, Value, number};

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
        Ok(Value::object(entries, machine.site))
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

pub(super) fn keys(machine: &mut Machine<'_>, target: &Value) -> Outcome {
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
pub(super) fn property(machine: &mut Machine<'_>, target: &Value, name: &str) -> Outcome {
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
pub(super) fn method(machine: &mut Machine<'_>, target: &Value, name: &str, arguments: &[Value]) -> Outcome {
    machine.weigh(std::slice::from_ref(target))?;
    let answer = match target {
        Value::Host(Host::Path) => module(machine, path::PATH_TABLE, name, arguments),
        Value::Host(Host::Os) => module(machine, path::OS_TABLE, name, arguments),
        Value::Host(Host::Process) if name == "cwd" && arguments.is_empty() => {
            Some(machine.string(machine.directory().to_owned()))
        }
        Value::String(text) => methods::call(methods::STRING, machine, text, name, arguments),
        Value::Number(number) => methods::call(methods::NUMBER, machine, number, name, arguments),
        Value::Bool(value) => methods::call(methods::BOOLEAN, machine, value, name, arguments),
        Value::Array(array) => methods::call(methods::ARRAY, machine, &**array, name, arguments),
        _ => None,
    };
    answer.unwrap_or_else(|| Err(advised(format!("`.{name}` of {} is not covered", target.what()), ADVICE)))
}

/// Calls a function of one of node's modules.
fn module(
    machine: &mut Machine<'_>,
    table: &'static [Native],
    name: &str,
    arguments: &[Value],
) -> Option<Outcome> {
    let native = table.iter().find(|native| native.name == name)?;
    Some(machine.invoke_native(native, arguments.to_vec()))
}
