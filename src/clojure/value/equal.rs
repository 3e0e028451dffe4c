//! `=` on values whose sequences have been realised. Values with an identity
//! (functions, atoms, JavaScript objects) equal themselves only.

use std::rc::Rc;

use crate::clojure::value::Value;

pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (left, right) if left.is_nil() || right.is_nil() => left.is_nil() && right.is_nil(),
        (Value::Bool(left), Value::Bool(right)) => left == right,
        #[expect(clippy::float_cmp, reason = "JavaScript's `===`")]
        (Value::Number(left), Value::Number(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Keyword(left), Value::Keyword(right)) | (Value::Symbol(left), Value::Symbol(right)) => {
            Rc::ptr_eq(left, right) || left == right
        }
        (Value::Regex(left), Value::Regex(right)) => Rc::ptr_eq(left, right),
        (Value::Vector(left), Value::Vector(right)) => {
            left.items.len() == right.items.len()
                && left.items.iter().zip(&right.items).all(|(left, right)| equal(left, right))
        }
        (Value::Vector(vector), Value::Seq(seq)) | (Value::Seq(seq), Value::Vector(vector)) => {
            let mut rest = seq.realised();
            vector.items.iter().all(|item| rest.next().is_some_and(|other| equal(item, &other)))
                && rest.next().is_none()
        }
        (Value::Seq(left), Value::Seq(right)) => {
            let mut rest = right.realised();
            left.realised().all(|item| rest.next().is_some_and(|other| equal(&item, &other)))
                && rest.next().is_none()
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|entry| right.get(&entry.key).is_some_and(|other| equal(&entry.value, &other.value)))
        }
        (Value::Set(left), Value::Set(right)) => {
            left.len() == right.len() && left.iter().all(|entry| right.get(&entry.key).is_some())
        }
        (Value::Function(left), Value::Function(right)) => Rc::ptr_eq(left, right),
        (Value::Atom(left), Value::Atom(right)) => Rc::ptr_eq(left, right),
        (Value::Transient(left), Value::Transient(right)) => Rc::ptr_eq(left, right),
        (Value::Error(left), Value::Error(right)) => Rc::ptr_eq(left, right),
        (Value::Array(left), Value::Array(right)) => Rc::ptr_eq(left, right),
        (Value::Object(left), Value::Object(right)) => Rc::ptr_eq(left, right),
        (Value::Host(left), Value::Host(right)) => left == right,
        _ => false,
    }
}
