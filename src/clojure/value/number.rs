//! Numbers as JavaScript has them: doubles, their text, their conversions.

use crate::clojure::value::Value;

/// The text of a number: `1`, `0.1`, `1e21`, `NaN`.
pub(crate) fn text(value: f64) -> String {
    ryu_js::Buffer::new().format(value).to_owned()
}

/// A count as a value.
pub(crate) fn count(value: usize) -> Value {
    Value::Number(from_usize(value))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn from_usize(value: usize) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "JavaScript reads integer literals the same way")]
pub(crate) fn from_i64(value: i64) -> f64 {
    value as f64
}

/// The number as an index, when it is a whole number that can be one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
pub(crate) fn index(value: f64) -> Option<usize> {
    (value.fract() == 0.0 && (0.0..4_294_967_296.0).contains(&value)).then_some(value as usize)
}

/// The number as an integer, when it is one that doubles hold exactly.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(crate) fn integer(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
}

/// `ToInt32`, what JavaScript's bit operators do first.
#[expect(clippy::cast_possible_truncation, reason = "taken modulo 2^32 before")]
pub(crate) fn int32(value: f64) -> i32 {
    if !value.is_finite() {
        return 0;
    }
    let wrapped = value.trunc().rem_euclid(4_294_967_296.0);
    (wrapped as i64) as i32
}

/// `js/parseFloat`.
pub(crate) fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.starts_with("Infinity") {
        return sign * f64::INFINITY;
    }
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    let mut end = whole;
    let mut mantissa = whole;
    if rest[end..].starts_with('.') {
        let fraction = digits(end + 1);
        mantissa += fraction;
        if fraction > 0 || whole > 0 {
            end += 1 + fraction;
        }
    }
    if mantissa == 0 {
        return f64::NAN;
    }
    if rest[end..].starts_with(['e', 'E']) {
        let signed = usize::from(rest[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + signed);
        if exponent > 0 {
            end += 1 + signed + exponent;
        }
    }
    sign * rest[..end].parse::<f64>().unwrap_or(f64::NAN)
}

/// `js/parseInt`; the radix is `None` when it is not given.
pub(crate) fn parse_int(text: &str, radix: Option<u32>) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X"));
    let (radix, rest) = match (radix, hex) {
        (None | Some(0 | 16), Some(hex)) => (16, hex),
        (None | Some(0), None) => (10, rest),
        (Some(radix), _) => (radix, rest),
    };
    if !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let end = rest.find(|char: char| !char.is_digit(radix)).unwrap_or(rest.len());
    let digits = &rest[..end];
    if digits.is_empty() {
        return f64::NAN;
    }
    let value = if radix == 10 {
        digits.parse::<f64>().unwrap_or(f64::NAN)
    } else {
        digits
            .chars()
            .filter_map(|char| char.to_digit(radix))
            .fold(0.0, |sum: f64, digit| sum.mul_add(f64::from(radix), f64::from(digit)))
    };
    if negative { -value } else { value }
}

/// `js/Number` of a string.
pub(crate) fn of_string(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let all = !digits.is_empty() && digits.chars().all(|char| char.is_digit(radix));
            return if all { parse_int(digits, Some(radix)) } else { f64::NAN };
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = unsigned == "Infinity"
        || (unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
            && unsigned.starts_with(|char: char| char.is_ascii_digit() || char == '.'));
    if !plain {
        return f64::NAN;
    }
    match unsigned {
        "Infinity" => parse_float(text),
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

/// JavaScript's white space.
pub(crate) fn is_space(char: char) -> bool {
    matches!(char, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}
