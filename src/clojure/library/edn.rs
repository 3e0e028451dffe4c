//! `clojure.edn`: data from text, read when the program runs.

use std::rc::Rc;

use crate::clojure::form::{Form, Kind};
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::exact;
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::read::read_forms;
use crate::clojure::value::{Map, Value, number};

/// What ClojureScript's reader makes a list of, and EDN's does not.
const MARKS: [&str; 3] = ["'", "@", "#'"];

pub(crate) static TABLE: &[Native] = &[exact("read-string", 1, |machine, arguments| {
    let text = match &arguments[0] {
        Value::Nil => return Ok(Value::Nil),
        Value::String(text) => text,
        other => return Err(failed(format!("`read-string` of {} is not covered", other.what()))),
    };
    machine.spend(text.len())?;
    let (forms, diagnostics) = read_forms("edn.cljs", text);
    if let Some(diagnostic) = diagnostics.first() {
        return Err(failed(format!("`read-string`: {}", diagnostic.message)));
    }
    forms.first().map_or(Ok(Value::Nil), |form| value(machine, text, form))
})];

/// The value of data; what only a program can hold is refused.
fn value(machine: &mut Machine<'_>, text: &str, form: &Form) -> Outcome {
    let items = |machine: &mut Machine<'_>, forms: &[Form]| {
        forms.iter().map(|form| value(machine, text, form)).collect::<Outcome<Vec<_>>>()
    };
    Ok(match &form.kind {
        Kind::Nil => Value::Nil,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Integer(value) => Value::Number(number::from_i64(*value)),
        Kind::Float(value) => Value::Number(*value),
        Kind::String(text) => Value::string(text.as_str()),
        Kind::Character(char) => Value::string(char.to_string()),
        Kind::Keyword(name) => Value::Keyword(Rc::new(name.clone())),
        Kind::Symbol(name) => Value::Symbol(Rc::new(name.clone())),
        Kind::List(forms) if forms.first().is_some_and(|head| is_mark(text, head)) => {
            return Err(failed("`read-string` of a quoted form is not covered"));
        }
        Kind::List(forms) => Value::list(items(machine, forms)?),
        Kind::Vector(forms) => Value::vector(items(machine, forms)?),
        Kind::Map(forms) => {
            let mut map = if forms.len() > 16 { Map::hashed() } else { Map::at(machine.site) };
            for pair in forms.chunks_exact(2) {
                let (key, value) = (value(machine, text, &pair[0])?, value(machine, text, &pair[1])?);
                let site = machine.site;
                machine.put(&mut map, key, value, site)?;
            }
            Value::map(map)
        }
        Kind::Set(forms) => {
            let mut set = Map::default();
            for item in items(machine, forms)? {
                machine.put(&mut set, item, Value::Nil, None)?;
            }
            Value::set(set)
        }
        _ => return Err(failed(format!("`read-string` of {} is not covered", form.what()))),
    })
}

/// Whether the head of a list stands for a mark that was written.
fn is_mark(text: &str, head: &Form) -> bool {
    let written = text.get(head.span.start as usize..head.span.end as usize);
    written.is_some_and(|written| MARKS.contains(&written))
}
