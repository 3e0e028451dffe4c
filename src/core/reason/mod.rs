//! Why an action is planned: each field that differs, with its values only
//! where they cannot be secrets.

pub(crate) mod words;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::core::definition::Definition;
use crate::core::definition::options::{self, Exposure};
use crate::core::settings::secret::Secret;
use crate::text::diagnostic::{Diagnostic, Place};

/// What a reason comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The definition changed.
    Definition,
    /// What runs is not what the definition says, though it was applied.
    Drift,
    /// The app is desired and does not run.
    Missing,
    /// The app runs and its definition is gone.
    Removed,
    /// It was asked for by `--force`.
    Forced,
    /// The app was started by someone else.
    Foreign,
    /// The app belongs to another workspace.
    OtherWorkspace,
    /// The definition cannot be applied.
    Invalid,
    /// The settings say so.
    Policy,
    /// PM2 gave up on the app.
    Errored,
    /// A sync started it, and was cut off before it had proved itself.
    Unproven,
    /// The definition was tried before and rolled back.
    Rejected,
    /// The definition depends on variables that are unset or different now.
    Unset,
    /// An old process of the app could not be ended.
    Survived,
}

/// How a field differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another value.
    Changed,
}

/// One reason for an action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The field, `env.PORT` for a variable, `app` where the whole app is meant.
    pub field: String,
    /// How the field differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Its old value, where it may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// Its new value, where it may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
    /// What it comes from.
    pub cause: Cause,
    /// The reason in words, where the whole app is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Where that is written, if not where the app is.
    #[serde(skip)]
    pub place: Option<Place>,
    /// The values that may be secrets, old and new: in no JSON and no record.
    #[serde(skip)]
    pub hidden: Hidden,
}

/// Values that are kept out of everything but `plan --show-env`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hidden {
    /// The old value, if it is not shown.
    pub from: Option<Secret>,
    /// The new value, if it is not shown.
    pub to: Option<Secret>,
}

impl Reason {
    /// A reason that concerns the whole app, said in words.
    pub fn app(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            field: "app".to_owned(),
            change: None,
            from: None,
            to: None,
            cause,
            message: Some(message.into()),
            place: None,
            hidden: Hidden::default(),
        }
    }

    /// What cannot be applied, and what to do about it.
    pub fn invalid(why: &Diagnostic) -> Self {
        let message =
            why.help.as_ref().map_or(why.message.clone(), |help| format!("{}; {help}", why.message));
        Self { place: why.place.clone(), ..Self::app(Cause::Invalid, message) }
    }

    /// A field that differs; values are kept only where they cannot be secrets.
    pub fn field(cause: Cause, field: impl Into<String>, from: Option<&Value>, to: Option<&Value>) -> Self {
        let field = field.into();
        let change = match (from, to) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        };
        let shown = |value: Option<&Value>| value.filter(|value| may_be_shown(&field, value)).cloned();
        let kept = |value: Option<&Value>| {
            value.filter(|value| !may_be_shown(&field, value)).cloned().map(Secret::new)
        };
        Self {
            from: shown(from),
            to: shown(to),
            hidden: Hidden { from: kept(from), to: kept(to) },
            field,
            change: Some(change),
            cause,
            message: None,
            place: None,
        }
    }
}

/// Numbers and booleans of options, paths and modes; never arguments, and
/// nothing that feeds the environment.
fn may_be_shown(field: &str, value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => !field.contains('.'),
        // A script with a space is a command line, whose words may be secrets.
        Value::String(text) => {
            options::find(field).is_some_and(|option| option.exposure == Exposure::Shown)
                && !text.contains(' ')
        }
        _ => false,
    }
}

/// Every field in which two definitions differ: variables first, then the
/// others, in order of name.
pub(crate) fn differences(old: &Definition, new: &Definition) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for field in keys(old.options(), new.options()) {
        match (old.options().get(field), new.options().get(field)) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                compare(&format!("{field}."), old, new, &mut reasons);
            }
            (Some(Value::Object(old)), None) => compare(&format!("{field}."), old, &Map::new(), &mut reasons),
            (None, Some(Value::Object(new))) => compare(&format!("{field}."), &Map::new(), new, &mut reasons),
            (old, new) if old != new => reasons.push(Reason::field(Cause::Definition, field, old, new)),
            _ => {}
        }
    }
    reasons.sort_by_key(|reason| !reason.field.starts_with("env."));
    reasons
}

fn compare(prefix: &str, old: &Map<String, Value>, new: &Map<String, Value>, reasons: &mut Vec<Reason>) {
    let differs = |name: &&String| old.get(*name) != new.get(*name);
    reasons.extend(keys(old, new).into_iter().filter(differs).map(|name| {
        Reason::field(Cause::Definition, format!("{prefix}{name}"), old.get(name), new.get(name))
    }));
}

/// Whether nothing is wrong but the count of processes.
pub(crate) fn is_scaling(reasons: &[Reason]) -> bool {
    matches!(reasons, [only] if only.cause == Cause::Drift && only.field == "instances")
}

fn keys<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> BTreeSet<&'a String> {
    old.keys().chain(new.keys()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;
    use crate::core::definition::testing::definition;
    use crate::core::reason::words::InOneLine;

    #[test]
    fn reasons_name_every_field_and_show_no_secret() {
        let old = definition(
            &json!({"name": "a", "script": "a.js", "instances": 1, "args": "--token x", "cwd": "/a",
            "env": {"PORT": 1, "OLD": "o", "SAME": "s"}}),
        );
        let new = definition(&json!({"name": "a", "script": "b.js", "instances": 2, "args": "--token y",
            "env": {"PORT": 2, "NEW": "n", "SAME": "s"}}));
        let reasons = differences(&old, &new);
        assert_eq!(
            InOneLine(&reasons).to_string(),
            "instances 1 → 2; script a.js → b.js; env.PORT, args changed; env.NEW added; env.OLD, cwd removed"
        );
        let text = serde_json::to_string(&reasons).unwrap();
        assert!(!text.contains("token") && !text.contains("\"o\"") && !text.contains("hidden"), "{text}");
        assert!(!format!("{reasons:?}").contains("token"), "{reasons:?}");
        assert_eq!(differences(&old, &old), []);
    }

    #[test]
    fn an_env_that_goes_whole_is_named_by_its_variables() {
        let old = definition(&json!({"name": "a", "script": "a.js", "env": {"A": "1", "B": "2"}}));
        let new = definition(&json!({"name": "a", "script": "a.js"}));
        assert_eq!(InOneLine(&differences(&old, &new)).to_string(), "env.A, env.B removed");
    }
}
