//! `does-not-compile`: sources that can be read, but not evaluated.
//!
//! An undeclared name, a namespace that is not there, a wrong number of
//! arguments. Where shadow-cljs or a command compiles, this is only a warning:
//! it may know what pm2sync's own evaluator does not cover.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script scirpt})
//! ;                      ^^^^^^ error: `scirpt` is not declared
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (def script "web.js")
//! (defapp "web" {:script script})
//! ```

use crate::core::finding::Finding;
use crate::core::settings::Compiler;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    id: "does-not-compile",
    severity: Severity::Error,
    file: include_str!("does_not_compile.rs"),
    check: Check::Ecosystem(check),
};

fn check(project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let ours = matches!(project.compiler, Compiler::Embedded | Compiler::Auto);
    let severity = if ours { RULE.severity } else { Severity::Warning };
    ecosystem.failed.iter().map(|error| Finding::said(severity, error, ecosystem.fallback())).collect()
}
