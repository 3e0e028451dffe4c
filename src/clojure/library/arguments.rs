//! What an argument must be.

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::value::Value;

/// The number that a value is.
pub(super) fn number_of(value: &Value) -> Outcome<f64> {
    match value {
        Value::Number(number) => Ok(*number),
        other => Err(failed(format!("a number is needed, but here is {}", other.what()))),
    }
}

/// The text that a value is.
pub(super) fn text_of(value: &Value) -> Outcome<&str> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(failed(format!("a string is needed, but here is {}", other.what()))),
    }
}
