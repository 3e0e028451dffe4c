//! The JSON documents of `plan`, `sync`, `check` and `status`. Their forms are a
//! contract; `version` counts its changes.

use serde_json::{Map, Value, json};

use crate::core::finding::Finding;
use crate::core::journal::Entry;
use crate::core::outcome::Synced;
use crate::core::plan::Plan;
use crate::core::status::{AppStatus, Status};

/// The version of every document.
const VERSION: u32 = 1;

/// `plan --format json`
pub fn plan(plan: &Plan) -> Value {
    let action = |planned: &crate::core::plan::Planned| {
        let mut action = Map::new();
        action.insert("app".to_owned(), planned.app.as_str().into());
        action.insert("action".to_owned(), planned.action.verb().into());
        action.insert("reasons".to_owned(), json!(planned.reasons));
        if let Some(place) = &planned.place {
            action.insert("path".to_owned(), place.path.as_ref().into());
            action.insert("line".to_owned(), place.line.into());
        }
        Value::Object(action)
    };
    let actions: Vec<Value> = plan.actions.iter().map(action).collect();
    json!({"version": VERSION, "actions": actions, "unchanged": plan.unchanged.len()})
}

/// `sync --format json`
pub fn sync(report: &Synced) -> Value {
    json!({"version": VERSION, "outcomes": report.outcomes, "unchanged": report.unchanged})
}

/// `check --format json`
pub fn check(findings: &[Finding]) -> Value {
    let finding = |finding: &Finding| {
        let mut object = Map::new();
        let place = finding.place.as_ref();
        let fields = [
            ("rule", Some(Value::from(finding.rule))),
            ("severity", Some(finding.severity.word().into())),
            ("path", Some(finding.path.as_str().into())),
            ("line", place.map(|place| place.line.into())),
            ("column", place.map(|place| place.column.into())),
            ("message", Some(finding.message.as_str().into())),
            ("help", finding.help.as_deref().map(Value::from)),
            ("fixable", Some(finding.fix.is_some().into())),
        ];
        object.extend(fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Value::Object(object)
    };
    json!({"version": VERSION, "findings": findings.iter().map(finding).collect::<Vec<Value>>()})
}

/// `history --format json`
pub fn history(entries: &[Entry]) -> Value {
    json!({"version": VERSION, "syncs": entries})
}

/// `status --format json`
pub fn status(status: &Status) -> Value {
    let app = |app: &AppStatus| {
        let mut object = Map::new();
        object.insert("name".to_owned(), app.name.as_str().into());
        object.insert("state".to_owned(), app.state.word().into());
        let optional = [
            ("pm_id", app.pm_id.map(Value::from)),
            ("pid", app.pid.map(Value::from)),
            ("since", app.since.as_deref().map(Value::from)),
            ("why", app.why.as_deref().map(Value::from)),
        ];
        object.extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Value::Object(object)
    };
    json!({
        "version": VERSION,
        "root": status.root.to_string_lossy(),
        "pm2_home": status.home.to_string_lossy(),
        "enrolled": status.enrolled,
        "apps": status.apps.iter().map(app).collect::<Vec<Value>>(),
        "variables": status.variables,
        "pending": status.pending,
        "paused": status.paused,
        "last_sync": status.last_sync,
    })
}
