//! Sequences: taking them apart and putting them together. What is lazy is in
//! `core/sequences.cljs`, built from these.

use std::rc::Rc;

use crate::clojure::library::arguments::number_of;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::run::sequence::{CHUNK, units};
use crate::clojure::value::{Chunks, Entry, Seq, Value, Vector, number};

/// The longest range that is made.
const LONGEST: f64 = 1_000_000.0;

pub(crate) static TABLE: &[Native] = &[
    exact("seq", 1, |machine, arguments| machine.seq(&arguments[0])),
    exact("first", 1, |machine, arguments| Ok(machine.uncons(&arguments[0])?.unwrap_or_default().0)),
    exact("rest", 1, |machine, arguments| {
        let rest = machine.uncons(&arguments[0])?.unwrap_or_default().1;
        Ok(if rest.is_nil() { Value::list(Vec::new()) } else { rest })
    }),
    exact("next", 1, |machine, arguments| {
        let rest = machine.uncons(&arguments[0])?.unwrap_or_default().1;
        machine.seq(&rest)
    }),
    exact("cons", 2, cons),
    exact("count", 1, count),
    ranged("nth", 2, 3, nth),
    exact("keys", 1, |machine, arguments| part(machine, &arguments[0], 0)),
    exact("vals", 1, |machine, arguments| part(machine, &arguments[0], 1)),
    exact("key", 1, |_, arguments| entry(&arguments[0], 0)),
    exact("val", 1, |_, arguments| entry(&arguments[0], 1)),
    exact("chunked-seq?", 1, |_, arguments| Ok(chunk(&arguments[0]).is_some().into())),
    exact("chunk-first", 1, |_, arguments| match chunk(&arguments[0]) {
        Some((first, _)) => Ok(Value::vector(first)),
        None => Err(failed("the sequence has no chunk")),
    }),
    exact("chunk-rest", 1, |_, arguments| match chunk(&arguments[0]) {
        Some((_, rest)) => Ok(rest),
        None => Err(failed("the sequence has no chunk")),
    }),
    exact("chunk-cons", 2, chunk_cons),
    exact("nthrest", 2, |machine, arguments| {
        let mut rest = arguments[0].clone();
        let mut left = number_of(&arguments[1])?;
        while left > 0.0 {
            let Some((_, tail)) = machine.uncons(&rest)? else {
                // Vectors and small maps drop their items themselves.
                let drops =
                    matches!(&rest, Value::Vector(_)) || matches!(&rest, Value::Map(map) if !map.is_hashed());
                return Ok(if drops { Value::list(Vec::new()) } else { rest });
            };
            rest = if tail.is_nil() { Value::list(Vec::new()) } else { tail };
            left -= 1.0;
        }
        Ok(rest)
    }),
];

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    exact("range", 3, range),
    exact("entry", 2, |_, mut arguments| {
        let value = arguments.pop().unwrap_or_default();
        Ok(Value::entry(arguments.pop().unwrap_or_default(), value, None))
    }),
    // The items as a sequence that is neither a list nor comes in chunks.
    exact("plain-seq", 1, |machine, arguments| Ok(Value::plain_seq(machine.items(&arguments[0])?))),
];

/// The tail stays as it is when it is a sequence.
fn cons(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let tail = arguments.pop().unwrap_or_default();
    let head = arguments.pop().unwrap_or_default();
    let tail = match tail {
        Value::Nil | Value::Seq(_) => tail,
        other => machine.seq(&other)?,
    };
    Ok(Value::seq(Seq::Cons { head, tail }))
}

fn count(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let count = match &arguments[0] {
        absent if absent.is_nil() => 0,
        Value::Vector(vector) | Value::Array(vector) => vector.items.len(),
        Value::Map(map) | Value::Set(map) => map.len(),
        Value::String(text) => text.encode_utf16().count(),
        Value::Seq(_) => {
            let mut count = 0;
            let mut rest = arguments[0].clone();
            while let Some((_, tail)) = machine.uncons(&rest)? {
                count += 1;
                rest = tail;
            }
            count
        }
        other => return Err(failed(format!("{} cannot be counted", other.what()))),
    };
    Ok(number::count(count))
}

