//! `null-option`: a literal `nil` that PM2 refuses.
//!
//! PM2 takes any key that begins with `env_` for variables of `--env`, and a `nil`
//! there makes it refuse the whole file, with every app in it. (Under any other
//! option `nil` means that the option is not given.)
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env_file nil})
//! ;              ^^^^^^^^^ error: `env_file` is `nil`, where PM2 takes a map or a string; it refuses the whole file
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :cwd nil})
//! ```

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "null-option",
    severity: Severity::Error,
    file: include_str!("null_option.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for app in &ecosystem.apps {
        found.extend(app.diagnostics_of(DiagnosticKind::Nil).map(|problem| {
            Finding::said(RULE.severity, &app.about(&problem.diagnostic), ecosystem.fallback())
                .help("leave the key out where there is no value")
        }));
    }
    found
}
