//! `artifact-stale`: the artifact on disk is not what the sources compile to.
//!
//! PM2 is given the artifact, so it runs what the sources said some time ago.
//! Only `--worktree` looks: the artifact is not committed.

use crate::core::finding::Finding;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule, WEB};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    WEB,
    ("web.js", ""),
    (".clobber/index.cjs", "module.exports = {\"apps\":[{\"name\":\"web\",\"script\":\"old.js\"}]};\n"),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    WEB,
    ("web.js", ""),
    (".clobber/index.cjs", "module.exports = {\"apps\":[{\"script\":\"web.js\",\"name\":\"web\"}]};\n"),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "artifact-stale",
    severity: Severity::Error,
    file: include_str!("artifact_stale.rs"),
    bad: BAD,
    good: GOOD,
    check: Check::Artifact(check),
};

fn check(project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let path = &project.settings.compile.output;
    let Some(artifact) = &ecosystem.artifact else { return Vec::new() };
    let message = match (&artifact.fresh, &artifact.found) {
        (Some(fresh), Ok(found)) if fresh != found => {
            "the artifact is not what the sources compile to".to_owned()
        }
        (_, Err(why)) => format!("the artifact does not load: {why}"),
        _ => return Vec::new(),
    };
    vec![Finding::of_file(RULE.severity, path, message).help("`pm2sync compile` rebuilds it")]
}
