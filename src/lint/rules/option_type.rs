//! `option-type`: a value that PM2 refuses, drops or misreads.
//!
//! `kill_timeout "2s"` makes PM2 refuse the whole file; `instances "two"` gives one
//! process on every CPU; `max_restarts 0` counts as false and is dropped. What is
//! refused is an error, what is misread a warning. An app with no script is refused
//! too.

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
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :kill_timeout \"2s\"})\n",
    ),
    ("web.js", ""),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :kill_timeout 2000})\n",
    ),
    ("web.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "option-type",
    severity: Severity::Error,
    file: include_str!("option_type.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = ecosystem
        .no_apps
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
    use expect_test::expect;

    use crate::lint::testing::{app, lines};

    #[test]
    fn each_value_is_found_at_its_key() {
        let text = app(
            ":kill_timeout \"2s\" :instances \"two\" :exec_mode \"cluster\" :max_restarts 0 :autorestart \"false\" :time false",
        );
        expect![[r"
            option-type ecosystems/web.cljs:2:33: error: `kill_timeout` is a string, where PM2 takes a number
            option-type ecosystems/web.cljs:2:52: warning: `instances` is not a number: PM2 takes it for one process on every CPU
            option-type ecosystems/web.cljs:2:90: warning: PM2 drops `max_restarts`, since its value counts as false
            option-type ecosystems/web.cljs:2:106: error: `autorestart` is a string, where PM2 takes `true` or `false`
        "]]
        .assert_eq(&lines(&[("ecosystems/web.cljs", &text)]));
    }
}
