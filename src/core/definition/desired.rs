//! The desired set: every app that the artifact exports, in its order, with
//! what cannot be applied kept apart and the rest going on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::app_name::{self, log_name};
use crate::core::definition::canonical::canonical;
use crate::core::definition::options::{self, ENVIRONMENT_PREFIX, PmOption};
use crate::core::definition::raw_app::RawApp;
use crate::text::diagnostic::{Diagnostic, Place, Severity};

/// The variable that says in the place of the settings which `env_NAME` counts:
/// one repository runs on several machines.
pub(crate) const NAME_VARIABLE: &str = "PM2SYNC_ENV";

/// One app that can be applied.
#[derive(Clone, Debug)]
pub struct DesiredApp {
    /// What is to run.
    pub definition: Definition,
    /// Where it is written, where that is known.
    pub place: Option<Place>,
    /// Where each of its keys is written, under the name that was used.
    pub keys: BTreeMap<String, Place>,
    /// What PM2 drops or misreads of it.
    pub warnings: Vec<Diagnostic>,
}

impl DesiredApp {
    /// The place of an option, under whichever of its names, else of the app.
    pub fn place_of(&self, option: &str) -> Option<Place> {
        let mut names = options::find(option).into_iter().flat_map(PmOption::names);
        let key = names.find_map(|name| self.keys.get(&name));
        key.or(self.place.as_ref()).cloned()
    }
}

/// The desired set.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// What can be applied, in the artifact's order.
    pub apps: Vec<DesiredApp>,
    /// Why an app of this name cannot be applied; whatever runs under it is left.
    pub invalid: BTreeMap<String, Vec<Diagnostic>>,
    /// Why an entry without a usable name cannot be applied, under what it is
    /// called instead. While there is one, nothing is removed.
    pub nameless: BTreeMap<String, Vec<Diagnostic>>,
    /// What PM2 drops or misreads.
    pub warnings: Vec<Diagnostic>,
    /// The names of all `env_NAME` that hold variables.
    pub environments: BTreeSet<String>,
    /// An entry written by hand that is not read, since there are sources.
    /// While there is one, nothing is removed.
    pub unread: Option<String>,
}

impl Desired {
    /// The desired set of an artifact's value. `origins` gives the place of
    /// what stands at a JSON pointer, `environment` is the name of the `env_NAME`
    /// that counts. Fails where there are no `apps`.
    pub fn of(
        exports: &Value,
        origins: &BTreeMap<String, Place>,
        environment: Option<&str>,
    ) -> Result<Self, Diagnostic> {
        let mut desired = Self::default();
        let mut by_name: BTreeMap<String, Vec<Option<Place>>> = BTreeMap::new();
        for (at, raw) in raw_apps(exports, origins)?.into_iter().enumerate() {
            let number = format!("entry {} of `apps`", at + 1);
            match raw {
                Ok(raw) => {
                    desired.environments.extend(raw.environments().map(str::to_owned));
                    let raw = match environment {
                        Some(name) => raw.under(name),
                        None => raw,
                    };
                    let name = desired.admit(&raw, number);
                    by_name.entry(name.unwrap_or_default()).or_default().push(raw.place);
                }
                Err(why) => {
                    desired.nameless.insert(number, vec![why]);
                }
            }
        }
        desired.refuse_twins(&by_name);
        desired.warn_of_shared_logs();
        desired.warn_of_an_unknown(environment);
        Ok(desired)
    }

    /// The app of this name, if it can be applied.
    pub fn get(&self, name: &str) -> Option<&DesiredApp> {
        self.apps.iter().find(|app| app.definition.name() == name)
    }

    /// Whether the sources speak of an app of this name, valid or not.
    pub fn speaks_of(&self, name: &str) -> bool {
        self.get(name).is_some() || self.invalid.contains_key(name)
    }

