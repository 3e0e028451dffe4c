//! Transients: collections that are changed in place until they are made
//! persistent, and cannot be used after that.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::library::change::{assoc, disj, dissoc, pop};
use crate::clojure::machine::fault::{Outcome, Stop, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native, Run};
use crate::clojure::value::{Transient, Value};

pub(crate) static TABLE: &[Native] = &[
    exact("transient", 1, |_, mut arguments| match arguments.remove(0) {
        value @ (Value::Vector(_) | Value::Map(_) | Value::Set(_)) => {
            Ok(Value::Transient(Rc::new(Transient { value: RefCell::new(Some(value)) })))
        }
        other => Err(failed(format!("{} cannot be made transient", other.what()))),
    }),
    exact("persistent!", 1, |machine, arguments| {
        machine.effect("persistent!")?;
        transient(&arguments[0])?.value.borrow_mut().take().ok_or_else(used)
    }),
    ranged("conj!", 2, 2, |machine, arguments| {
        change(machine, arguments, |machine, mut arguments| {
            let item = arguments.pop().unwrap_or_default();
            machine.conj(arguments.remove(0), item)
        })
    }),
    variadic("assoc!", 3, |machine, arguments| change(machine, arguments, assoc)),
    variadic("dissoc!", 2, |machine, arguments| {
        change(machine, arguments, |m, a| hashed(&a[0]).and_then(|()| dissoc(m, a)))
    }),
    variadic("disj!", 2, |machine, arguments| {
        change(machine, arguments, |m, a| hashed(&a[0]).and_then(|()| disj(m, a)))
    }),
    exact("pop!", 1, |machine, arguments| change(machine, arguments, pop)),
];

fn transient(value: &Value) -> Outcome<&Rc<Transient>> {
    match value {
        Value::Transient(transient) => Ok(transient),
        other => Err(failed(format!("a transient is needed, but here is {}", other.what()))),
    }
}

fn used() -> Stop {
    failed("a transient is used after `persistent!`")
}

/// Runs the persistent change on what is inside, and keeps the result there.
fn change(machine: &mut Machine<'_>, mut arguments: Vec<Value>, run: Run) -> Outcome {
    machine.effect("a change to a transient")?;
    let whole = arguments[0].clone();
    let cell = &transient(&whole)?.value;
    arguments[0] = cell.borrow_mut().take().ok_or_else(used)?;
    let changed = run(machine, arguments)?;
    *cell.borrow_mut() = Some(changed);
    Ok(whole)
}

/// What is taken out of a small map or set changes the order of the rest.
fn hashed(value: &Value) -> Outcome<()> {
    match value {
        Value::Map(map) | Value::Set(map) if !map.is_hashed() && map.len() > 1 => {
            Err(failed("taking something out of a small transient is not covered: the order is not certain"))
        }
        _ => Ok(()),
    }
}
