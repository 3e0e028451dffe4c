//! Drift: what runs differs from its definition, though that was applied. Somebody
//! used PM2 by hand, or a process is a ghost.
//!
//! What PM2 does by itself (restarts, a finished job, an app between two cron
//! runs, `watch` off after a stop, logs merged after a reload) is not drift. One
//! process that differs is enough.

mod variables;

use std::path::Path;

use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::options::{self, Compared, OPTIONS, Usual};
use crate::core::pm2::drift::variables::variable_drift;
use crate::core::pm2::effective::{Effective, interpreter};
use crate::core::pm2::running::{Process, RunningApp};
use crate::core::reason::{Cause, Reason};

pub(in crate::core) use crate::core::pm2::drift::variables::{increment_drift, is_pm2s, named_environment};

/// What is said of a process that PM2 only thinks is there.
pub(crate) const GHOST: &str = "no process runs, though PM2 calls it online";

/// How what runs differs from the effect of its definition.
pub(crate) fn drift(definition: &Definition, effective: &Effective, app: &RunningApp) -> Vec<Reason> {
    let of_one = |process: &Process| {
        let mut reasons = process_drift(definition, effective, process);
        reasons.extend(ghost(process));
        reasons.extend(drift_of_environment(definition, process));
        reasons
    };
    drift_by(definition, count(effective, app), app, of_one)
}

/// The same for what has just been started: whether there is a process behind it
/// is seen when it has to prove that it stays up.
pub(crate) fn drift_at_start(
    definition: &Definition,
    effective: &Effective,
    app: &RunningApp,
) -> Vec<Reason> {
    let of_one = |process: &Process| {
        let mut reasons = process_drift(definition, effective, process);
        reasons.extend(drift_of_environment(definition, process));
        reasons
    };
    drift_by(definition, count(effective, app), app, of_one)
}

fn ghost(process: &Process) -> Option<Reason> {
    process.is_ghost().then(|| Reason::app(Cause::Drift, GHOST))
}

fn drift_of_environment(definition: &Definition, process: &Process) -> Vec<Reason> {
    let mut reasons = variable_drift(definition, process);
    reasons.extend(option_drift(definition, process));
    reasons
}

/// How many processes there should be of an app of ours: where that is counted
/// from the CPUs, as many as PM2 has counted, which each of them shows.
pub(in crate::core) fn count(effective: &Effective, app: &RunningApp) -> Option<usize> {
    let counted = |process: &Process| {
        let count = process.options.0.get("instances")?.as_u64()?;
        usize::try_from(count).ok().filter(|&count| count > 0)
    };
    effective.count.or_else(|| app.processes.iter().find_map(counted))
}

/// The same for an app that has no label to say what was applied: then every
/// option counts that its entry shows, also one that the definition does not
/// have.
pub(crate) fn foreign_drift(definition: &Definition, effective: &Effective, app: &RunningApp) -> Vec<Reason> {
    let of_one = |process: &Process| {
        let mut reasons = process_drift(definition, effective, process);
        reasons.extend(ghost(process));
        reasons.extend(variable_drift(definition, process));
        reasons.extend(shown_options(definition, process));
        reasons.extend(option_drift(definition, process));
        reasons.extend(own_options(definition, effective, process));
        reasons
    };
    drift_by(definition, effective.count, app, of_one)
}

/// The drift of the count, and of each process, every field once.
fn drift_by(
    definition: &Definition,
    count: Option<usize>,
    app: &RunningApp,
    of_one: impl Fn(&Process) -> Vec<Reason>,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let (has, stopped) = (app.processes.len(), app.is_stopped());
    if let Some(count) = count.filter(|&count| count != has && !stopped) {
        let (from, to) = (Value::from(has), Value::from(count));
        reasons.push(Reason::field(Cause::Drift, "instances", Some(&from), Some(&to)));
    }
    reasons.extend(increment_drift(definition, &app.processes.iter().collect::<Vec<_>>()));
    for reason in app.processes.iter().flat_map(of_one) {
        if !reasons.iter().any(|known| known.field == reason.field) {
            reasons.push(reason);
        }
    }
    reasons
}

fn process_drift(definition: &Definition, effective: &Effective, process: &Process) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let path = |path: &Path| Value::from(path.to_string_lossy());
    let mut differs = |field: &str, from: Value, to: Value| {
        reasons.push(Reason::field(Cause::Drift, field, Some(&from), Some(&to)));
    };
    let is_elsewhere_on_path =
        effective.found_on_path && process.exec_path.file_name() == effective.exec_path.file_name();
    if process.exec_path != effective.exec_path && !is_elsewhere_on_path {
        differs("script", path(&process.exec_path), path(&effective.exec_path));
    }
    if process.cwd != effective.cwd {
        differs("cwd", path(&process.cwd), path(&effective.cwd));
    }
    if let Some(mode) = effective.mode.filter(|mode| process.mode != **mode) {
        differs("exec_mode", Value::from(process.mode.as_str()), Value::from(mode));
    }
    if process.args != effective.args {
        differs("args", Value::from(process.args.clone()), Value::from(effective.args.clone()));
    }
    for (option, written) in &effective.files {
        match process.files.get(option) {
            Some(shown) if !written.is(shown) => differs(option, path(shown), path(&written.path())),
            _ => {}
        }
    }
    let shown = process.options.0.get("exec_interpreter").and_then(Value::as_str);
    if let Some(shown) = shown.filter(|shown| !interpreter::agrees(definition, &effective.exec_path, shown)) {
        let to = definition.options().get("exec_interpreter");
        reasons.push(Reason::field(Cause::Drift, "exec_interpreter", Some(&Value::from(shown)), to));
    }
    reasons
}

