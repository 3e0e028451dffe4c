//! Atoms, `deref`, and errors as values.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::Native;

use crate::clojure::machine::fault::{Outcome, failed, thrown};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::{Atom, Failure, Value, print};

pub(crate) static TABLE: &[Native] = &[
    exact("atom", 1, |_, mut arguments| Ok(new(arguments.remove(0)))),
    exact("volatile!", 1, |_, mut arguments| Ok(new(arguments.remove(0)))),
    exact("deref", 1, deref),
    exact("reset!", 2, |machine, arguments| reset(machine, "reset!", &arguments)),
    exact("vreset!", 2, |machine, arguments| reset(machine, "vreset!", &arguments)),
    variadic("swap!", 2, |machine, arguments| swap(machine, "swap!", arguments)),
    variadic("vswap!", 2, |machine, arguments| swap(machine, "vswap!", arguments)),
    ranged("ex-info", 2, 3, ex_info),
    exact("ex-message", 1, |_, arguments| {
        Ok(if let Value::Error(error) = &arguments[0] {
            Value::String(Rc::clone(&error.message))
        } else {
            Value::Nil
        })
    }),
    exact("ex-data", 1, |_, arguments| {
        Ok(if let Value::Error(error) = &arguments[0] {
            error.data.clone().unwrap_or_default()
        } else {
            Value::Nil
        })
    }),
    exact("ex-cause", 1, |_, arguments| {
        Ok(if let Value::Error(error) = &arguments[0] { error.cause.clone() } else { Value::Nil })
    }),
];

pub(crate) static INTERNAL_TABLE: &[Native] = &[exact("no-matching-clause", 1, |machine, arguments| {
    machine.realise(&arguments[0])?;
    let text = print::string(&arguments[0]).map_err(failed)?;
    Err(thrown(&format!("No matching clause: {text}")))
})];

fn new(value: Value) -> Value {
    Value::Atom(Rc::new(Atom { value: RefCell::new(value) }))
}

fn atom_of(value: &Value) -> Outcome<&Rc<Atom>> {
    match value {
        Value::Atom(atom) => Ok(atom),
        other => Err(failed(format!("an atom is needed, but here is {}", other.what()))),
    }
}

fn deref(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    match &arguments[0] {
        Value::Reduced(boxed) => Ok(boxed.value.clone()),
        other => {
            let atom = atom_of(other)?;
            machine.observe("an atom")?;
            Ok(atom.value.borrow().clone())
        }
    }
}

fn reset(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Outcome {
    let atom = atom_of(&arguments[0])?;
    machine.effect(name)?;
    *atom.value.borrow_mut() = arguments[1].clone();
    Ok(arguments[1].clone())
}

/// Calls with the value and the further arguments, and keeps the result.
fn swap(machine: &mut Machine<'_>, name: &str, arguments: Vec<Value>) -> Outcome {
    let atom = Rc::clone(atom_of(&arguments[0])?);
    machine.effect(name)?;
    let mut rest = arguments.into_iter().skip(1);
    let function = rest.next().unwrap_or_default();
    let before = atom.value.borrow().clone();
    let value = machine.call(&function, std::iter::once(before).chain(rest).collect())?;
    *atom.value.borrow_mut() = value.clone();
    Ok(value)
}

fn ex_info(_: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let cause = if arguments.len() == 3 { arguments.pop().unwrap_or_default() } else { Value::Nil };
    let data = arguments.pop();
    match (&arguments[0], &data) {
        (Value::String(message), Some(Value::Map(_))) => {
            Ok(Value::Error(Rc::new(Failure { message: Rc::clone(message), data, cause })))
        }
        _ => Err(failed("`ex-info` needs a string and a map")),
    }
}
