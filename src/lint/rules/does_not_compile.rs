//! `does-not-compile`: sources that can be read, but not evaluated.
//!
//! An undeclared name, a namespace that is not there, a wrong number of
//! arguments. Where shadow-cljs or a command compiles, this is only a warning:
//! it may know what pm2sync's own evaluator does not cover.

use crate::core::finding::Finding;
use crate::core::settings::Compiler;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script scirpt})\n",
    ),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(def script \"web.js\")\n(defapp \"web\" {:script script})\n",
    ),
    ("web.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "does-not-compile",
    severity: Severity::Error,
    file: include_str!("does_not_compile.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Ecosystem(check),
};

fn check(project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let ours = matches!(project.compiler, Compiler::Embedded | Compiler::Auto);
    let severity = if ours { RULE.severity } else { Severity::Warning };
    ecosystem.failed.iter().map(|error| Finding::said(severity, error, ecosystem.fallback())).collect()
}