/// Options that a `pm2 restart FILE` puts in force. It touches no other, though
/// it shows some.
fn option_drift(definition: &Definition, process: &Process) -> Vec<Reason> {
    let is_timed = definition.flag("time") == Some(true);
    let is_typescript =
        process.exec_path.extension().is_some_and(|extension| extension == "ts" || extension == "tsx");
    let is_pm2s = |option: &str| match option {
        // PM2 puts in its own format, or a flag of node's.
        "log_date_format" => is_timed,
        "node_args" => is_typescript,
        other => definition.environment().is_some_and(|variables| variables.contains_key(other)),
    };
    let mut reasons = Vec::new();
    for option in OPTIONS {
        let (name, Compared::Restarted(usual)) = (option.name, option.compared) else { continue };
        // Nothing takes an option away again: what is not there, this PM2 does
        // not know.
        let Some(shown) = process.options.0.get(name).filter(|_| !is_pm2s(name)) else { continue };
        let wanted = definition.under_any_name(name);
        if meant(Some(shown), usual) != meant(wanted, usual) {
            reasons.push(Reason::field(Cause::Drift, name, Some(shown), wanted));
        }
    }
    reasons.sort_by(|one, other| one.field.cmp(&other.field));
    reasons
}

/// A value as PM2 acts on it.
fn meant(value: Option<&Value>, usual: Usual) -> Value {
    let nothing = |value: &&Value| match value {
        Value::Null | Value::Bool(false) => matches!(usual, Usual::Absent) || value.is_null(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let usual = match usual {
        Usual::Absent => Value::Null,
        Usual::On => Value::Bool(true),
        Usual::Text(text) => Value::from(text),
    };
    value.filter(|value| !nothing(value)).cloned().unwrap_or(usual)
}

/// Options of the definition that PM2's entry shows otherwise.
fn shown_options(definition: &Definition, process: &Process) -> Vec<Reason> {
    let is_shown = |option: &str| options::find(option).is_some_and(|it| it.compared != Compared::AsMade);
    let plain = definition
        .options()
        .iter()
        .filter(|(option, _)| is_shown(option))
        // A stop turns it off.
        .filter(|(option, _)| *option != "watch" || !process.is_stopped())
        // PM2 puts in its own format.
        .filter(|(option, _)| *option != "log_date_format" || definition.flag("time") != Some(true));
    plain
        .filter(|(option, value)| process.options.0.get(option.as_str()) != Some(value))
        .map(|(option, value)| {
            Reason::field(Cause::Drift, option, process.options.0.get(option.as_str()), Some(value))
        })
        .collect()
}

/// Options that no `pm2 restart FILE` changes, so that they can only differ
/// where someone started the app with others.
fn own_options(definition: &Definition, effective: &Effective, process: &Process) -> Vec<Reason> {
    let mut reasons = undefined_options(definition, process);
    let mut compare = |option: &str, shown: Option<&Value>, wanted: Option<&Value>| {
        if shown.is_some() != wanted.is_some() {
            reasons.push(Reason::field(Cause::Drift, option, shown, wanted));
        }
    };
    let path = |path: &Path| Value::from(path.to_string_lossy());
    let shown = process.files.get("log_file").map(|shown| path(shown));
    let wanted = effective.files.iter().find(|(option, _)| *option == "log_file");
    compare("log_file", shown.as_ref(), wanted.map(|(_, written)| path(&written.path())).as_ref());
    // PM2 makes numbers of names, and a group of the user's.
    let shown = ["uid", "gid"].iter().find_map(|option| process.options.0.get(*option));
    let wanted = ["uid", "gid"].iter().find_map(|option| definition.under_any_name(option));
    compare("uid", shown.filter(|shown| !shown.is_null()), wanted);
    reasons
}

/// Options that the definition does not have and PM2's entry shows.
fn undefined_options(definition: &Definition, process: &Process) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for option in OPTIONS.iter().filter(|option| option.compared == Compared::StartedEitherWay) {
        // A stop turns it off.
        let is_there = option.name != "watch" || !process.is_stopped();
        let shown = process.options.0.get(option.name).filter(|_| is_there);
        let shown = shown.filter(|shown| meant(Some(shown), Usual::Absent) != Value::Null);
        if shown.is_some() && definition.under_any_name(option.name).is_none() {
            reasons.push(Reason::field(Cause::Drift, option.name, shown, None));
        }
    }
    reasons.sort_by(|one, other| one.field.cmp(&other.field));
    reasons
}

#[cfg(test)]
mod tests;
