//! The value of an option in its one form, as PM2's own validation reads it:
//! numbers out of strings, bytes and milliseconds out of units, words out of a
//! command line. What stands under which name is `canonical`'s business.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::core::definition::options::OptionKind;

/// Whether JavaScript takes it for true.
pub(in crate::core) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The value in its one form, nothing where it means the same as no value, or
/// what PM2 would have taken.
#[expect(clippy::match_same_arms, reason = "a table reads best in the order of its rows")]
pub(in crate::core) fn converted(kind: OptionKind, value: &Value) -> Result<Option<Value>, &'static str> {
    let kept = || Ok(Some(value.clone()));
    match (kind, value) {
        // PM2 takes an empty text for none.
        (OptionKind::Text | OptionKind::TextOrNumber | OptionKind::OtherVariables, Value::String(text))
            if text.is_empty() =>
        {
            Ok(None)
        }
        (OptionKind::Text | OptionKind::FlagOrText | OptionKind::FlagListOrText, Value::String(_)) => kept(),
        (OptionKind::Text, _) => Err("a string"),
        (OptionKind::Flag | OptionKind::FlagOrText | OptionKind::FlagListOrText, Value::Bool(_)) => kept(),
        (OptionKind::Flag, _) => Err("`true` or `false`"),
        (OptionKind::FlagOrText, _) => Err("`true`, `false` or a string"),
        (OptionKind::FlagListOrText | OptionKind::List, Value::Array(_)) => kept(),
        (OptionKind::FlagListOrText, _) => Err("`true`, `false`, a list or a string"),
        (OptionKind::List, _) => Err("a list"),
        (OptionKind::Words | OptionKind::Patterns, Value::Array(items)) => {
            Ok(words(kind, items.iter().map(as_text).collect()))
        }
        (OptionKind::Words | OptionKind::Patterns, Value::String(text)) => Ok(words(kind, split(text))),
        (OptionKind::Words | OptionKind::Patterns, _) => Err("a list or a string"),
        (OptionKind::Codes, Value::Array(items)) => match items.as_slice() {
            [] => Ok(None),
            [one] if number_of(one).is_some() => Ok(number_of(one)),
            _ => kept(),
        },
        (OptionKind::Codes, _) => number_of(value).map(Some).ok_or("a list or a number"),
        (OptionKind::Object, Value::Object(_)) => kept(),
        (OptionKind::Object, _) => Err("a map"),
        (OptionKind::Variables, Value::Object(map)) => Ok(variables(map)),
        (OptionKind::Variables, _) => Err("a map"),
        (OptionKind::OtherVariables, Value::Object(map)) => Ok(variables(map)),
        (OptionKind::OtherVariables, Value::String(_)) => kept(),
        (OptionKind::OtherVariables, _) => Err("a map or a string"),
        (OptionKind::Number, _) => number_of(value).map(Some).ok_or("a number"),
        (OptionKind::Count, Value::String(text)) => Ok(Some(Value::from(leading_integer(text)))),
        (OptionKind::Count, _) => {
            number_of(value).map(|count| Some(truncated(&count))).ok_or("a number or `max`")
        }
        (OptionKind::Size, _) => {
            with_unit(value, &[("K", 1024.0), ("M", 1_048_576.0), ("G", 1_073_741_824.0)])
                .map(Some)
                .ok_or("a number of bytes, or whole digits with `K`, `M` or `G`")
        }
        (OptionKind::Duration, _) => with_unit(value, &[("s", 1e3), ("m", 6e4), ("h", 3.6e6)])
            .map(Some)
            .ok_or("a number of milliseconds, or whole digits with `s`, `m` or `h`"),
        (OptionKind::Mode, Value::String(mode)) => match mode.strip_suffix("_mode").unwrap_or(mode) {
            plain @ ("fork" | "cluster") => Ok(Some(Value::from(format!("{plain}_mode")))),
            _ => Err("`fork` or `cluster`"),
        },
        (OptionKind::Mode, _) => Err("`fork` or `cluster`"),
        (OptionKind::TextOrNumber, Value::String(_)) => Ok(number_of(value).or_else(|| Some(value.clone()))),
        (OptionKind::TextOrNumber, Value::Number(_)) => Ok(number_of(value)),
        (OptionKind::TextOrNumber, _) => Err("a string or a number"),
    }
}

/// A number, or a string that is one as JavaScript reads it; whole numbers as
/// integers, so that `2000`, `2000.0` and `"2000"` are one.
pub(in crate::core) fn number_of(value: &Value) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            let decimal = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
            let text = text.trim();
            if !text.chars().all(decimal) {
                return None;
            }
            text.parse::<f64>().ok()?
        }
        _ => return None,
    };
    Some(json_number(number))
}

/// A double as JSON: an integer where it is one exactly.
fn json_number(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number that fits")]
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

/// A count without its fraction, as PM2 reads it.
fn truncated(count: &Value) -> Value {
    count.as_f64().map_or_else(|| count.clone(), |count| json_number(count.trunc()))
}

/// What `parseInt` takes from the beginning of a count, `0` where it takes nothing.
pub(in crate::core) fn leading_integer(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end].parse::<i64>().unwrap_or(0);
    if text.starts_with('-') { -number } else { number }
}

fn with_unit(value: &Value, units: &[(&str, f64)]) -> Option<Value> {
    if let Some(number) = number_of(value) {
        return Some(number);
    }
    let text = value.as_str()?;
    let (suffix, factor) = units.iter().find(|(suffix, _)| text.ends_with(suffix))?;
    let digits = &text[..text.len() - suffix.len()];
    let number = digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse::<f64>().ok())??;
    Some(json_number(number * factor))
}

/// A list of words. No arguments are the same as none given; no patterns are
/// not, since PM2 has some of its own.
fn words(kind: OptionKind, items: Vec<String>) -> Option<Value> {
    (!items.is_empty() || kind == OptionKind::Patterns).then(|| Value::from(items))
}

/// A scalar as a process sees it in its arguments and environment.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |double| ryu_js::Buffer::new().format(double).to_owned()),
        other => other.to_string(),
    }
}

/// The variables of an `env`, each as the string a process gets; none means
/// the same as no `env`.
fn variables(map: &Map<String, Value>) -> Option<Value> {
    let variables: BTreeMap<&String, String> =
        map.iter().map(|(name, value)| (name, as_text(value))).collect();
    (!variables.is_empty())
        .then(|| variables.into_iter().map(|(name, text)| (name.clone(), Value::from(text))).collect())
}

/// A command line as PM2 splits it: at spaces outside quotes, of which the
/// ones around a whole word fall away.
fn split(text: &str) -> Vec<String> {
    const WORD: &str = r#"[^\s"'=]+="[^"]*"|[^\s"'=]+='[^']*'|"([^"]*)"|'([^']*)'|\S+"#;
    let Ok(word) = regress::Regex::new(WORD) else { return Vec::new() };
    let unquoted = |word: &str| {
        let inner = |quote| word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        inner('"').or_else(|| inner('\'')).unwrap_or(word).to_owned()
    };
    word.find_iter(text)
        .map(|found| unquoted(&text[found.range()]))
        .filter(|word| !word.trim().is_empty())
        .collect()
}
