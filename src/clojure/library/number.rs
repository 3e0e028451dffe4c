//! Arithmetic. JavaScript would join strings and count `nil` as zero; here only
//! numbers are taken.

use crate::clojure::library::arguments::{number_of, text_of};
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::Value;
use crate::clojure::value::number::{self, int32};

pub(crate) static TABLE: &[Native] = &[
    variadic("+", 0, |_, arguments| fold(&arguments, 0.0, |a, b| a + b)),
    variadic("*", 0, |_, arguments| fold(&arguments, 1.0, |a, b| a * b)),
    variadic("-", 1, |_, arguments| from_first(&arguments, 0.0, |a, b| a - b)),
    variadic("/", 1, |_, arguments| from_first(&arguments, 1.0, |a, b| a / b)),
    exact("inc", 1, |_, arguments| one(&arguments, |a| a + 1.0)),
    exact("dec", 1, |_, arguments| one(&arguments, |a| a - 1.0)),
    exact("quot", 2, |_, arguments| two(&arguments, |a, b| ((a - a % b) / b).trunc())),
    exact("rem", 2, |_, arguments| two(&arguments, |a, b| a - b * ((a - a % b) / b).trunc())),
    exact("mod", 2, |_, arguments| two(&arguments, |a, b| (a % b + b) % b)),
    variadic("max", 1, |_, arguments| extreme(&arguments, |a, b| a > b)),
    variadic("min", 1, |_, arguments| extreme(&arguments, |a, b| a < b)),
    exact("abs", 1, |_, arguments| one(&arguments, f64::abs)),
    variadic("<", 1, |_, arguments| ordered(&arguments, |a, b| a < b)),
    variadic("<=", 1, |_, arguments| ordered(&arguments, |a, b| a <= b)),
    variadic(">", 1, |_, arguments| ordered(&arguments, |a, b| a > b)),
    variadic(">=", 1, |_, arguments| ordered(&arguments, |a, b| a >= b)),
    variadic("==", 1, |_, arguments| ordered(&arguments, same)),
    exact("zero?", 1, |_, arguments| test(&arguments, |a| a == 0.0)),
    exact("pos?", 1, |_, arguments| test(&arguments, |a| a > 0.0)),
    exact("neg?", 1, |_, arguments| test(&arguments, |a| a < 0.0)),
    exact("even?", 1, |_, arguments| parity(&arguments, 0)),
    exact("odd?", 1, |_, arguments| parity(&arguments, 1)),
    exact("int", 1, |_, arguments| one(&arguments, |a| f64::from(int32(a)))),
    exact("long", 1, |_, arguments| one(&arguments, f64::trunc)),
    exact("double", 1, |_, arguments| one(&arguments, |a| a)),
    exact("float", 1, |_, arguments| one(&arguments, |a| a)),
    exact("bit-and", 2, |_, arguments| bits(&arguments, |a, b| a & b)),
    exact("bit-or", 2, |_, arguments| bits(&arguments, |a, b| a | b)),
    exact("bit-xor", 2, |_, arguments| bits(&arguments, |a, b| a ^ b)),
    exact("bit-not", 1, |_, arguments| one(&arguments, |a| f64::from(!int32(a)))),
    exact("bit-shift-left", 2, |_, arguments| bits(&arguments, |a, b| a << (b & 31))),
    exact("bit-shift-right", 2, |_, arguments| bits(&arguments, |a, b| a >> (b & 31))),
    exact("bit-and-not", 2, |_, arguments| bits(&arguments, |a, b| a & !b)),
    exact("bit-set", 2, |_, arguments| bits(&arguments, |a, b| a | (1 << (b & 31)))),
    exact("bit-flip", 2, |_, arguments| bits(&arguments, |a, b| a ^ (1 << (b & 31)))),
    exact("bit-test", 2, |_, arguments| {
        let bit = number_of(&arguments[1]).map(|bit| 1 << (int32(bit) & 31))?;
        Ok((int32(number_of(&arguments[0])?) & bit != 0).into())
    }),
    exact("unsigned-bit-shift-right", 2, |_, arguments| {
        two(&arguments, |a, b| f64::from(int32(a).cast_unsigned() >> (int32(b) & 31)))
    }),
    exact("parse-long", 1, parse_long),
    exact("parse-double", 1, parse_double),
    exact("parse-boolean", 1, parse_boolean),
    ranged("rand", 0, 1, random),
    exact("rand-int", 1, random),
    exact("rand-nth", 1, random),
    exact("shuffle", 1, random),
    exact("random-uuid", 0, random),
    exact("random-sample", 2, random),
    ranged("gensym", 0, 1, random),
    exact("system-time", 0, random),
];