    /// Whether there is no entry of any kind.
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty() && self.invalid.is_empty() && self.nameless.is_empty()
    }

    /// Everything that cannot be applied, each with the app it is about.
    pub fn errors(&self) -> Vec<Diagnostic> {
        let unusable = self.invalid.iter().chain(&self.nameless);
        unusable.flat_map(|(name, errors)| errors.iter().map(|error| about(name, error.clone()))).collect()
    }

    /// Moves an app that turned out not to be applicable to the invalid ones.
    pub fn refuse(&mut self, name: &str, why: Diagnostic) {
        self.apps.retain(|app| app.definition.name() != name);
        self.invalid.entry(name.to_owned()).or_default().push(why);
    }

    /// Puts an app where it belongs; its name, if it has one.
    fn admit(&mut self, raw: &RawApp, number: String) -> Option<String> {
        let (definition, diagnostics) = canonical(raw);
        let name = definition.name().to_owned();
        let (errors, warnings): (Vec<_>, Vec<_>) =
            diagnostics.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
        self.warnings.extend(warnings.iter().map(|warning| about(&name, warning.clone())));
        if errors.is_empty() {
            let (place, keys) = (raw.place.clone(), raw.keys.clone());
            self.apps.push(DesiredApp { definition, place, keys, warnings });
        } else if raw.blank_name().is_some() || app_name::refusal(&name).is_some() {
            self.nameless.insert(number, errors);
            return None;
        } else {
            self.invalid.entry(name.clone()).or_default().extend(errors);
        }
        Some(name)
    }

    /// A name that is defined twice is neither of the two.
    fn refuse_twins(&mut self, by_name: &BTreeMap<String, Vec<Option<Place>>>) {
        for (name, places) in by_name.iter().filter(|(name, places)| !name.is_empty() && places.len() > 1) {
            let elsewhere: Vec<String> = places.iter().skip(1).flatten().map(ToString::to_string).collect();
            let twice = Diagnostic::error(format!("it is defined {} times", places.len()))
                .at(places.first().cloned().flatten());
            let twice = if elsewhere.is_empty() {
                twice
            } else {
                twice.help(format!("also at {}", elsewhere.join(", ")))
            };
            self.refuse(name, twice);
        }
    }

    /// A name that no app knows is misspelled, or was meant for other definitions.
    fn warn_of_an_unknown(&mut self, environment: Option<&str>) {
        let unknown = environment.filter(|name| !self.environments.contains(*name));
        if let Some(name) = unknown.filter(|_| !self.apps.is_empty()) {
            let said =
                format!("no app has variables in `{ENVIRONMENT_PREFIX}{name}`, the environment that is set");
            self.warnings.push(Diagnostic::warning(said).help(format!(
                "correct `name` below `[env]` in `pm2sync.toml`, or `{NAME_VARIABLE}`, whichever sets it"
            )));
        }
    }

    /// PM2 makes file names of app names, and two may become one.
    fn warn_of_shared_logs(&mut self) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let mut shared = BTreeSet::new();
        for app in &self.apps {
            let name = app.definition.name();
            if let Some(first) = seen.insert(log_name(name), name) {
                shared.insert((first.to_owned(), name.to_owned(), app.place.clone()));
            }
        }
        for (first, second, place) in shared {
            let warning = format!("apps `{first}` and `{second}` share the names of their log files");
            self.warnings.push(Diagnostic::warning(warning).at(place));
        }
    }
}

fn about(name: &str, diagnostic: Diagnostic) -> Diagnostic {
    Diagnostic { message: format!("app `{name}`: {}", diagnostic.message), ..diagnostic }
}

/// Every entry of the exported `apps` as it is written, with the places of its
/// keys and of the variables in it (`env/PORT`); an error for what is not an app.
/// Fails where there are no `apps`.
pub(crate) fn raw_apps(
    exports: &Value,
    origins: &BTreeMap<String, Place>,
) -> Result<Vec<Result<RawApp, Diagnostic>>, Diagnostic> {
    let (pointer, entries) = entries(exports)?;
    let raw = |(at, entry): (usize, &Value)| {
        let pointer = format!("{pointer}/{at}");
        let place = origins.get(&pointer).cloned();
        let Some(options) = entry.as_object() else {
            return Err(Diagnostic::error("it is not an app").at(place));
        };
        let variables =
            options.iter().filter(|(key, _)| *key == "env" || key.starts_with(ENVIRONMENT_PREFIX));
        let inner = variables.flat_map(|(key, value)| {
            value.as_object().into_iter().flatten().map(move |(name, _)| (key.as_str(), name.as_str()))
        });
        let inner =
            inner.map(|(key, name)| (format!("{key}/{name}"), format!("{}/{}", escaped(key), escaped(name))));
        let outer = options.keys().map(|key| (key.clone(), escaped(key)));
        let place_of =
            |(key, step): (String, String)| Some((key, origins.get(&format!("{pointer}/{step}"))?.clone()));
        Ok(RawApp {
            options: options.clone(),
            place,
            keys: outer.chain(inner).filter_map(place_of).collect(),
        })
    };
    Ok(entries.iter().enumerate().map(raw).collect())
}

