//! `env-overrides-option`: an environment variable that PM2 takes for a field.
//!
//! PM2 merges `env` over its own entry of the process: a variable `kill_timeout`
//! beats the option of that name, one named `args` empties the arguments. Variables
//! are written in capitals, options are not.

use crate::core::finding::Finding;
use crate::core::options::{ENVIRONMENT_PREFIX, is_managed};
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :env {:kill_timeout 5}})\n",
    ),
    ("web.js", ""),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :env {:KILL_TIMEOUT 5}})\n",
    ),
    ("web.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "env-overrides-option",
    severity: Severity::Warning,
    file: include_str!("env_overrides_option.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for app in &ecosystem.apps {
        let variables =
            app.raw.options.iter().filter(|(key, _)| *key == "env" || key.starts_with(ENVIRONMENT_PREFIX));
        for (key, value) in variables {
            let taken = value.as_object().into_iter().flatten().filter(|(name, _)| is_managed(name));
            for (name, _) in taken {
                let message =
                    format!("PM2 takes the variable `{name}` for its own field, and overrides that");
                let inner = app.raw.keys.get(&format!("{key}/{name}")).cloned();
                found.push(match inner.or_else(|| app.raw.place_of(key)) {
                    Some(place) => Finding::at(RULE.severity, place, message),
                    None => Finding::of_file(RULE.severity, ecosystem.fallback(), message),
                });
            }
        }
    }
    found
}
