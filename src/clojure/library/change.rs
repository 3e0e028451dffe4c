//! Collections with something added or taken away. What nobody else holds is
//! changed in place.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::source::Spot;
use crate::clojure::value::{Map, Seq, Value, Vector, number};

pub(crate) static TABLE: &[Native] = &[
    variadic("assoc", 3, assoc),
    variadic("dissoc", 1, dissoc),
    variadic("conj", 0, conj),
    variadic("disj", 1, disj),
    exact("pop", 1, pop),
];

/// A vector's items, to be changed; copied when somebody else holds them.
fn own_vector(machine: &mut Machine<'_>, vector: Rc<Vector>) -> Outcome<Vector> {
    let mut vector = match Rc::try_unwrap(vector) {
        Ok(vector) => vector,
        Err(shared) => {
            machine.spend(shared.items.len())?;
            (*shared).clone()
        }
    };
    (vector.is_entry, vector.spot) = (false, None);
    Ok(vector)
}

pub(super) fn own_map(machine: &mut Machine<'_>, map: Rc<Map>) -> Outcome<Map> {
    match Rc::try_unwrap(map) {
        Ok(map) => Ok(map),
        Err(shared) => {
            machine.spend(4 * shared.len())?;
            Ok((*shared).clone())
        }
    }
}

pub(super) fn assoc(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    if arguments.len().is_multiple_of(2) {
        return Err(failed("`assoc` needs a value for every key"));
    }
    let spots: Vec<Option<Spot>> = (0..arguments.len()).map(|at| machine.argument_spot(at)).collect();
    let coll = std::mem::take(&mut arguments[0]);
    let mut rest = arguments.into_iter().enumerate().skip(1);
    match coll {
        Value::Vector(vector) => {
            let mut vector = own_vector(machine, vector)?;
            while let (Some((_, key)), Some((_, value))) = (rest.next(), rest.next()) {
                let length = vector.items.len();
                match key {
                    Value::Number(at) if number::index(at) == Some(length) => vector.items.push(value),
                    Value::Number(at) if number::index(at).is_some_and(|at| at < length) => {
                        let at = number::index(at).unwrap_or_default();
                        vector.items[at] = value;
                    }
                    other => {
                        return Err(failed(format!(
                            "{} is not an index of a vector of {length}",
                            other.what()
                        )));
                    }
                }
            }
            Ok(Value::Vector(Rc::new(vector)))
        }
        Value::Map(_) | Value::Nil => {
            let mut map = match coll {
                Value::Map(map) => own_map(machine, map)?,
                _ => Map::at(machine.site),
            };
            while let (Some((at, key)), Some((_, value))) = (rest.next(), rest.next()) {
                machine.put(&mut map, key, value, spots[at])?;
            }
            Ok(Value::map(map))
        }
        other => Err(failed(format!("`assoc` to {} is not covered", other.what()))),
    }
}

pub(super) fn dissoc(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    match std::mem::take(&mut arguments[0]) {
        Value::Nil => Ok(Value::Nil),
        Value::Map(map) => {
            let mut map = own_map(machine, map)?;
            for key in &arguments[1..] {
                machine.realise_guarded(key)?;
                map.remove(key);
            }
            Ok(Value::map(map))
        }
        other => Err(failed(format!("`dissoc` from {} is not covered", other.what()))),
    }
}

pub(super) fn disj(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    match std::mem::take(&mut arguments[0]) {
        Value::Nil => Ok(Value::Nil),
        Value::Set(set) => {
            let mut set = own_map(machine, set)?;
            for key in &arguments[1..] {
                machine.realise_guarded(key)?;
                set.remove(key);
            }
            Ok(Value::set(set))
        }
        other => Err(failed(format!("`disj` from {} is not covered", other.what()))),
    }
}

fn conj(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let mut arguments = arguments.into_iter();
    let Some(coll) = arguments.next() else { return Ok(Value::vector(Vec::new())) };
    arguments.try_fold(coll, |coll, item| machine.conj(coll, item))
}

impl Machine<'_> {
    pub(crate) fn conj(&mut self, coll: Value, item: Value) -> Outcome {
        self.spend(1)?;
        match coll {
            absent if absent.is_nil() => Ok(Value::list(vec![item])),
            Value::Vector(vector) => {
                let mut vector = own_vector(self, vector)?;
                vector.items.push(item);
                Ok(Value::Vector(Rc::new(vector)))
            }
            Value::Set(set) => {
                let mut set = own_map(self, set)?;
                if set.get(&item).is_none() {
                    self.put(&mut set, item, Value::Nil, None)?;
                }
                Ok(Value::set(set))
            }
            Value::Map(map) => self.conj_map(map, &item),
            Value::Seq(seq) => Ok(Value::seq(Seq::Cons { head: item, tail: Value::Seq(seq) })),
            other => Err(failed(format!("`conj` to {} is not covered", other.what()))),
        }
    }

    /// A map takes a pair, or all entries of another map with their places.
    fn conj_map(&mut self, map: Rc<Map>, item: &Value) -> Outcome {
        match item {
            Value::Nil => return Ok(Value::Map(map)),
            Value::Vector(pair) if pair.items.len() == 2 => {
                let mut map = own_map(self, map)?;
                let spot = pair.spot.or(self.site);
                self.put(&mut map, pair.items[0].clone(), pair.items[1].clone(), spot)?;
                return Ok(Value::map(map));
            }
            Value::Map(other) => {
                let mut map = own_map(self, map)?;
                for entry in other.iter() {
                    self.put(&mut map, entry.key.clone(), entry.value.clone(), entry.spot)?;
                }
                map.spot = map.spot.or(other.spot);
                return Ok(Value::map(map));
            }
            _ => {}
        }
        Err(failed(format!("a map takes pairs and maps, not {}", item.what())))
    }
}

pub(super) fn pop(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    match arguments.remove(0) {
        Value::Vector(vector) if !vector.items.is_empty() => {
            let mut vector = own_vector(machine, vector)?;
            vector.items.pop();
            Ok(Value::Vector(Rc::new(vector)))
        }
        other => Err(failed(format!("`pop` of {} is not covered", other.what()))),
    }
}
