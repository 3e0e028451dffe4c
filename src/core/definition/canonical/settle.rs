//! What one option makes of another: PM2 settles these among themselves before
//! it starts an app, so definitions that come to the same are the same.

use serde_json::{Map, Value};

use crate::core::definition::option_value::is_truthy;
use crate::core::definition::options::{OPTIONS, PmOption, Settled, camel_case};
use crate::core::definition::raw_app::{AppDiagnostic, DiagnosticKind, RawApp};
use crate::text::diagnostic::Diagnostic;

/// What one option makes of another, as PM2 settles it before a start.
pub(in crate::core) fn settle(options: &mut Map<String, Value>) {
    let mut settling: Vec<_> = OPTIONS.iter().filter(|option| option.settled != Settled::Alone).collect();
    settling.sort_by_key(|option| option.settled);
    for option in settling {
        settle_by(option, options);
    }
}

fn settle_by(option: &PmOption, options: &mut Map<String, Value>) {
    let is = |options: &Map<String, Value>, flag: bool| options.get(option.name) == Some(&Value::Bool(flag));
    match option.settled {
        Settled::ForkMode if is(options, true) => {
            options.insert("exec_mode".to_owned(), Value::from("fork_mode"));
            options.remove(option.name);
        }
        Settled::OwnFormat if is(options, true) => drop(options.remove("log_date_format")),
        Settled::NoMonitor if is(options, false) => drop(options.remove("pmx")),
        Settled::CommandLine if is_command_line(options) => drop(options.remove("args")),
        Settled::Merging if is(options, false) && has_many_processes(options) => {
            options.remove(option.name);
        }
        Settled::NothingIfEmpty => {
            let (falsy, empty) = (Value::Bool(false), Value::Array(Vec::new()));
            remove_if(options, &camel_case(option.name), &falsy);
            remove_if(options, option.name, &empty);
        }
        Settled::Starter => drop(options.remove(option.name)),
        Settled::Variable if options.get(option.name).is_some_and(is_truthy) => remove_port(options),
        Settled::Alone
        | Settled::ForkMode
        | Settled::OwnFormat
        | Settled::NoMonitor
        | Settled::CommandLine
        | Settled::Merging
        | Settled::Variable => {}
    }
}

fn has_many_processes(options: &Map<String, Value>) -> bool {
    options.get("instances").is_some_and(is_truthy)
        || options.get("exec_mode") == Some(&Value::from("cluster_mode"))
}

fn remove_if(options: &mut Map<String, Value>, name: &str, value: &Value) {
    if options.get(name) == Some(value) {
        options.remove(name);
    }
}

/// The variable that PM2 sets to the port, whatever the definition says.
fn remove_port(options: &mut Map<String, Value>) {
    let Some(variables) = options.get_mut("env").and_then(Value::as_object_mut) else { return };
    variables.remove("PORT");
    if variables.is_empty() {
        options.remove("env");
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
