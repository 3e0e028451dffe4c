//! `env-overrides-option`: an environment variable that PM2 takes for a field.
//!
//! PM2 merges `env` over its own entry of the process: a variable `kill_timeout`
//! beats the option of that name, one named `args` empties the arguments. Variables
//! are written in capitals, options are not.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:kill_timeout 5}})
//! ;                    ^^^^^^^^^^^^^ error: the variable `kill_timeout` in `env` would override PM2's own field of that name
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:KILL_TIMEOUT 5}})
//! ```

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "env-overrides-option",
    severity: Severity::Error,
    file: include_str!("env_overrides_option.rs"),
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
