//! `legacy-file`: a tracked `*.pm2.edn`.
//!
//! Nothing reads these files any more. Someone will edit one and wonder why
//! nothing changes.

use crate::core::finding::Finding;
use crate::lint::project::Project;
use crate::lint::rules::legacy_reference::ENDING;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[("ecosystem.pm2.edn", "{:apps []}\n")];
const GOOD: Example = &[("ecosystems/index.cljs", "(ns index)\n"), (".gitignore", ".clobber/\n")];

/// The rule.
pub static RULE: Rule = Rule {
    id: "legacy-file",
    severity: Severity::Error,
    file: include_str!("legacy_file.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Paths(check),
};

fn check(project: &Project<'_>) -> Vec<Finding> {
    let sources = project.settings.sources.join("`, `");
    let found = |path: &str| {
        Finding::of_file(RULE.severity, path, "nothing reads this file any more")
            .help(format!("move its apps to `{sources}`, and delete it"))
    };
    let legacy = project.files.iter().filter(|file| file.path.ends_with(ENDING));
    legacy.map(|file| found(&file.path)).collect()
}
