//! Whether a process has the variables of its definition. What else it has is
//! the caller's environment, of which the definition says nothing.

use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::options;
use crate::core::pm2::running::{Process, RunningApp};
use crate::core::reason::{Cause, Reason};

/// Variables of the definition that the process has otherwise, or not at all.
pub(in crate::core) fn variable_drift(definition: &Definition, process: &Process) -> Vec<Reason> {
    let port = definition.number("port").filter(|port| *port != 0).map(|port| Value::from(port.to_string()));
    let named = definition.environment().into_iter().flatten();
    let named = named.filter(|(name, _)| !is_pm2s(definition, name));
    let named =
        named.map(|(name, value)| (name.as_str(), value)).chain(port.as_ref().map(|port| ("PORT", port)));
    named
        .filter(|(name, value)| process.variables.0.get(*name).map(as_text) != Some(as_text(value)))
        .map(|(name, value)| {
            Reason::field(Cause::Drift, format!("env.{name}"), process.variables.0.get(name), Some(value))
        })
        .collect()
}

/// How the variable that PM2 counts up from one process to the next differs from
/// that: a copy gets one more than the highest, whatever has ended meanwhile, and a
/// restart by hand may give the same to all.
pub(in crate::core) fn increment_drift(definition: &Definition, processes: &[&Process]) -> Option<Reason> {
    let is_counted = definition.options().contains_key("instances");
    let name =
        definition.text("increment_var").filter(|name| is_counted && !is_never_ours(definition, name))?;
    let number = |value: &Value| as_text(value).parse::<i64>().ok();
    let shown = processes.iter().map(|process| process.variables.0.get(name).and_then(number));
    let mut shown: Vec<i64> = shown.collect::<Option<_>>()?;
    shown.sort_unstable();
    let defined = definition.environment().and_then(|variables| variables.get(name));
    // Without one of its own it is counted from the caller's.
    let first = defined.map_or_else(|| shown.first().copied(), number)?;
    if shown.iter().copied().eq((first..).take(shown.len())) {
        return None;
    }
    let from = Value::from(shown);
    Some(Reason::field(Cause::Drift, format!("env.{name}"), Some(&from), Some(defined.unwrap_or(&from))))
}

/// The `env_NAME` that explains why variables differ: someone started the app
/// with `--env NAME`.
pub(in crate::core) fn named_environment<'a>(
    definition: &'a Definition,
    app: &RunningApp,
    reasons: &[Reason],
) -> Option<&'a str> {
    let differs = |name: &String| reasons.iter().any(|reason| reason.field == format!("env.{name}"));
    let has = |(name, value): (&String, &Value)| {
        let is = |process: &Process| process.variables.0.get(name).map(as_text) == Some(as_text(value));
        app.processes.iter().all(is)
    };
    let named = definition.options().iter().filter(|(option, _)| options::is_environment(option));
    let mut named = named.filter_map(|(option, value)| Some((option.as_str(), value.as_object()?)));
    let found = named.find(|(_, variables)| variables.keys().any(differs) && variables.iter().all(has));
    found.map(|(option, _)| option)
}

/// Whether PM2 sets a variable itself, whatever the definition says.
pub(in crate::core) fn is_pm2s(definition: &Definition, name: &str) -> bool {
    Some(name) == definition.text("increment_var") || is_never_ours(definition, name)
}

/// The same without the variable that it counts up from a value of the definition.
fn is_never_ours(definition: &Definition, name: &str) -> bool {
    let has = |option: &str| definition.options().contains_key(option);
    // It counts processes, and sets a variable named as the app.
    name == definition.text("instance_var").unwrap_or("NODE_APP_INSTANCE")
        || name == definition.name()
        || match name {
            "PM2_HOME" | "PYTHONUNBUFFERED" => true,
            "PORT" => has("port"),
            "HOME" => has("uid") || has("gid"),
            _ => options::is_managed(name),
        }
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
