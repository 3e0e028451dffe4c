//! `unset-variable`: an environment variable that is read with no default.
//!
//! Where it is not set, in a git hook's bare environment for instance, the value
//! is `nil`, and PM2 hands the app the text `null`. Give a default, or say in a
//! comment why there is none. (`HOME`, `PATH`, `USER` and `PWD` are set
//! everywhere.)

use crate::core::finding::Finding;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp env-var]]))\n\n(defapp \"web\" {:script \"web.js\" :env {:PORT (env-var \"PORT\")}})\n",
    ),
    ("web.js", ""),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp env-var]]))\n\n(defapp \"web\" {:script \"web.js\" :env {:PORT (env-var \"PORT\" \"3000\")}})\n",
    ),
    ("web.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "unset-variable",
    severity: Severity::Warning,
    file: include_str!("unset_variable.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let found = ecosystem.unset.iter().map(|(name, place)| {
        Finding::at(RULE.severity, place.clone(), format!("the variable `{name}` is read with no default"))
            .help(format!("write `(env-var \"{name}\" …)` with what holds where it is not set"))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{app, found};

    #[test]
    fn a_default_of_either_kind_counts() {
        let text = app(":env {:A js/process.env.A :B (or js/process.env.B \"b\") :H js/process.env.HOME}");
        assert_eq!(found(&[("ecosystems/web.cljs", &text)]), ["unset-variable ecosystems/web.cljs:2:42"]);
    }
}
