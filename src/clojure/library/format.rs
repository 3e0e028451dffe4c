//! `goog.string/format`: `%s`, `%d` and `%f` with flags, width and precision.

use crate::clojure::library::fixed::fixed;
use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::native::variadic;
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::Value;

pub(crate) static TABLE: &[Native] = &[variadic("format", 1, format)];

/// What stands between `%` and its letter.
struct Directive<'t> {
    flags: &'t str,
    width: Option<usize>,
    precision: Option<usize>,
    letter: char,
    rest: &'t str,
}

fn format(machine: &mut Machine<'_>, arguments: Vec<Value>) -> Outcome {
    let Value::String(template) = &arguments[0] else {
        return Err(failed(format!("`format` of {} is not covered", arguments[0].what())));
    };
    let mut values = arguments[1..].iter();
    let mut text = String::new();
    let mut rest = &**template;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let Some(found) = directive(after) else {
            text.push('%');
            rest = after;
            continue;
        };
        rest = found.rest;
        if found.letter == '%' {
            text.push('%');
            continue;
        }
        let value = values.next().ok_or_else(|| failed("`format` has more marks than values"))?;
        machine.room(text.len() + found.width.unwrap_or_default())?;
        text.push_str(&written(machine, &found, value)?);
    }
    text.push_str(rest);
    machine.string(text)
}

/// `[flags][width][.precision]letter`; anything else stays as it is written.
fn directive(text: &str) -> Option<Directive<'_>> {
    let (flags, text) = text.split_at(text.find(|char| !"0- +".contains(char))?);
    let (width, text) = text.split_at(text.find(|char: char| !char.is_ascii_digit())?);
    let (precision, text) = match text.strip_prefix('.') {
        Some(text) => {
            let (precision, text) = text.split_at(text.find(|char: char| !char.is_ascii_digit())?);
            (Some(precision.parse().ok()?), text)
        }
        None => (None, text),
    };
    let letter = text.chars().next().filter(|letter| "%sfdiu".contains(*letter))?;
    let width = if width.is_empty() { None } else { Some(width.parse().ok()?) };
    Some(Directive { flags, width, precision, letter, rest: &text[1..] })
}

fn written(machine: &mut Machine<'_>, directive: &Directive<'_>, value: &Value) -> Outcome<String> {
    let refused = || failed(format!("`%{}` of {} is not covered", directive.letter, value.what()));
    let (number, precision) = match (directive.letter, value) {
        ('s', Value::String(text)) => {
            let missing = directive.width.unwrap_or_default().saturating_sub(text.encode_utf16().count());
            let padding = " ".repeat(missing);
            let left = directive.flags.contains('-');
            return Ok(if left { text.to_string() + &padding } else { padding + text });
        }
        // Only a string has the length that a width is compared with.
        ('s', Value::Number(_) | Value::Bool(_) | Value::Keyword(_)) if directive.width.is_none() => {
            return machine.text(value);
        }
        ('f', Value::Number(number)) => (*number, directive.precision),
        ('d' | 'i' | 'u', Value::Number(number)) if number.abs() < 1e15 => (number.trunc(), Some(0)),
        _ => return Err(refused()),
    };
    if !number.is_finite() || (number == 0.0 && number.is_sign_negative()) || directive.letter == 'u' {
        return Err(refused());
    }
    let digits = match precision {
        Some(digits @ 0..=20) => fixed(number.abs(), digits)?,
        Some(_) => return Err(refused()),
        None => machine.text(&Value::Number(number.abs()))?,
    };
    let sign = match directive.flags {
        _ if number < 0.0 => "-",
        flags if flags.contains('+') => "+",
        flags if flags.contains(' ') => " ",
        _ => "",
    };
    let missing = directive.width.unwrap_or_default().saturating_sub(digits.len() + sign.len());
    Ok(if directive.flags.contains('-') {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else {
        let padding = if directive.flags.contains('0') { "0" } else { " " };
        format!("{sign}{}{digits}", padding.repeat(missing))
    })
}
