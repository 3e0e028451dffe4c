//! `generated-not-ignored`: git does not ignore the artifact.
//!
//! The next `git add .` would commit it. git itself is asked, so that nested
//! and global ignore files count.
//!
//! Found:
//!
//! `.gitignore`
//!
//! ```gitignore
//! node_modules/
//! ```
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```
//!
//! `.clobber/index.cjs`, not tracked: warning: git does not ignore the artifact
//!
//! ```js
//! module.exports = {"apps":[]};
//! ```
//!
//! Not found:
//!
//! `.gitignore`
//!
//! ```gitignore
//! node_modules/
//! .clobber/
//! ```
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```
//!
//! `.clobber/index.cjs`, not tracked
//!
//! ```js
//! module.exports = {"apps":[]};
//! ```

use crate::core::finding::{Edit, Finding};
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;
use crate::text::paths::normalised_text;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "generated-not-ignored",
    severity: Severity::Warning,
    file: include_str!("generated_not_ignored.rs"),
    check: Check::Paths(check),
};

fn check(project: &Project<'_>) -> Vec<Finding> {
    let output = normalised_text(&project.settings.compile.output);
    let has_sources = project.files.iter().any(|file| project.sources.matches((*file.path).as_ref()));
    if !project.has_artifact() || !has_sources || (project.is_ignored)(&output) {
        return Vec::new();
    }
    let line = project.ignore_line(&output);
    let found = Finding::of_file(RULE.severity, &output, "git does not ignore the artifact")
        .help(format!("add `{line}` to `.gitignore`"))
        .fix(format!("added `{line}` to `.gitignore`"), vec![Edit::Ignore { line }]);
    vec![found]
}
