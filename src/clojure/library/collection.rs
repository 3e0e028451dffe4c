//! Vectors, maps and sets: making them, looking into them, changing them.

use crate::clojure::library::change::own_map;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::run::sequence::CHUNK;
use crate::clojure::source::Spot;
use crate::clojure::value::{Map, Value, number};

pub(crate) static TABLE: &[Native] = &[
    ranged("get", 2, 3, |machine, mut arguments| {
        let default = if arguments.len() == 3 { arguments.pop().unwrap_or_default() } else { Value::Nil };
        machine.get(&arguments[0], &arguments[1], default)
    }),
    exact("contains?", 2, contains),
    exact("find", 2, find),
    variadic("vector", 0, |_, arguments| Ok(Value::vector(arguments))),
    variadic("list", 0, |_, arguments| Ok(Value::list(arguments))),
    variadic("hash-map", 0, |machine, arguments| pairs(machine, "hash-map", Map::hashed(), arguments)),
    variadic("array-map", 0, array_map),
    variadic("hash-set", 0, set_of),
    exact("vec", 1, |machine, arguments| Ok(Value::vector(machine.items(&arguments[0])?))),
    exact("set", 1, |machine, mut arguments| match arguments.remove(0) {
        Value::Set(set) => Ok(Value::Set(set)),
        other => {
            let items = machine.items(&other)?;
            set_of(machine, items)
        }
    }),
    exact("empty", 1, |_, arguments| {
        Ok(match &arguments[0] {
            Value::Vector(vector) if vector.is_entry => Value::Nil,
            Value::Vector(_) => Value::vector(Vec::new()),
            Value::Map(map) => Value::map(map.emptied()),
            Value::Set(set) => Value::set(set.emptied()),
            Value::Seq(_) => Value::list(Vec::new()),
            _ => Value::Nil,
        })
    }),
    exact("peek", 1, peek),
    ranged("subvec", 2, 3, subvec),
];

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    exact("destructured-map", 1, destructured_map),
    // An entry of another map, with its place.
    exact("conj-entry", 3, |machine, mut arguments| {
        let key = arguments.pop().unwrap_or_default();
        let (Some(Value::Map(from)), Some(Value::Map(to))) = (arguments.pop(), arguments.pop()) else {
            return Err(failed("maps are needed here"));
        };
        let mut to = own_map(machine, to)?;
        if let Some(entry) = from.get(&key) {
            machine.put(&mut to, entry.key.clone(), entry.value.clone(), entry.spot)?;
        }
        to.spot = to.spot.or(from.spot);
        Ok(Value::map(to))
    }),
];

fn contains(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    machine.realise_guarded(&arguments[1])?;
    Ok(match &arguments[0] {
        absent if absent.is_nil() => false,
        Value::Map(map) | Value::Set(map) => map.get(&arguments[1]).is_some(),
        Value::Vector(vector) => {
            matches!(&arguments[1], Value::Number(at) if number::index(*at).is_some_and(|at| at < vector.items.len()))
        }
        other => return Err(failed(format!("`contains?` of {} is not covered", other.what()))),
    }
    .into())
}

fn find(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    machine.realise_guarded(&arguments[1])?;
    match &arguments[0] {
        Value::Nil => Ok(Value::Nil),
        Value::Map(map) => Ok(map
            .get(&arguments[1])
            .map_or(Value::Nil, |entry| Value::entry(entry.key.clone(), entry.value.clone(), entry.spot))),
        other => Err(failed(format!("`find` in {} is not covered", other.what()))),
    }
}

fn pairs(machine: &mut Machine<'_>, name: &str, mut map: Map, arguments: Vec<Value>) -> Outcome {
    if arguments.len() % 2 == 1 {
        return Err(failed(format!("`{name}` needs a value for every key")));
    }
    map.spot = machine.site;
    let spots: Vec<Option<Spot>> = (0..arguments.len()).map(|at| machine.argument_spot(at)).collect();
    let mut arguments = arguments.into_iter();
    let mut spots = spots.into_iter().step_by(2);
    while let (Some(key), Some(value)) = (arguments.next(), arguments.next()) {
        machine.put(&mut map, key, value, spots.next().flatten())?;
    }
    Ok(Value::map(map))
}

/// Keeps the order of its arguments, whatever their number.
fn array_map(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    if arguments.len() % 2 == 1 {
        return Err(failed("`array-map` needs a value for every key"));
    }
    let mut map = Map::at(machine.site);
    for pair in arguments.chunks_exact(2) {
        machine.realise_guarded(&pair[0])?;
        machine.spend(1 + map.len() / 8)?;
        let put = map.append(pair[0].clone(), pair[1].clone(), machine.site);
        put.map_err(|_| failed(format!("{} as a key is not covered", pair[0].what())))?;
    }
    Ok(Value::map(map))
}

fn set_of(machine: &mut Machine<'_>, items: Vec<Value>) -> Outcome {
    let mut set = Map::default();
    for item in items {
        machine.realise_guarded(&item)?;
        if set.get(&item).is_none() {
            machine.put(&mut set, item, Value::Nil, None)?;
        }
    }
    Ok(Value::set(set))
}

fn peek(_: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    match &arguments[0] {
        Value::Nil => Ok(Value::Nil),
        Value::Vector(vector) => Ok(vector.items.last().cloned().unwrap_or_default()),
        other => Err(failed(format!("`peek` at {} is not covered", other.what()))),
    }
}

fn subvec(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let Value::Vector(vector) = &arguments[0] else { return Err(failed("`subvec` needs a vector")) };
    let index = |value: &Value| match value {
        Value::Number(at) => number::index(*at).filter(|&at| at <= vector.items.len()),
        _ => None,
    };
    let from = index(&arguments[1]);
    let to = arguments.get(2).map_or(Some(vector.items.len()), index);
    match (from, to) {
        // Longer ones would come in chunks here and not in ClojureScript.
        (Some(from), Some(to)) if from <= to && to - from > CHUNK => {
            Err(failed(format!("`subvec` of more than {CHUNK} items is not covered")))
        }
        (Some(from), Some(to)) if from <= to => {
            machine.spend(to - from)?;
            Ok(Value::vector(vector.items[from..to].to_vec()))
        }
        _ => Err(failed("`subvec` needs indexes inside the vector")),
    }
}

/// What `{:keys […]}` looks into: a sequence of keys and values becomes a map.
fn destructured_map(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    if !matches!(arguments[0], Value::Seq(_)) {
        return Ok(arguments.remove(0));
    }
    let mut items = machine.items(&arguments[0])?;
    match items.len() {
        1 if matches!(items[0], Value::Map(_)) => Ok(items.remove(0)),
        1 if items[0].is_nil() => Ok(Value::Nil),
        count if count % 2 == 0 => array_map(machine, items),
        // A map at the end counts as if its entries stood there.
        _ => match items.pop() {
            Some(Value::Map(map)) => {
                items.extend(map.iter().flat_map(|entry| [entry.key.clone(), entry.value.clone()]));
                array_map(machine, items)
            }
            Some(absent) if absent.is_nil() => array_map(machine, items),
            _ => Err(failed("keyword arguments need a value for every key")),
        },
    }
}
