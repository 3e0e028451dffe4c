//! What our own files need to know of the outside.

use std::rc::Rc;

use crate::clojure::library::environment::variable;
use crate::clojure::machine::fault::failed;
use crate::clojure::machine::native::{exact, variadic};
use crate::clojure::machine::state::Native;
use crate::clojure::source::Spot;
use crate::clojure::value::{Host, Map, Value};

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
        Ok(object(&entries, machine.site))
    }),
    // The value of an environment variable; and whether it may be unset.
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

/// An object of these properties, in JavaScript's order.
fn object(entries: &Map, spot: Option<Spot>) -> Value {
    let text = |key: &Value| if let Value::String(text) = key { Rc::clone(text) } else { "".into() };
    let properties = entries.iter().map(|entry| (text(&entry.key), entry.value.clone(), entry.spot));
    Value::object(properties.collect(), spot)
}
