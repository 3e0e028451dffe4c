//! `reduce`, `apply` and what stops a reduction early.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::moment::Moment;
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Boxed, Value, number};

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    // Calls a function that may neither change nor read what changes.
    exact("pure", 1, |machine, arguments| {
        machine.guarded(Moment::Late, |machine| machine.call(&arguments[0], Vec::new()))
    }),
];

pub(crate) static TABLE: &[Native] = &[
    ranged("reduce", 2, 3, reduce),
    exact("reduce-kv", 3, reduce_kv),
    variadic("apply", 2, apply),
    exact("reduced", 1, |_, mut arguments| Ok(Value::Reduced(Rc::new(Boxed { value: arguments.remove(0) })))),
    exact("reduced?", 1, |_, arguments| Ok(matches!(arguments[0], Value::Reduced(_)).into())),
];

fn reduce(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let coll = arguments.pop().unwrap_or_default();
    let (start, mut rest) = match arguments.pop() {
        Some(start) if arguments.len() == 1 => (start, coll),
        function => {
            arguments.extend(function);
            match machine.uncons(&coll)? {
                Some(parts) => parts,
                None => return machine.call(&arguments[0], Vec::new()),
            }
        }
    };
    let function = &arguments[0];
    let mut result = start;
    while let Some((item, tail)) = machine.uncons(&rest)? {
        // Nobody else holds the result now, so that it can be changed in place.
        rest = tail;
        match machine.call(function, vec![std::mem::take(&mut result), item])? {
            Value::Reduced(boxed) => return Ok(boxed.value.clone()),
            value => result = value,
        }
    }
    Ok(result)
}

fn reduce_kv(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let mut result = arguments[1].clone();
    let pairs: Vec<(Value, Value)> = match &arguments[2] {
        Value::Nil => return Ok(result),
        Value::Map(map) => map.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect(),
        Value::Vector(vector) => {
            vector.items.iter().enumerate().map(|(at, item)| (number::count(at), item.clone())).collect()
        }
        other => return Err(failed(format!("`reduce-kv` of {} is not covered", other.what()))),
    };
    for (key, value) in pairs {
        match machine.call(&arguments[0], vec![std::mem::take(&mut result), key, value])? {
            Value::Reduced(boxed) => return Ok(boxed.value.clone()),
            value => result = value,
        }
    }
    Ok(result)
}

fn apply(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let last = arguments.pop().unwrap_or_default();
    let function = arguments.remove(0);
    // A variadic function would get its further arguments as they come.
    let moment = match &function {
        Value::Function(function) => machine.laziness(function),
        _ => Moment::Certain,
    };
    arguments.extend(machine.guarded(moment, |machine| machine.items(&last))?);
    machine.argument_spots = None;
    machine.call(&function, arguments)
}
