//! Multimethods, and the cells of `letfn`.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::machine::fault::Stop;
use crate::clojure::machine::native::exact;
use crate::clojure::machine::state::Native;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::equal::equal;
use crate::clojure::value::{Atom, Function, Multi, Value};

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    exact("cell", 0, |_, _| Ok(Value::Atom(Rc::new(Atom { value: RefCell::default() })))),
    exact("keep", 2, |_, mut arguments| {
        let value = arguments.pop().unwrap_or_default();
        if let Value::Atom(cell) = &arguments[0] {
            *cell.value.borrow_mut() = value;
        }
        Ok(Value::Nil)
    }),
    exact("take", 1, |_, arguments| match &arguments[0] {
        Value::Atom(cell) => Ok(cell.value.borrow().clone()),
        other => Ok(other.clone()),
    }),
    exact("multi", 3, |_, mut arguments| {
        let (default, dispatch) = (arguments.pop().unwrap_or_default(), arguments.pop().unwrap_or_default());
        let Some(Value::String(name)) = arguments.pop() else { return Err(failed("a name is needed")) };
        let multi = Multi { name, dispatch, default, methods: RefCell::default() };
        Ok(Value::Function(Rc::new(Function::Multi(multi))))
    }),
    exact("add-method", 3, add_method),
];

fn add_method(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let (method, value) = (arguments.pop().unwrap_or_default(), arguments.pop().unwrap_or_default());
    machine.effect("defmethod")?;
    machine.realise_guarded(&value)?;
    let whole = arguments.remove(0);
    let Value::Function(function) = &whole else { return Err(no_multimethod(&whole)) };
    let Function::Multi(multi) = &**function else { return Err(no_multimethod(&whole)) };
    let mut methods = multi.methods.borrow_mut();
    match methods.iter_mut().find(|(other, _)| equal(other, &value)) {
        Some((_, before)) => *before = method,
        None => methods.push((value, method)),
    }
    drop(methods);
    Ok(whole)
}

fn no_multimethod(value: &Value) -> Stop {
    failed(format!("a multimethod is needed, but here is {}", value.what()))
}