fn nth(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let position = number_of(&arguments[1])?;
    let default = arguments.get(2);
    let missing = |default: Option<&Value>| {
        default
            .cloned()
            .ok_or_else(|| failed(format!("there is no item at index {}", number::text(position))))
    };
    if position < 0.0 {
        return missing(default);
    }
    let Some(at) = number::index(position) else {
        return Err(failed(format!("{} as an index is not covered", number::text(position))));
    };
    match &arguments[0] {
        Value::Nil => Ok(default.cloned().unwrap_or_default()),
        Value::Vector(vector) | Value::Array(vector) => {
            vector.items.get(at).cloned().map_or_else(|| missing(default), Ok)
        }
        Value::String(text) => {
            let units = units(text)?;
            units.get(at).cloned().map_or_else(|| missing(default), Ok)
        }
        Value::Seq(_) => {
            let mut rest = arguments[0].clone();
            let mut left = at;
            while let Some((item, tail)) = machine.uncons(&rest)? {
                if left == 0 {
                    return Ok(item);
                }
                left -= 1;
                rest = tail;
            }
            missing(default)
        }
        other => Err(failed(format!("{} has no order", other.what()))),
    }
}

fn part(machine: &mut Machine<'_>, coll: &Value, which: usize) -> Outcome {
    let items = match coll {
        Value::Map(map) => {
            let pick = |entry: &Entry| if which == 0 { &entry.key } else { &entry.value }.clone();
            map.iter().map(pick).collect()
        }
        Value::Nil => return Ok(Value::Nil),
        other => {
            let items = machine.items(other)?;
            items.iter().map(|item| entry(item, which)).collect::<Outcome<Vec<_>>>()?
        }
    };
    Ok(if items.is_empty() { Value::Nil } else { Value::plain_seq(items) })
}

fn entry(value: &Value, which: usize) -> Outcome {
    match value {
        Value::Vector(pair) if pair.is_entry => Ok(pair.items[which].clone()),
        other => Err(failed(format!("an entry of a map is needed, but here is {}", other.what()))),
    }
}

/// `start` up to `end`, in steps.
fn range(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let (start, end, step) =
        (number_of(&arguments[0])?, number_of(&arguments[1])?, number_of(&arguments[2])?);
    if [start, step].iter().any(|number| number.fract() != 0.0) || step == 0.0 {
        return Err(failed("a range needs whole numbers here, and a step that is not zero"));
    }
    let length = ((end - start) / step).ceil();
    if length > LONGEST || length.is_nan() {
        return Err(failed(format!("a range of more than {LONGEST} numbers")));
    }
    let count = number::index(length.max(0.0)).unwrap_or_default();
    machine.spend(count)?;
    if count == 0 {
        return Ok(Value::list(Vec::new()));
    }
    let items = (0..count).map(|at| Value::Number(number::from_usize(at).mul_add(step, start))).collect();
    Ok(Value::seq(Seq::Array {
        items: Rc::new(Vector::of(items)),
        from: 0,
        list: false,
        chunks: Chunks::Next,
    }))
}

/// The first chunk of a sequence that comes in chunks, and the rest.
fn chunk(value: &Value) -> Option<(Vec<Value>, Value)> {
    let Value::Seq(seq) = value else { return None };
    match &**seq {
        Seq::Array { items, from, chunks, list } => {
            let end = match chunks {
                Chunks::None => return None,
                Chunks::Aligned => (from / CHUNK + 1) * CHUNK,
                Chunks::Next => from + CHUNK,
            }
            .min(items.items.len());
            let rest = if end < items.items.len() {
                Value::seq(Seq::Array { items: Rc::clone(items), from: end, list: *list, chunks: *chunks })
            } else {
                Value::list(Vec::new())
            };
            Some((items.items[*from..end].to_vec(), rest))
        }
        Seq::Chunk { items, from, tail } => {
            let rest = if tail.is_nil() { Value::list(Vec::new()) } else { tail.clone() };
            Some((items.items[*from..].to_vec(), rest))
        }
        _ => None,
    }
}

fn chunk_cons(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let tail = arguments.pop().unwrap_or_default();
    match arguments.pop() {
        Some(Value::Vector(items)) if items.items.is_empty() => Ok(tail),
        Some(Value::Vector(items)) => {
            machine.spend(items.items.len() / 8)?;
            Ok(Value::seq(Seq::Chunk { items, from: 0, tail }))
        }
        _ => Err(failed("`chunk-cons` needs a chunk")),
    }
}
