//! The JSON documents of `plan`, `sync`, `check`, `status` and `history`. Their forms are a
//! contract; `version` counts its changes.

use serde_json::{Value, json};

use crate::core::failure::Failure;
use crate::core::finding::Finding;
use crate::core::inspect::status::{AppStatus, Status};
use crate::core::plan::{Plan, Planned};
use crate::core::sync::journal::Entry;
use crate::core::sync::outcome::Synced;
use crate::text::diagnostic::Diagnostic;

/// The version of every document.
const VERSION: u32 = 1;

/// `plan --format json`
pub(crate) fn plan(plan: &Plan) -> Value {
    let action = |planned: &Planned| {
        let place = planned.place.as_ref();
        object([
            ("app", Some(planned.app.as_str().into())),
            ("action", Some(planned.action.verb().word().into())),
            ("reasons", Some(json!(planned.reasons))),
            ("path", place.map(|place| place.path.as_ref().into())),
            ("line", place.map(|place| place.line.into())),
        ])
    };
    let actions: Vec<Value> = plan.actions.iter().map(action).collect();
    json!({"version": VERSION, "actions": actions, "unchanged": plan.unchanged.len()})
}

/// `sync --format json`
pub(crate) fn sync(report: &Synced) -> Value {
    json!({"version": VERSION, "outcomes": report.outcomes, "unchanged": report.unchanged})
}

/// `check --format json`
pub(crate) fn check(findings: &[Finding]) -> Value {
    let finding = |finding: &Finding| {
        let place = finding.place.as_ref();
        object([
            ("rule", Some(Value::from(finding.rule))),
            ("severity", Some(finding.severity.word().into())),
            ("path", Some(finding.path.as_str().into())),
            ("line", place.map(|place| place.line.into())),
            ("column", place.map(|place| place.column.into())),
            ("message", Some(finding.message.as_str().into())),
            ("help", finding.help.as_deref().map(Value::from)),
            ("fixable", Some(finding.fix.is_some().into())),
        ])
    };
    json!({"version": VERSION, "findings": findings.iter().map(finding).collect::<Vec<Value>>()})
}

/// The document of a command that failed.
pub(crate) fn failure(failure: &Failure) -> Value {
    json!({"version": VERSION, "error": error(failure)})
}

fn error(failure: &Failure) -> Value {
    let diagnostics: Vec<Value> = failure.diagnostics().iter().map(diagnostic).collect();
    json!({"message": failure.what(), "diagnostics": diagnostics})
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_ref();
    object([
        ("severity", Some(diagnostic.severity.word().into())),
        ("path", place.map(|place| place.path.as_ref().into())),
        ("line", place.map(|place| place.line.into())),
        ("column", place.map(|place| place.column.into())),
        ("message", Some(diagnostic.message.as_str().into())),
        ("help", diagnostic.help.as_deref().map(Value::from)),
    ])
}

/// An object of those fields that have a value.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// `history --format json`
pub(crate) fn history(entries: &[Entry]) -> Value {
    json!({"version": VERSION, "syncs": entries})
}

/// `status --format json`, also with what is known where it failed.
pub(crate) fn status(status: &Status, failure: Option<&Failure>) -> Value {
    let app = |app: &AppStatus| {
        object([
            ("name", Some(app.name.as_str().into())),
            ("state", Some(app.state.word().into())),
            ("pm_id", app.pm_id.map(Value::from)),
            ("pid", app.pid.map(Value::from)),
            ("since", app.since.as_deref().map(Value::from)),
            ("why", app.why.as_deref().map(Value::from)),
        ])
    };
    let mut document = json!({
        "version": VERSION,
        "root": status.root.to_string_lossy(),
        "pm2_home": status.home.to_string_lossy(),
        "enrolled": status.enrolled,
        "apps": status.apps.iter().map(app).collect::<Vec<Value>>(),
        "variables": status.variables,
        "pending": status.pending,
        "paused": status.paused,
        "last_sync": status.last_sync,
    });
    if let Some(failure) = failure {
        document["error"] = error(failure);
    }
    document
}
