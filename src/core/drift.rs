//! Drift: what runs is not what its definition comes to, though that was
//! applied. Someone used PM2 by hand, or a process is a ghost.
//!
//! What PM2 does by itself (restarts, a finished job, an app between two cron
//! runs) is no drift.

use std::path::Path;

use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::effective::Effective;
use crate::core::options;
use crate::core::reason::{Cause, Reason};
use crate::core::running::{Process, RunningApp};

/// How what runs differs from what the definition comes to.
pub fn drift(definition: &Definition, effective: &Effective, app: &RunningApp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let stopped = app.is_stopped();
    if let Some(count) = effective.count.filter(|&count| count != app.processes.len() && !stopped) {
        let (from, to) = (Value::from(app.processes.len()), Value::from(count));
        reasons.push(Reason::field(Cause::Drift, "instances", Some(&from), Some(&to)));
    }
    let Some(process) = app.processes.first() else { return reasons };
    let path = |path: &Path| Value::from(path.to_string_lossy());
    let mut differs = |field: &str, from: Value, to: Value| {
        if from != to {
            reasons.push(Reason::field(Cause::Drift, field, Some(&from), Some(&to)));
        }
    };
    if !(effective.found_on_path && process.exec_path.file_name() == effective.exec_path.file_name()) {
        differs("script", path(&process.exec_path), path(&effective.exec_path));
    }
    differs("cwd", path(&process.cwd), path(&effective.cwd));
    if let Some(mode) = effective.mode {
        differs("exec_mode", Value::from(process.mode.as_str()), Value::from(mode));
    }
    differs("args", Value::from(process.args.clone()), Value::from(effective.args.clone()));
    if app.processes.iter().any(Process::is_ghost) {
        reasons.push(Reason::app(Cause::Drift, "no process runs, though PM2 calls it online"));
    }
    reasons.extend(environment_drift(definition, process));
    reasons
}

/// Options of the definition that PM2's entry shows otherwise. Asked only of
/// foreign apps: of our own the label says what was applied.
pub fn option_drift(definition: &Definition, app: &RunningApp) -> Vec<Reason> {
    /// Compared above, or kept by PM2 under another name.
    const ELSEWHERE: &[&str] = &[
        "name",
        "script",
        "cwd",
        "args",
        "env",
        "exec_mode",
        "instances",
        "exec_interpreter",
        "out_file",
        "error_file",
        "log_file",
        "pid_file",
        "port",
        "time",
        "uid",
        "gid",
        "user",
        "disable_trace",
        "io",
    ];
    let shown = |option: &str| app.processes.first().and_then(|process| process.options.0.get(option));
    let plain = definition
        .options()
        .iter()
        .filter(|(option, _)| options::find(option).is_some() && !ELSEWHERE.contains(&option.as_str()));
    plain
        .filter(|(option, value)| shown(option) != Some(value))
        .map(|(option, value)| Reason::field(Cause::Drift, option, shown(option), Some(value)))
        .collect()
}

fn environment_drift(definition: &Definition, process: &Process) -> Vec<Reason> {
    let as_text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // PM2 sets these itself, whatever the definition says.
    let is_pm2s = |name: &str| match name {
        "PM2_HOME" | "PYTHONUNBUFFERED" => true,
        "PORT" => definition.options().contains_key("port"),
        "HOME" => definition.options().contains_key("uid") || definition.options().contains_key("gid"),
        _ => options::is_managed(name),
    };
    let wanted = definition.environment().into_iter().flatten();
    let wanted = wanted.filter(|(name, _)| !is_pm2s(name));
    wanted
        .filter(|(name, value)| process.variables.0.get(*name).map(as_text) != Some(as_text(value)))
        .map(|(name, value)| {
            Reason::field(Cause::Drift, format!("env.{name}"), process.variables.0.get(name), Some(value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::drift;
    use crate::core::canonical::{RawApp, canonical};
    use crate::core::effective::Effective;
    use crate::core::reason::InOneLine;
    use crate::core::running::Running;

    #[test]
    fn drift_is_named_without_values_of_the_environment() {
        let options = json!({"name": "a", "script": "a.js", "args": "x", "env": {"PORT": 1, "SAME": "s"}});
        let raw = RawApp { options: options.as_object().unwrap().clone(), ..RawApp::default() };
        let definition = canonical(&raw).0;
        let list = json!([
            {"name": "a", "pm_id": 1, "pid": 5, "pm2_env": {"status": "online", "pm_exec_path": "/w/old.js", "pm_cwd": "/w",
                "exec_mode": "fork_mode", "args": ["y"], "env": {"PORT": 2, "SAME": "s"}}},
            {"name": "a", "pm_id": 2, "pm2_env": {"status": "online"}},
        ]);
        let running = Running::parse(&list);
        let effective = Effective {
            exec_path: PathBuf::from("/w/a.js"),
            found_on_path: false,
            cwd: PathBuf::from("/w"),
            mode: Some("fork_mode"),
            count: Some(1),
            args: vec!["x".to_owned()],
        };
        let reasons = drift(&definition, &effective, running.get("a").unwrap());
        assert_eq!(
            InOneLine(&reasons).to_string(),
            "instances 2 → 1; script /w/old.js → /w/a.js; no process runs, though PM2 calls it online; args, env.PORT changed"
        );
    }
}
