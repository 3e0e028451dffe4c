//! `syntax`: a source that cannot be read.
//!
//! Every error of every file is shown, each at its place; a compiler stops at
//! the first. With one such file nothing compiles, and PM2 goes on with the
//! apps of the last good state.

use crate::core::finding::Finding;
use crate::lint::project::Project;
use crate::lint::source::Source;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :args})\n",
    ),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\" :args [\"-v\"]})\n",
    ),
    ("web.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "syntax",
    severity: Severity::Error,
    file: include_str!("syntax.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Source(check),
};

fn check(_project: &Project<'_>, source: &Source) -> Vec<Finding> {
    source.errors.iter().map(|error| Finding::said(RULE.severity, error, &source.path)).collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[test]
    fn all_errors_of_all_files_are_shown() {
        let files = [
            (".gitignore", ".clobber/\n"),
            ("ecosystems/a.cljs", "(ns a)\n{:x 1 :x 2}\n\"\\q\""),
            ("ecosystems/b.cljs", "(ns b)\n(def x 1/2)\n)"),
            ("shadow-cljs.edn", "{:builds"),
        ];
        assert_eq!(
            found(&files),
            [
                "syntax ecosystems/a.cljs:2:7",
                "syntax ecosystems/a.cljs:3:2",
                "syntax ecosystems/b.cljs:2:8",
                "syntax ecosystems/b.cljs:3:1",
                "syntax shadow-cljs.edn:1:1",
                "syntax shadow-cljs.edn:1:2",
            ]
        );
    }
}
