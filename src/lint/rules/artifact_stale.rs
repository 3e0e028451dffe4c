//! `artifact-stale`: the artifact on disk is not what the sources compile to.
//!
//! PM2 reads the artifact, so it runs what the sources said some time ago.
//! Only `--worktree` looks: the artifact is not committed.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! ```
//!
//! `.clobber/index.cjs`, not tracked: error: the artifact is not what the sources compile to
//!
//! ```js
//! module.exports = {"apps":[{"name":"web","script":"old.js"}]};
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! ```
//!
//! `.clobber/index.cjs`, not tracked
//!
//! ```js
//! module.exports = {"apps":[{"script":"web.js","name":"web"}]};
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "artifact-stale",
    severity: Severity::Error,
    file: include_str!("artifact_stale.rs"),
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
