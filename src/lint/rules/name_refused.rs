//! `name-refused`: a name that PM2 takes for something else.
//!
//! `pm2 stop 7` stops the process with that id, `all` every process, and an app
//! named like one of PM2's own fields overrides that field. For an empty name PM2
//! takes the script's.
//!
//! Found:
//!
//! ```clojure
//! (defapp "all" {:script "web.js"})
//! ;^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: `all` is not a valid app name: PM2 takes `all` for every process
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! ```

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "name-refused",
    severity: Severity::Error,
    file: include_str!("name_refused.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for app in &ecosystem.apps {
        let diagnostics = app.diagnostics_of(DiagnosticKind::Name);
        found.extend(
            diagnostics
                .map(|problem| Finding::said(RULE.severity, &problem.diagnostic, ecosystem.fallback())),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::lint::examples::check;

    #[test]
    fn a_blank_name_is_found_where_the_app_is_written() {
        check(
            r#"
(defapp "" {:script "web.js"})
;^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: `` is not a valid app name: it is empty, and PM2 would take the script's
(defapp "  " {:script "web.js"})
;^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: `  ` is not a valid app name: it holds nothing but blanks
"#,
        );
    }
}
