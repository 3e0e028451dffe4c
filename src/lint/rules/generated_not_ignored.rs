//! `generated-not-ignored`: git does not ignore the artifact.
//!
//! The next `git add .` would commit it. git itself is asked, so that nested
//! and global ignore files count.

use crate::core::finding::{Edit, Finding};
use crate::lint::project::Project;
use crate::lint::rules::generated_committed::{ignore_line, normal};
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[("ecosystems/index.cljs", "(ns index)\n")];
const GOOD: Example = &[("ecosystems/index.cljs", "(ns index)\n"), (".gitignore", ".clobber/\n")];

/// The rule.
pub static RULE: Rule = Rule {
    id: "generated-not-ignored",
    severity: Severity::Warning,
    file: include_str!("generated_not_ignored.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Paths(check),
};

fn check(project: &Project<'_>) -> Vec<Finding> {
    let output = normal(&project.settings.compile.output);
    let has_sources = project.files.iter().any(|file| project.sources.matches((*file.path).as_ref()));
    if !project.has_artifact() || !has_sources || (project.is_ignored)(&output) {
        return Vec::new();
    }
    let line = ignore_line(project, &output);
    let found = Finding::of_file(RULE.severity, &output, "git does not ignore the artifact")
        .help(format!("add `{line}` to `.gitignore`"))
        .fix(format!("added `{line}` to `.gitignore`"), vec![Edit::Ignore { line }]);
    vec![found]
}
