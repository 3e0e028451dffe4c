//! `legacy-file`: a tracked `*.pm2.edn`.
//!
//! Nothing reads these files any more. Someone will edit one and wonder why
//! nothing changes.
//!
//! Found:
//!
//! `ecosystem.pm2.edn`: error: nothing reads this file any more
//!
//! ```clojure
//! {:apps []}
//! ```
//!
//! Not found:
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::legacy::ENDING;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "legacy-file",
    severity: Severity::Error,
    file: include_str!("legacy_file.rs"),
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
