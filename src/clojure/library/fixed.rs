//! `toFixed`: a number with so many digits.

use crate::clojure::machine::fault::{ADVICE, Outcome, advised};

/// Of two texts that are as near, the greater, away from zero.
pub(super) fn fixed(value: f64, digits: usize) -> Outcome<String> {
    if !value.is_finite() || value.abs() >= 1e21 {
        return Err(advised("`.toFixed` of a number this big is not covered", ADVICE));
    }
    // Every digit of the double: no rounding but our own.
    let exact = format!("{:.1100}", value.abs());
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let up = fraction.as_bytes().get(digits).is_some_and(|digit| *digit >= b'5');
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().take(digits)).collect();
    if up {
        let nines = kept.iter().rev().take_while(|digit| **digit == b'9').count();
        let at = kept.len() - nines;
        kept[at..].fill(b'0');
        match at.checked_sub(1) {
            Some(at) => kept[at] += 1,
            None => kept.insert(0, b'1'),
        }
    }
    let (whole, fraction) = kept.split_at(kept.len() - digits);
    let mut text = if value < 0.0 { "-".to_owned() } else { String::new() };
    text.push_str(&String::from_utf8_lossy(whole));
    if digits > 0 {
        text.push('.');
        text.push_str(&String::from_utf8_lossy(fraction));
    }
    Ok(text)
}
