//! JavaScript's `Math` and `Number`.

use crate::clojure::library::arguments::number_of;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, variadic};
use crate::clojure::machine::state::Native;
use crate::clojure::value::{Value, number};

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
    exact("Math.pow", 2, |_, arguments| {
        power(number_of(&arguments[0])?, number_of(&arguments[1])?).map(Value::Number)
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

/// Whole powers only: of others the last digits differ from one engine to the next.
#[expect(clippy::cast_precision_loss, reason = "no more than what doubles hold exactly")]
fn power(base: f64, exponent: f64) -> Outcome<f64> {
    const EXACT: u64 = 1 << 53;
    let whole = |value: f64| number::integer(value).and_then(|value| u64::try_from(value).ok());
    whole(base)
        .zip(whole(exponent).and_then(|exponent| u32::try_from(exponent).ok()))
        .and_then(|(base, exponent)| base.checked_pow(exponent))
        .filter(|power| *power <= EXACT)
        .map(|power| power as f64)
        .ok_or_else(|| failed("`Math.pow` is covered for whole numbers up to 2^53 only"))
}

fn extreme(arguments: &[Value], start: f64, better: impl Fn(f64, f64) -> f64) -> Outcome {
    let mut best = start;
    for value in arguments {
        let value = number_of(value)?;
        best = if value.is_nan() || best.is_nan() { f64::NAN } else { better(best, value) };
    }
    Ok(Value::Number(best))
}