fn one(arguments: &[Value], compute: impl Fn(f64) -> f64) -> Outcome {
    Ok(Value::Number(compute(number_of(&arguments[0])?)))
}

fn two(arguments: &[Value], compute: impl Fn(f64, f64) -> f64) -> Outcome {
    Ok(Value::Number(compute(number_of(&arguments[0])?, number_of(&arguments[1])?)))
}

fn test(arguments: &[Value], holds: impl Fn(f64) -> bool) -> Outcome {
    Ok(holds(number_of(&arguments[0])?).into())
}

fn fold(arguments: &[Value], start: f64, compute: impl Fn(f64, f64) -> f64) -> Outcome {
    let Some((first, rest)) = arguments.split_first() else { return Ok(Value::Number(start)) };
    let fold = |sum, value| Ok(compute(sum, number_of(value)?));
    rest.iter().try_fold(number_of(first)?, fold).map(Value::Number)
}

/// `(- a)` is `0 - a`, `(/ a)` is `1 / a`.
fn from_first(arguments: &[Value], start: f64, compute: impl Fn(f64, f64) -> f64) -> Outcome {
    if let [only] = arguments {
        let only = number_of(only)?;
        return Ok(Value::Number(if start == 0.0 { -only } else { compute(start, only) }));
    }
    fold(arguments, start, compute)
}

/// `max` and `min`: NaN is refused, whose rank depends on the order.
fn extreme(arguments: &[Value], better: impl Fn(f64, f64) -> bool) -> Outcome {
    let mut best = number_of(&arguments[0])?;
    for value in arguments {
        let value = number_of(value)?;
        if value.is_nan() {
            return Err(failed("`max` and `min` of NaN are not covered"));
        }
        if better(value, best) {
            best = value;
        }
    }
    Ok(Value::Number(best))
}

fn ordered(arguments: &[Value], holds: impl Fn(f64, f64) -> bool) -> Outcome {
    if arguments.len() == 1 {
        return Ok(true.into());
    }
    for pair in arguments.windows(2) {
        if !holds(number_of(&pair[0])?, number_of(&pair[1])?) {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

#[expect(clippy::float_cmp, reason = "JavaScript's `===`")]
fn same(left: f64, right: f64) -> bool {
    left == right
}

fn parity(arguments: &[Value], odd: i64) -> Outcome {
    let value = number_of(&arguments[0])?;
    match number::integer(value) {
        Some(integer) => Ok((integer.rem_euclid(2) == odd).into()),
        None => Err(failed(format!("a whole number is needed, but here is {}", number::text(value)))),
    }
}

fn bits(arguments: &[Value], compute: impl Fn(i32, i32) -> i32) -> Outcome {
    two(arguments, |a, b| f64::from(compute(int32(a), int32(b))))
}

fn parse_long(_: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let text = text_of(&arguments[0])?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = number::parse_int(text, None);
    Ok(if whole && value.abs() <= 9_007_199_254_740_991.0 { Value::Number(value) } else { Value::Nil })
}

fn parse_double(_: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let text = text_of(&arguments[0])?.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|char: char| char.is_ascii_digit())
        && digits.ends_with(|char: char| char.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(value) if plain => Ok(Value::Number(value)),
        _ if digits.bytes().all(|byte| byte.is_ascii_alphabetic())
            && digits != "NaN"
            && digits != "Infinity" =>
        {
            Ok(Value::Nil)
        }
        _ => Err(failed(format!("`parse-double` of `{text}` is not covered"))),
    }
}

fn parse_boolean(_: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    Ok(match text_of(&arguments[0])? {
        "true" => true.into(),
        "false" => false.into(),
        _ => Value::Nil,
    })
}

fn random(_: &mut Machine<'_>, _: Vec<Value>) -> Outcome {
    Err(failed("random values would make every compile differ; they are refused"))
}
