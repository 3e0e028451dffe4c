//! JavaScript's `Math` and `Number`.

use crate::clojure::library::number::number_of;
use crate::clojure::library::{Native, exact, variadic};
use crate::clojure::run::fault::Outcome;
use crate::clojure::value::Value;

pub(crate) static JS_TABLE: &[Native] = &[
    exact("Math.floor", 1, |_, arguments| Ok(number_of(&arguments[0])?.floor().into())),
    exact("Math.ceil", 1, |_, arguments| Ok(number_of(&arguments[0])?.ceil().into())),
    exact("Math.trunc", 1, |_, arguments| Ok(number_of(&arguments[0])?.trunc().into())),
    exact("Math.round", 1, |_, arguments| Ok(rounded(number_of(&arguments[0])?).into())),
    exact("Math.abs", 1, |_, arguments| Ok(number_of(&arguments[0])?.abs().into())),
    exact("Math.sqrt", 1, |_, arguments| Ok(number_of(&arguments[0])?.sqrt().into())),
    exact("Math.sign", 1, |_, arguments| {
        let value = number_of(&arguments[0])?;
        Ok(if value == 0.0 || value.is_nan() { value } else { value.signum() }.into())
    }),
    variadic("Math.max", 0, |_, arguments| extreme(&arguments, f64::NEG_INFINITY, f64::max)),
    variadic("Math.min", 0, |_, arguments| extreme(&arguments, f64::INFINITY, f64::min)),
    exact("Number.isInteger", 1, |_, arguments| {
        Ok(matches!(arguments[0], Value::Number(value) if value.fract() == 0.0).into())
    }),
    exact("Array.isArray", 1, |_, arguments| Ok(matches!(arguments[0], Value::Array(_)).into())),
];

/// Halves go up; what is too big for a fraction stays.
fn rounded(value: f64) -> f64 {
    if value.fract() == 0.0 {
        value
    } else if value - value.floor() >= 0.5 {
        value.ceil()
    } else {
        value.floor()
    }
}

fn extreme(arguments: &[Value], start: f64, better: impl Fn(f64, f64) -> f64) -> Outcome {
    let mut best = start;
    for value in arguments {
        let value = number_of(value)?;
        best = if value.is_nan() || best.is_nan() { f64::NAN } else { better(best, value) };
    }
    Ok(Value::Number(best))
}
