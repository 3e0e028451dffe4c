//! Equality, order and sorting.

use std::cmp::Ordering;

use crate::clojure::form::Name;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::moment::Moment;
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::equal::equal;
use crate::clojure::value::{Host, Value};

/// Up to this many items, every pair is checked after sorting.
const CHECKED: usize = 64;

pub(crate) static TABLE: &[Native] = &[
    variadic("=", 1, |machine, arguments| all_equal(machine, &arguments).map(Value::Bool)),
    variadic("not=", 1, |machine, arguments| all_equal(machine, &arguments).map(|same| Value::Bool(!same))),
    exact("keyword-identical?", 2, |_, arguments| {
        Ok((matches!(arguments[0], Value::Keyword(_)) && equal(&arguments[0], &arguments[1])).into())
    }),
    exact("identical?", 2, identical),
    exact("compare", 2, |machine, arguments| {
        Ok(Value::Number(match compare(machine, &arguments[0], &arguments[1])? {
            Ordering::Less => -1.0,
            Ordering::Equal => 0.0,
            Ordering::Greater => 1.0,
        }))
    }),
    ranged("sort", 1, 2, sort),
    ranged("sort-by", 2, 3, sort_by),
];

fn all_equal(machine: &mut Machine<'_>, arguments: &[Value]) -> Outcome<bool> {
    for value in arguments {
        machine.realise_guarded(value)?;
    }
    Ok(arguments.windows(2).all(|pair| equal(&pair[0], &pair[1])))
}

/// Certain for scalars, and for atoms, which have an identity.
fn identical(_: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let scalar = |value: &Value| {
        matches!(value, Value::Nil | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Atom(_))
    };
    let undefined = |value: &Value| matches!(value, Value::Host(Host::Undefined));
    if arguments.iter().any(undefined) {
        return Ok(arguments.iter().all(undefined).into());
    }
    if arguments.iter().any(scalar) {
        return Ok(equal(&arguments[0], &arguments[1]).into());
    }
    Err(failed("`identical?` is covered for strings, numbers, booleans, atoms and `nil` only"))
}

fn units(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

fn names(left: &Name, right: &Name) -> Ordering {
    match (&left.namespace, &right.namespace) {
        (None, None) => units(&left.name, &right.name),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(one), Some(other)) => units(one, other).then_with(|| units(&left.name, &right.name)),
    }
}

/// `(compare left right)`.
fn compare(machine: &mut Machine<'_>, left: &Value, right: &Value) -> Outcome<Ordering> {
    machine.spend(1)?;
    Ok(match (left, right) {
        (Value::Nil, Value::Nil) => Ordering::Equal,
        (Value::Nil, _) => Ordering::Less,
        (_, Value::Nil) => Ordering::Greater,
        (Value::Number(left), Value::Number(right)) => {
            left.partial_cmp(right).ok_or_else(|| failed("NaN has no place in an order"))?
        }
        (Value::String(left), Value::String(right)) => units(left, right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Keyword(left), Value::Keyword(right)) | (Value::Symbol(left), Value::Symbol(right)) => {
            names(left, right)
        }
        (Value::Vector(left), Value::Vector(right)) => {
            machine.deeper()?;
            let order = vectors(machine, &left.items, &right.items);
            machine.depth -= 1;
            order?
        }
        (left, right) => {
            return Err(failed(format!("{} cannot be compared with {}", left.what(), right.what())));
        }
    })
}

/// The shorter vector is less; else the first difference counts.
fn vectors(machine: &mut Machine<'_>, left: &[Value], right: &[Value]) -> Outcome<Ordering> {
    let by_length = left.len().cmp(&right.len());
    if by_length != Ordering::Equal {
        return Ok(by_length);
    }
    for (left, right) in left.iter().zip(right) {
        let order = compare(machine, left, right)?;
        if order != Ordering::Equal {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

/// What a comparator says: a number, or whether the first comes before.
fn by_function(
    machine: &mut Machine<'_>,
    function: &Value,
    left: &Value,
    right: &Value,
) -> Outcome<Ordering> {
    let sign = |number: f64| number.partial_cmp(&0.0).ok_or_else(|| failed("a comparator gave NaN"));
    match machine.call(function, vec![left.clone(), right.clone()])? {
        Value::Number(number) => sign(number),
        result if result.truthy() => Ok(Ordering::Less),
        _ => Ok(match machine.call(function, vec![right.clone(), left.clone()])? {
            Value::Number(number) => sign(-number)?,
            result if result.truthy() => Ordering::Greater,
            _ => Ordering::Equal,
        }),
    }
}

fn order(
    machine: &mut Machine<'_>,
    function: Option<&Value>,
    left: &Value,
    right: &Value,
) -> Outcome<Ordering> {
    match function {
        Some(function) => by_function(machine, function, left, right),
        None => compare(machine, left, right),
    }
}

/// A stable sort of keys with their values. An order that contradicts itself
/// would come out differently in JavaScript, so it is refused.
fn sorted(
    machine: &mut Machine<'_>,
    function: Option<&Value>,
    items: Vec<(Value, Value)>,
) -> Outcome<Vec<(Value, Value)>> {
    machine.guarded(Moment::Uncertain, |machine| {
        let items = merge_sort(machine, function, items)?;
        let reach = if items.len() <= CHECKED { items.len() } else { 1 };
        for (at, (left, _)) in items.iter().enumerate() {
            for (right, _) in items.iter().skip(at + 1).take(reach) {
                let consistent = order(machine, function, left, right)? != Ordering::Greater
                    && order(machine, function, right, left)? != Ordering::Less;
                if !consistent {
                    return Err(failed("the comparator contradicts itself, so the order is not certain"));
                }
            }
        }
        Ok(items)
    })
}

fn merge_sort(
    machine: &mut Machine<'_>,
    function: Option<&Value>,
    mut items: Vec<(Value, Value)>,
) -> Outcome<Vec<(Value, Value)>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(machine, function, items)?.into_iter().peekable();
    let mut right = merge_sort(machine, function, right)?.into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let from_right = order(machine, function, &one.0, &other.0)? == Ordering::Greater;
        merged.extend(if from_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn sort(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let coll = arguments.pop().unwrap_or_default();
    let items = machine.items(&coll)?.into_iter().map(|item| (item, Value::Nil)).collect();
    let items = sorted(machine, arguments.first(), items)?;
    Ok(Value::plain_seq(items.into_iter().map(|(key, _)| key).collect()))
}

fn sort_by(machine: &mut Machine<'_>, mut arguments: Vec<Value>) -> Outcome {
    let coll = arguments.pop().unwrap_or_default();
    let items = machine.items(&coll)?;
    let keyed = machine.guarded(Moment::Uncertain, |machine| {
        let key = |item: Value| Ok((machine.call(&arguments[0], vec![item.clone()])?, item));
        items.into_iter().map(key).collect::<Outcome<Vec<_>>>()
    })?;
    let items = sorted(machine, arguments.get(1), keyed)?;
    Ok(Value::plain_seq(items.into_iter().map(|(_, item)| item).collect()))
}
