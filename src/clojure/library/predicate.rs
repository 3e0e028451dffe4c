//! Questions about what a value is.

use crate::clojure::machine::fault::failed;
use crate::clojure::machine::native::exact;
use crate::clojure::machine::state::Native;
use crate::clojure::value::{Host, Seq, Value};

pub(crate) static INTERNAL_TABLE: &[Native] = &[
    exact("error?", 1, |_, a| Ok(matches!(a[0], Value::Error(_)).into())),
    exact("ex-info?", 1, |_, a| Ok(matches!(&a[0], Value::Error(error) if error.data.is_some()).into())),
];

pub(crate) static TABLE: &[Native] = &[
    exact("nil?", 1, |_, a| Ok(a[0].is_nil().into())),
    exact("some?", 1, |_, a| Ok((!a[0].is_nil()).into())),
    exact("not", 1, |_, a| Ok((!a[0].truthy()).into())),
    exact("boolean", 1, |_, a| Ok(a[0].truthy().into())),
    exact("true?", 1, |_, a| Ok(matches!(a[0], Value::Bool(true)).into())),
    exact("false?", 1, |_, a| Ok(matches!(a[0], Value::Bool(false)).into())),
    exact("boolean?", 1, |_, a| Ok(matches!(a[0], Value::Bool(_)).into())),
    exact("any?", 1, |_, _| Ok(true.into())),
    exact("string?", 1, |_, a| Ok(matches!(a[0], Value::String(_)).into())),
    exact("char?", 1, |_, a| {
        Ok(matches!(&a[0], Value::String(text) if text.encode_utf16().count() == 1).into())
    }),
    exact("keyword?", 1, |_, a| Ok(matches!(a[0], Value::Keyword(_)).into())),
    exact("symbol?", 1, |_, a| Ok(matches!(a[0], Value::Symbol(_)).into())),
    exact("ident?", 1, |_, a| Ok(matches!(a[0], Value::Keyword(_) | Value::Symbol(_)).into())),
    exact(
        "simple-keyword?",
        1,
        |_, a| Ok(matches!(&a[0], Value::Keyword(n) if n.namespace.is_none()).into()),
    ),
    exact("qualified-keyword?", 1, |_, a| {
        Ok(matches!(&a[0], Value::Keyword(n) if n.namespace.is_some()).into())
    }),
    exact("simple-symbol?", 1, |_, a| Ok(matches!(&a[0], Value::Symbol(n) if n.namespace.is_none()).into())),
    exact("qualified-symbol?", 1, |_, a| {
        Ok(matches!(&a[0], Value::Symbol(n) if n.namespace.is_some()).into())
    }),
    exact("number?", 1, |_, a| Ok(matches!(a[0], Value::Number(_)).into())),
    exact("float?", 1, |_, a| Ok(matches!(a[0], Value::Number(_)).into())),
    exact("double?", 1, |_, a| Ok(matches!(a[0], Value::Number(_)).into())),
    exact("integer?", 1, |_, a| Ok(is_integer(&a[0], |_| true).into())),
    exact("int?", 1, |_, a| Ok(is_integer(&a[0], |_| true).into())),
    exact("pos-int?", 1, |_, a| Ok(is_integer(&a[0], |n| n > 0.0).into())),
    exact("neg-int?", 1, |_, a| Ok(is_integer(&a[0], |n| n < 0.0).into())),
    exact("nat-int?", 1, |_, a| Ok(is_integer(&a[0], |n| n >= 0.0).into())),
    exact("NaN?", 1, |_, a| match &a[0] {
        Value::Number(number) => Ok(number.is_nan().into()),
        other => Err(failed(format!("a number is needed, but here is {}", other.what()))),
    }),
    exact("map?", 1, |_, a| Ok(matches!(a[0], Value::Map(_)).into())),
    exact("vector?", 1, |_, a| Ok(matches!(a[0], Value::Vector(_)).into())),
    exact("set?", 1, |_, a| Ok(matches!(a[0], Value::Set(_)).into())),
    exact("seq?", 1, |_, a| Ok(matches!(a[0], Value::Seq(_)).into())),
    exact("map-entry?", 1, |_, a| Ok(matches!(&a[0], Value::Vector(vector) if vector.is_entry).into())),
    exact("simple-ident?", 1, |_, a| Ok(has_namespace(&a[0]).is_some_and(|has| !has).into())),
    exact("qualified-ident?", 1, |_, a| Ok(has_namespace(&a[0]).unwrap_or_default().into())),
    exact("infinite?", 1, |_, a| Ok(matches!(a[0], Value::Number(n) if n.is_infinite()).into())),
    exact("reversible?", 1, |_, a| Ok(matches!(a[0], Value::Vector(_)).into())),
    // Nothing that is covered is one of these.
    exact("record?", 1, |_, _| Ok(false.into())),
    exact("uuid?", 1, |_, _| Ok(false.into())),
    exact("inst?", 1, |_, _| Ok(false.into())),
    exact("uri?", 1, |_, _| Ok(false.into())),
    exact("sorted?", 1, |_, _| Ok(false.into())),
    exact("undefined?", 1, |_, a| Ok(matches!(a[0], Value::Host(Host::Undefined)).into())),
    exact("list?", 1, |_, a| Ok(is_list(&a[0]).into())),
    exact("coll?", 1, |_, a| Ok(is_collection(&a[0]).into())),
    exact("sequential?", 1, |_, a| Ok(matches!(a[0], Value::Vector(_) | Value::Seq(_)).into())),
    exact("associative?", 1, |_, a| Ok(matches!(a[0], Value::Vector(_) | Value::Map(_)).into())),
    exact("fn?", 1, |_, a| Ok(matches!(a[0], Value::Function(_)).into())),
    exact("ifn?", 1, |_, a| Ok(is_callable(&a[0]).into())),
    exact("object?", 1, |_, a| match &a[0] {
        Value::Object(_) => Ok(true.into()),
        Value::Array(_)
        | Value::String(_)
        | Value::Number(_)
        | Value::Bool(_)
        | Value::Keyword(_)
        | Value::Symbol(_) => Ok(false.into()),
        other if other.is_nil() || is_collection(other) => Ok(false.into()),
        other => Err(failed(format!("`object?` of {} is not covered", other.what()))),
    }),
    exact("array?", 1, |_, a| Ok(matches!(a[0], Value::Array(_)).into())),
    exact("regexp?", 1, |_, a| Ok(matches!(a[0], Value::Regex(_)).into())),
    exact("seqable?", 1, |_, a| {
        let seqable =
            is_collection(&a[0]) || a[0].is_nil() || matches!(a[0], Value::String(_) | Value::Array(_));
        Ok(seqable.into())
    }),
];

fn is_integer(value: &Value, holds: impl Fn(f64) -> bool) -> bool {
    matches!(value, Value::Number(n) if n.fract() == 0.0 && n.abs() < 1e21 && holds(*n))
}

fn has_namespace(value: &Value) -> Option<bool> {
    match value {
        Value::Keyword(name) | Value::Symbol(name) => Some(name.namespace.is_some()),
        _ => None,
    }
}

fn is_list(value: &Value) -> bool {
    let Value::Seq(seq) = value else { return false };
    matches!(**seq, Seq::Empty | Seq::Array { list: true, .. } | Seq::Cons { .. })
}

pub(crate) fn is_collection(value: &Value) -> bool {
    matches!(value, Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Seq(_))
}

fn is_callable(value: &Value) -> bool {
    matches!(
        value,
        Value::Function(_)
            | Value::Keyword(_)
            | Value::Symbol(_)
            | Value::Map(_)
            | Value::Set(_)
            | Value::Vector(_)
    )
}
