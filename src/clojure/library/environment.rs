//! `process.env`.

use crate::clojure::machine::state::Machine;
use crate::clojure::value::{Host, Value};

/// Reads a variable, and notes that it was read.
pub(super) fn variable(machine: &mut Machine<'_>, name: &str, defaulted: bool) -> Value {
    machine.variables.insert(name.to_owned());
    if let Some(value) = machine.environment().get(name) {
        return Value::string(value.as_str());
    }
    if let Some(site) = machine.site.filter(|_| !defaulted && machine.defaulted == 0) {
        machine.unset.push((name.to_owned(), site));
    }
    Value::Host(Host::Undefined)
}
