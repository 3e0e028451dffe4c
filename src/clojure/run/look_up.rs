//! Looking into collections, as `get`, keywords and maps in the place of functions do.

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::run::sequence::units;
use crate::clojure::value::{Value, number};

impl Machine<'_> {
    /// `(get coll key default)`, of anything.
    pub(crate) fn get(&mut self, coll: &Value, key: &Value, default: Value) -> Outcome {
        if !coll.is_nil() {
            self.realise_guarded(key)?;
        }
        if let Value::Transient(transient) = coll {
            let inside = transient.value.borrow().clone();
            let inside = inside.ok_or_else(|| failed("a transient is used after `persistent!`"))?;
            return self.get(&inside, key, default);
        }
        let at = |length: usize| match key {
            Value::Number(at) if *at < number::from_usize(length) => match number::index(*at) {
                Some(at) => Ok(Some(at)),
                None => Err(failed(format!("{} as an index is not covered", number::text(*at)))),
            },
            _ => Ok(None),
        };
        Ok(match coll {
            Value::Map(map) => map.get(key).map_or(default, |entry| entry.value.clone()),
            Value::Set(set) => set.get(key).map_or(default, |entry| entry.key.clone()),
            Value::Vector(vector) => match at(vector.items.len()) {
                Ok(at) => at.map_or(default, |at| vector.items[at].clone()),
                Err(_) if matches!(key, Value::Number(number) if *number < 0.0) => default,
                Err(stop) => return Err(stop),
            },
            Value::Array(_) | Value::String(_) if !plain_index(key) => {
                return Err(failed(format!("{} as an index is not covered", key.what())));
            }
            Value::Array(array) => at(array.items.len())?.map_or(default, |at| array.items[at].clone()),
            Value::String(text) => {
                let units = units(text)?;
                at(units.len())?.map_or(default, |at| units[at].clone())
            }
            _ => default,
        })
    }
}

/// A key that JavaScript compares with a length as this does.
fn plain_index(key: &Value) -> bool {
    matches!(key, Value::Nil | Value::Number(_) | Value::Keyword(_) | Value::Symbol(_))
}
