//! `option-type`: a value that PM2 refuses, drops or misreads.
//!
//! `kill_timeout "2s"` makes PM2 refuse the whole file; `instances "two"` gives one
//! process on every CPU; `max_restarts 0` counts as false and is dropped. What is
//! refused is an error, what is misread a warning. An app with no script is refused
//! too.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :kill_timeout "2s"
//! ;              ^^^^^^^^^^^^^ error: `kill_timeout` is a string, where PM2 takes a number
//!                :max_restarts 0})
//! ;              ^^^^^^^^^^^^^ warning: PM2 drops `max_restarts`, since its value counts as false
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :kill_timeout 2000})
//! ```

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "option-type",
    severity: Severity::Error,
    file: include_str!("option_type.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = ecosystem
        .not_apps
        .iter()
        .map(|said| Finding::said(RULE.severity, said, ecosystem.fallback()))
        .collect();
    for app in &ecosystem.apps {
        let diagnostics = [DiagnosticKind::Value, DiagnosticKind::Missing]
            .into_iter()
            .flat_map(|kind| app.diagnostics_of(kind));
        found.extend(diagnostics.map(|problem| {
            Finding::said(problem.diagnostic.severity, &app.about(&problem.diagnostic), ecosystem.fallback())
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::lint::examples::check;

    #[test]
    fn each_value_is_found_at_its_key() {
        check(
            r#"
(defapp "web" {:script "web.js"
               :kill_timeout "2s"
;              ^^^^^^^^^^^^^ error: `kill_timeout` is a string, where PM2 takes a number
               :instances "two"
;              ^^^^^^^^^^ warning: `instances` is not a number: PM2 takes it for one process on every CPU
               :exec_mode "cluster"
               :max_restarts 0
;              ^^^^^^^^^^^^^ warning: PM2 drops `max_restarts`, since its value counts as false
               :autorestart "false"
;              ^^^^^^^^^^^^ error: `autorestart` is a string, where PM2 takes `true` or `false`
               :time false})
"#,
        );
    }
}
