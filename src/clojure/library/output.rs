//! Printing. What is printed is collected, never written anywhere.

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Value, print};

pub(crate) static TABLE: &[Native] = &[
    variadic("println", 0, |machine, arguments| write(machine, "println", &arguments, false, "\n")),
    variadic("print", 0, |machine, arguments| write(machine, "print", &arguments, false, "")),
    variadic("prn", 0, |machine, arguments| write(machine, "prn", &arguments, true, "\n")),
    variadic("pr", 0, |machine, arguments| write(machine, "pr", &arguments, true, "")),
    variadic("println-str", 0, |machine, arguments| text(machine, &arguments, false, "\n")),
    variadic("print-str", 0, |machine, arguments| text(machine, &arguments, false, "")),
    variadic("prn-str", 0, |machine, arguments| text(machine, &arguments, true, "\n")),
    variadic("pr-str", 0, |machine, arguments| text(machine, &arguments, true, "")),
    exact("newline", 0, |machine, _| write(machine, "newline", &[], false, "\n")),
    exact("flush", 0, |_, _| Ok(Value::Nil)),
    exact("enable-console-print!", 0, |_, _| Ok(Value::Nil)),
];

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    // What a function prints, as a string.
    exact("captured", 1, |machine, arguments| {
        let start = machine.output.len();
        machine.call(&arguments[0], Vec::new())?;
        let text = machine.output.split_off(start);
        machine.string(text)
    }),
];

fn join(machine: &mut Machine<'_>, values: &[Value], readably: bool, end: &str) -> Outcome<String> {
    let mut text = String::new();
    for (at, value) in values.iter().enumerate() {
        machine.realise(value)?;
        if at > 0 {
            text.push(' ');
        }
        let printed = print::printed(value, readably);
        text.push_str(
            &printed.map_err(|why| failed(format!("printing {} is not covered: {why}", value.what())))?,
        );
    }
    text.push_str(end);
    machine.spend(text.len() / 64)?;
    Ok(text)
}

fn write(machine: &mut Machine<'_>, name: &str, values: &[Value], readably: bool, end: &str) -> Outcome {
    machine.effect(name)?;
    let text = join(machine, values, readably, end)?;
    machine.write(&text)?;
    Ok(Value::Nil)
}

fn text(machine: &mut Machine<'_>, values: &[Value], readably: bool, end: &str) -> Outcome {
    let text = join(machine, values, readably, end)?;
    machine.string(text)
}