/// The entries of an artifact and the JSON pointer of their list. PM2 also
/// takes a bare list, and `pm2` for `apps`.
fn entries(exports: &Value) -> Result<(&'static str, &[Value]), Diagnostic> {
    let (pointer, apps) = match exports {
        Value::Array(_) => ("", Some(exports)),
        Value::Object(map) if map.contains_key("apps") => ("/apps", map.get("apps")),
        Value::Object(map) if map.contains_key("pm2") => ("/pm2", map.get("pm2")),
        _ => ("", None),
    };
    let missing = || {
        Diagnostic::error("the definitions export no list of `apps`")
            .help("export `{:apps […]}`, as `(clobber.macro/ecosystem)` gives it")
    };
    Ok((pointer, apps.and_then(Value::as_array).ok_or_else(missing)?))
}

/// A key as a step of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::Desired;

    fn desired(exports: &Value) -> Desired {
        Desired::of(exports, &BTreeMap::new(), None).unwrap()
    }

    #[test]
    fn the_order_of_the_artifact_is_kept_and_errors_stand_apart() {
        let desired = desired(&json!({"apps": [
            {"name": "b", "script": "b.js"},
            {"name": "bad", "script": "x", "kill_timeout": "2s"},
            {"name": "a", "script": "a.js", "max-restarts": 1},
            {"args": []}, 7, {"name": {}, "script": "x.js"}, {"name": "all", "script": "x.js"},
        ]}));
        let names: Vec<_> = desired.apps.iter().map(|app| app.definition.name()).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(desired.invalid.keys().collect::<Vec<_>>(), ["bad"]);
        assert_eq!(
            desired.nameless.keys().collect::<Vec<_>>(),
            [4, 5, 6, 7].map(|number| format!("entry {number} of `apps`")).iter().collect::<Vec<_>>()
        );
        assert_eq!(
            desired.warnings[0].to_string(),
            "app `a`: PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`?"
        );
        assert!(desired.speaks_of("bad") && !desired.speaks_of("c"));
    }

    #[test]
    fn a_blank_name_is_none_although_pm2_takes_the_scripts() {
        let apps = json!([{"name": "", "script": "web.js"}, {"name": " \t", "script": "web.js"}]);
        let desired = desired(&apps);
        assert_eq!(desired.nameless.len(), 2);
        assert!(desired.apps.is_empty() && !desired.speaks_of("web"));
        assert_eq!(
            desired.errors()[0].message,
            "app `entry 1 of `apps``: `` is not a valid app name: it is empty, and PM2 would take the script's"
        );
    }

    #[test]
    fn a_name_defined_twice_is_neither() {
        let desired = desired(
            &json!([{"name": "a", "script": "1"}, {"name": "b", "script": "1"}, {"name": "a", "script": "2"}]),
        );
        assert_eq!(desired.apps.len(), 1);
        assert_eq!(desired.invalid["a"][0].message, "it is defined 2 times");
    }

    #[test]
    fn shared_log_files_are_said() {
        let desired = desired(&json!([{"name": "a b", "script": "1"}, {"name": "a/b", "script": "1"}]));
        assert_eq!(desired.warnings[0].message, "apps `a b` and `a/b` share the names of their log files");
    }

    #[test]
    fn the_variables_of_a_named_environment_count_over_the_others() {
        let exports = json!({"apps": [
            {"name": "a", "script": "a.js", "env": {"PORT": 1, "MODE": "dev"}, "env_production": {"MODE": "live"}},
            {"name": "b", "script": "b.js", "env_production": {"MODE": "live"}, "env_staging": "none"},
            {"name": "c", "script": "c.js", "env": {"MODE": "dev"}},
        ]});
        let under = |name| Desired::of(&exports, &BTreeMap::new(), name).unwrap();
        let environment =
            |desired: &Desired, app| json!(desired.get(app).unwrap().definition.options().get("env"));
        let live = under(Some("production"));
        assert_eq!(environment(&live, "a"), json!({"PORT": "1", "MODE": "live"}));
        assert_eq!(environment(&live, "b"), json!({"MODE": "live"}));
        assert_eq!(environment(&live, "c"), json!({"MODE": "dev"}));
        assert!(live.warnings.is_empty(), "{:?}", live.warnings);
        assert_eq!(environment(&under(None), "a"), json!({"PORT": "1", "MODE": "dev"}));

        let staging = under(Some("staging"));
        assert_eq!(environment(&staging, "b"), json!(null));
        assert!(staging.warnings[0].message.contains("`env_staging`"), "{:?}", staging.warnings);
    }

    #[test]
    fn no_apps_is_an_error() {
        for exports in [json!({}), json!({"apps": 5}), json!(null)] {
            assert!(Desired::of(&exports, &BTreeMap::new(), None).is_err(), "{exports}");
        }
        assert!(desired(&json!({"apps": []})).is_empty());
    }
}
