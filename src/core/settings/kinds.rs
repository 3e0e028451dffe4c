//! Checks a settings file against the table of keys: a value of the wrong kind is
//! reported with its key, what that takes, an example and the place, before the
//! parser reports it in its own words.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::core::settings::Span;
use crate::core::settings::keys::{KEYS, Key, KeyKind, is_known};
use crate::text::diagnostic::Diagnostic;
use crate::text::lines::LineIndex;

/// Every value of another kind than its key takes; unknown keys are reported
/// elsewhere.
pub(super) fn wrong_kinds(
    table: &DeTable<'_>,
    section: &str,
    lines: &LineIndex,
    found: &mut Vec<Diagnostic>,
) {
    for (name, value) in table {
        let name = name.get_ref();
        let path = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        let at = Some(lines.place(value.span()));
        match (KEYS.iter().find(|key| key.path == path), value.get_ref()) {
            (Some(key), _) => found.extend(wrong(key, value, lines)),
            (None, DeValue::Table(inner)) => wrong_kinds(inner, &path, lines, found),
            (None, other) if is_known(&path) => {
                let example = KEYS.iter().find(|key| key.path.starts_with(&format!("{path}.")));
                let message = format!("`{path}` is a section, not {}", word(other));
                found.push(Diagnostic::error(message).at(at).help(example.map(advice).unwrap_or_default()));
            }
            (None, _) => {}
        }
    }
}

/// What is wrong with one value, if anything.
fn wrong(key: &Key, value: &Spanned<DeValue<'_>>, lines: &LineIndex) -> Option<Diagnostic> {
    let (path, takes) = (key.path, key.kind);
    let not = |at: &Spanned<DeValue<'_>>, what: &str| {
        let diagnostic = Diagnostic::error(format!("`{path}` takes {takes}, not {what}"));
        Some(diagnostic.at(Some(lines.place(at.span()))).help(advice(key)))
    };
    match (takes, value.get_ref()) {
        (KeyKind::List | KeyKind::StarOrList, DeValue::Array(items)) => {
            let odd = items.iter().find(|item| !matches!(item.get_ref(), DeValue::String(_)))?;
            not(odd, &format!("one with {} in it", word(odd.get_ref())))
        }
        (KeyKind::Text, DeValue::String(_)) => None,
        (KeyKind::StarOrList, DeValue::String(text)) if text == "*" => None,
        (KeyKind::Choice(choices), DeValue::String(text)) if choices.contains(&text.as_ref()) => None,
        (KeyKind::Span, DeValue::String(text)) => match text.parse::<Span>() {
            Ok(_) => None,
            Err(why) => {
                let diagnostic = Diagnostic::error(format!("`{path}`: {why}"));
                Some(diagnostic.at(Some(lines.place(value.span()))).help(advice(key)))
            }
        },
        (KeyKind::Choice(_) | KeyKind::StarOrList, DeValue::String(text)) => {
            not(value, &format!("`\"{text}\"`"))
        }
        (_, other) => not(value, word(other)),
    }
}

/// `write it like [hooks] wait = "5s"`
fn advice(key: &Key) -> String {
    match key.path.rsplit_once('.') {
        Some((section, name)) => format!("write `{name} = {}` below `[{section}]`", key.example),
        None => format!("write `{} = {}`", key.path, key.example),
    }
}

fn word(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
