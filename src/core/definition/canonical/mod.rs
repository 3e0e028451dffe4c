//! From an app as the artifact exports it to its canonical definition, the
//! same on every machine: aliases under their one name, numeric strings and
//! durations as numbers, `nil` meaning absent, what PM2 drops dropped.
//!
//! It follows what PM2 itself does to an app before it starts it, so that two
//! spellings of one meaning are equal. Defaults are not filled in.

mod settle;

use serde_json::{Map, Value};

use crate::core::definition::Definition;
use crate::core::definition::app_name;
use crate::core::definition::canonical::settle::{lost_arguments, settle, settle_name};
use crate::core::definition::option_value::{converted, is_truthy, leading_integer, number_of};
use crate::core::definition::options::{self, LEAST_MIN_UPTIME, MERGE_LOGS, OPTIONS, OptionKind, PmOption};
use crate::core::definition::raw_app::{AppDiagnostic, DiagnosticKind, RawApp};
use crate::text::diagnostic::Diagnostic;

/// The canonical definition, and all that PM2 would refuse or misread. With an
/// error among the diagnostics the definition is not to be applied.
pub(crate) fn canonical(raw: &RawApp) -> (Definition, Vec<Diagnostic>) {
    let (definition, diagnostics) = diagnose(raw);
    (definition, diagnostics.into_iter().map(|found| found.diagnostic).collect())
}

/// The same, with the kind and the key of each diagnostic.
pub(crate) fn diagnose(raw: &RawApp) -> (Definition, Vec<AppDiagnostic>) {
    let mut diagnostics = dropped_keys(raw);
    let mut options = Map::new();
    // Of some seventy options an app has a few.
    let is_there = |option: &&PmOption| raw.options.keys().any(|key| option.is_named(key));
    for option in OPTIONS.iter().filter(is_there) {
        let Some((key, value)) = looked_up(option, &raw.options) else { continue };
        match converted(option.kind, value) {
            Ok(Some(value)) => {
                options.insert(kept_name(option, &key, &value), value);
            }
            Ok(None) => {}
            Err(expected) => {
                let diagnostic =
                    Diagnostic::error(format!("`{key}` is {}, where PM2 takes {expected}", kind_of(value)));
                diagnostics.push(AppDiagnostic::of_key(DiagnosticKind::Value, raw, &key, diagnostic));
            }
        }
        if let Some(warning) = misread(option, value) {
            let diagnostic = Diagnostic::warning(format!("`{key}` {warning}"));
            diagnostics.push(AppDiagnostic::of_key(DiagnosticKind::Value, raw, &key, diagnostic));
        }
    }
    other_environments(raw, &mut options, &mut diagnostics);
    settle_name(raw, &mut options);
    diagnostics.extend(lost_arguments(raw, &options));
    settle(&mut options);
    diagnostics.extend(overriding_variables(raw, &options));
    diagnostics.extend(limits(raw, &options));
    (Definition::from_canonical(options), diagnostics)
}

/// Keys that PM2 silently drops, and values that it drops for being falsy.
fn dropped_keys(raw: &RawApp) -> Vec<AppDiagnostic> {
    let unknown = raw.options.keys().filter(|key| !options::is_known(key)).map(|key| {
        let dropped = Diagnostic::warning(format!("PM2 drops the unknown option `{key}`"));
        let diagnostic = match options::likely(key) {
            Some(likely) => dropped.help(format!("did you mean `{likely}`?")),
            None => dropped,
        };
        AppDiagnostic::of_key(DiagnosticKind::UnknownOption, raw, key, diagnostic)
    });
    // Where the option is `false` or empty by default, nothing is lost.
    let loses = |value: &Value| value.is_number();
    let falsy = OPTIONS.iter().filter_map(|option| {
        let value = raw.options.get(option.name)?;
        let drops = loses(value) && looked_up(option, &raw.options).is_none();
        let diagnostic =
            Diagnostic::warning(format!("PM2 drops `{}`, since its value counts as false", option.name));
        drops.then(|| AppDiagnostic::of_key(DiagnosticKind::Value, raw, option.name, diagnostic))
    });
    unknown.chain(falsy).collect()
}

