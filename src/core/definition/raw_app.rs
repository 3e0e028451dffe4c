//! An app as it is written, before it is brought into canonical form, and the
//! diagnostics about it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::core::definition::options::ENVIRONMENT_PREFIX;
use crate::text::diagnostic::{Diagnostic, Place};

/// One entry of the artifact's `apps`, with the place of each of its keys
/// where that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawApp {
    /// Its options as they are exported.
    pub options: Map<String, Value>,
    /// Where the app is defined.
    pub place: Option<Place>,
    /// Where each key is written.
    pub keys: BTreeMap<String, Place>,
}

impl RawApp {
    /// The place of a key, else of the app.
    pub(crate) fn place_of(&self, key: &str) -> Option<Place> {
        self.keys.get(key).or(self.place.as_ref()).cloned()
    }

    /// The same as `pm2 start --env NAME` takes it: what `env_NAME` says counts over
    /// `env`.
    #[must_use]
    pub(crate) fn under(mut self, name: &str) -> Self {
        let key = format!("{ENVIRONMENT_PREFIX}{name}");
        let Some(Value::Object(over)) = self.options.get(&key).cloned() else { return self };
        let env = self.options.entry("env").or_insert(Value::Null);
        if env.is_null() {
            *env = Value::Object(Map::new());
        }
        let Value::Object(env) = env else { return self };
        for (variable, value) in over {
            if let Some(place) = self.keys.get(&format!("{key}/{variable}")).cloned() {
                self.keys.insert(format!("env/{variable}"), place);
            }
            env.insert(variable, value);
        }
        self
    }

    /// The names of all `env_NAME` that hold variables.
    pub(in crate::core) fn environments(&self) -> impl Iterator<Item = &str> {
        let holding = self.options.iter().filter(|(_, value)| value.is_object());
        holding.filter_map(|(key, _)| key.strip_prefix(ENVIRONMENT_PREFIX))
    }

    /// A name that is there and names nothing: for an empty one PM2 would take
    /// the script's.
    pub(in crate::core) fn blank_name(&self) -> Option<&str> {
        self.options.get("name")?.as_str().filter(|name| name.trim().is_empty())
    }
}

/// The kind of a diagnostic about an app. The linter has a rule for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiagnosticKind {
    /// A key that PM2 drops.
    UnknownOption,
    /// A value that PM2 refuses, drops or misreads.
    Value,
    /// A `nil` for which PM2 refuses the whole file.
    Nil,
    /// A name that PM2 takes for something else.
    Name,
    /// A variable that PM2 takes for a field.
    Override,
    /// A name or script that is missing.
    Missing,
}

/// One thing that PM2 would refuse or misread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppDiagnostic {
    /// Its kind.
    pub kind: DiagnosticKind,
    /// The key it is about; none where it is about the app.
    pub key: Option<String>,
    /// The message and its place.
    pub diagnostic: Diagnostic,
}

impl AppDiagnostic {
    pub(in crate::core::definition) fn of_key(
        kind: DiagnosticKind,
        raw: &RawApp,
        key: &str,
        diagnostic: Diagnostic,
    ) -> Self {
        Self { kind, key: Some(key.to_owned()), diagnostic: diagnostic.at(raw.place_of(key)) }
    }
}
