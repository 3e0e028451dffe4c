//! What one option makes of another: PM2 settles these among themselves before
//! it starts an app, so definitions that come to the same are the same.

use serde_json::{Map, Value};

use crate::core::definition::option_value::is_truthy;
use crate::core::definition::options::MERGE_LOGS;
use crate::core::definition::raw_app::{AppDiagnostic, DiagnosticKind, RawApp};
use crate::text::diagnostic::Diagnostic;

/// What one option makes of another, as PM2 settles it before a start.
pub(in crate::core) fn settle(options: &mut Map<String, Value>) {
    let is = |options: &Map<String, Value>, option: &str, flag: bool| {
        options.get(option) == Some(&Value::Bool(flag))
    };
    // Its other way to say fork mode.
    if is(options, "execute_command", true) {
        options.insert("exec_mode".to_owned(), Value::from("fork_mode"));
        options.remove("execute_command");
    }
    // A format of its own wins over the one that is given.
    if is(options, "time", true) {
        options.remove("log_date_format");
    }
    if is(options, "automation", false) {
        options.remove("pmx");
    }
    if is_command_line(options) {
        options.remove("args");
    }
    // It matters to a single process in fork mode alone.
    let many = options.get("instances").is_some_and(is_truthy);
    if is(options, MERGE_LOGS, false) && (many || options.get("exec_mode") == Some(&"cluster_mode".into())) {
        options.remove(MERGE_LOGS);
    }
    // These filter nothing and log nothing, like none at all.
    for (nothing, means) in [
        ("filterEnv", Value::Bool(false)),
        ("filter_env", Value::Array(Vec::new())),
        ("logFile", Value::Bool(false)),
    ] {
        if options.get(nothing) == Some(&means) {
            options.remove(nothing);
        }
    }
    // PM2 puts in who starts it.
    options.remove("username");
    if options.get("port").is_some_and(is_truthy) {
        let variables = options.get_mut("env").and_then(Value::as_object_mut);
        let left = variables.is_none_or(|variables| {
            variables.remove("PORT");
            !variables.is_empty()
        });
        if !left {
            options.remove("env");
        }
    }
}

/// PM2 hands a script with a space in it to a shell.
fn is_command_line(options: &Map<String, Value>) -> bool {
    options.get("script").and_then(Value::as_str).is_some_and(|script| script.contains(' '))
}

/// The shell gets the line as its argument, and no other.
pub(in crate::core) fn lost_arguments(raw: &RawApp, options: &Map<String, Value>) -> Option<AppDiagnostic> {
    let lost = is_command_line(options) && options.contains_key("args");
    let diagnostic =
        Diagnostic::warning("PM2 drops `args`, since a script with a space in it is a command line")
            .help("write them into the script, or the script without arguments");
    lost.then(|| AppDiagnostic::of_key(DiagnosticKind::Value, raw, "args", diagnostic))
}

/// Without a name PM2 takes the script's, less its last extension.
pub(in crate::core) fn settle_name(raw: &RawApp, options: &mut Map<String, Value>) {
    if raw.options.get("name").is_some_and(is_truthy) {
        return;
    }
    if let Some(script) = options.get("script").and_then(Value::as_str) {
        let path = script.trim_end_matches('/');
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let name = if stem.is_empty() { file } else { stem };
        options.insert("name".to_owned(), Value::from(name));
    }
}