/// The value PM2 finds for an option and the key it stands under. PM2 goes on
/// to the next alias while the value is falsy, and so loses the `0` or `false`
/// of an option whose camelCase differs from its name.
fn looked_up<'a>(option: &PmOption, raw: &'a Map<String, Value>) -> Option<(String, &'a Value)> {
    let mut found: Option<(String, &Value)> = None;
    for name in option.names() {
        if found.as_ref().is_some_and(|(_, value)| is_truthy(value)) {
            break;
        }
        found = raw.get(&name).map(|value| (name, value));
    }
    if option.is_read_early() {
        found = found.filter(|(_, value)| is_truthy(value));
    }
    // PM2 looks at this one before that, and takes its absence for `true`;
    // under its other names it is absent then.
    if option.name == MERGE_LOGS {
        found = found.filter(|(_, value)| !matches!(value, Value::Bool(false)));
    }
    let unmerged = |merge: &&Value| option.name == MERGE_LOGS && **merge == Value::Bool(false);
    let found = found.or_else(|| Some((MERGE_LOGS.to_owned(), raw.get(MERGE_LOGS).filter(unmerged)?)));
    found.filter(|(_, value)| !value.is_null())
}

/// The name to keep a value under, so that PM2 finds it there again: a falsy
/// one it would lose under the option's own name.
fn kept_name(option: &PmOption, key: &str, value: &Value) -> String {
    if is_truthy(value) || key == MERGE_LOGS {
        option.name.to_owned()
    } else {
        options::camel_case(option.name)
    }
}

/// What PM2 takes without complaint, but hardly as it was meant.
fn misread(option: &PmOption, value: &Value) -> Option<String> {
    let text = value.as_str()?;
    match option.kind {
        OptionKind::Count if text != "max" && number_of(value).is_none() && leading_integer(text) == 0 => {
            Some("is not a number: PM2 takes it for one process on every CPU".to_owned())
        }
        _ => None,
    }
}

/// `env_production` and its like, which PM2 keeps for `--env NAME`.
fn other_environments(raw: &RawApp, options: &mut Map<String, Value>, diagnostics: &mut Vec<AppDiagnostic>) {
    for (key, value) in raw.options.iter().filter(|(key, _)| options::is_environment(key)) {
        if key == options::LABEL {
            let diagnostic = Diagnostic::error(format!("`{key}` is pm2sync's own mark on what it started"))
                .help("remove it from the definition");
            diagnostics.push(AppDiagnostic::of_key(DiagnosticKind::Value, raw, key, diagnostic));
            continue;
        }
        match converted(OptionKind::OtherVariables, value) {
            Ok(Some(value)) => {
                options.insert(key.clone(), value);
            }
            Ok(None) => {}
            Err(expected) => {
                let kind = if value.is_null() { DiagnosticKind::Nil } else { DiagnosticKind::Value };
                let diagnostic = Diagnostic::error(format!(
                    "`{key}` is {}, where PM2 takes {expected}; it refuses the whole file",
                    kind_of(value)
                ));
                diagnostics.push(AppDiagnostic::of_key(kind, raw, key, diagnostic));
            }
        }
    }
}

/// Variables of `env` that PM2 would take for fields of the process: an app
/// with a variable `name` would run under that name.
fn overriding_variables(raw: &RawApp, options: &Map<String, Value>) -> Vec<AppDiagnostic> {
    let variables = options.get("env").and_then(Value::as_object);
    let overriding = variables.into_iter().flat_map(Map::keys).filter(|name| options::is_field(name));
    let refused = |name: &String| {
        let diagnostic = Diagnostic::error(format!(
            "the variable `{name}` in `env` would override PM2's own field of that name"
        ))
        .help("give the variable another name");
        let inner = format!("env/{name}");
        let key = if raw.keys.contains_key(&inner) { inner.as_str() } else { "env" };
        AppDiagnostic::of_key(DiagnosticKind::Override, raw, key, diagnostic)
    };
    overriding.map(refused).collect()
}

fn limits(raw: &RawApp, options: &Map<String, Value>) -> Vec<AppDiagnostic> {
    let mut found = Vec::new();
    let least = [("min_uptime", LEAST_MIN_UPTIME, "100 ms"), ("max_restarts", 0.0, "0")];
    for (option, least, words) in least {
        if options.get(option).and_then(Value::as_f64).is_some_and(|number| number < least) {
            let diagnostic = Diagnostic::error(format!("`{option}` is less than {words}, which PM2 refuses"));
            found.push(AppDiagnostic::of_key(DiagnosticKind::Value, raw, option, diagnostic));
        }
    }
    let missing = |what: &str| AppDiagnostic {
        kind: DiagnosticKind::Missing,
        key: None,
        diagnostic: Diagnostic::error(format!("the app has no {what}")).at(raw.place.clone()),
    };
    match raw.blank_name().or(options.get("name").and_then(Value::as_str)) {
        None => found.push(missing("name")),
        Some(name) => found.extend(app_name::refusal(name).map(|why| {
            let diagnostic = Diagnostic::error(format!("`{name}` is not a valid app name: {why}"));
            AppDiagnostic::of_key(DiagnosticKind::Name, raw, "name", diagnostic)
        })),
    }
    if !options.contains_key("script") {
        found.push(missing("`script`"));
    }
    found
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "`nil`",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
