//! `env-overrides-option`: an environment variable that PM2 takes for a field.
//!
//! PM2 merges `env` over its own entry of the process: a variable `kill_timeout`
//! beats the option of that name, one named `args` empties the arguments. Variables
//! are written in capitals, options are not.

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
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
    severity: Severity::Error,
    file: include_str!("env_overrides_option.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for app in &ecosystem.apps {
        let diagnostics = app.diagnostics_of(DiagnosticKind::Override);
        found.extend(diagnostics.map(|problem| {
            Finding::said(problem.diagnostic.severity, &app.about(&problem.diagnostic), ecosystem.fallback())
        }));
    }
    found
}
