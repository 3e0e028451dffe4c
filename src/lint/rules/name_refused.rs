//! `name-refused`: a name that PM2 takes for something else.
//!
//! `pm2 stop 7` stops the process with that id, `all` every process, and an app
//! named like one of PM2's own fields overrides that field. For an empty name PM2
//! takes the script's.

use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::Finding;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule, WEB};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"all\" {:script \"web.js\"})\n",
    ),
    ("web.js", ""),
];
const GOOD: Example = &[(".gitignore", ".clobber/\n"), WEB, ("web.js", "")];

/// The rule.
pub static RULE: Rule = Rule {
    id: "name-refused",
    severity: Severity::Error,
    file: include_str!("name_refused.rs"),
    bad: BAD,
    good: GOOD,
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
    use crate::lint::testing::lines;

    #[test]
    fn a_blank_name_is_found_where_the_app_is_written() {
        let text = "(ns web (:require [clobber.macro :refer [defapp]]))\n\
            (defapp \"\" {:script \"web.js\"})\n(defapp \"  \" {:script \"web.js\"})\n";
        assert_eq!(
            lines(&[("ecosystems/web.cljs", text)]),
            "name-refused ecosystems/web.cljs:2:1: error: `` is not a valid app name: it is empty, and PM2 would take \
             the script's\n\
             name-refused ecosystems/web.cljs:3:1: error: `  ` is not a valid app name: it holds nothing but blanks\n"
        );
    }
}
