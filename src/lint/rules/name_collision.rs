//! `name-collision`: two apps whose log files have the same name.
//!
//! PM2 replaces what may not stand in a file name, so `web/a` and `web a` write
//! into one log, and none can tell whose line is whose.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web/a" {:script "web.js"})
//! ;^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: the apps `web a` and `web/a` share the names of their log files
//! (defapp "web a" {:script "web.js"})
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web/a" {:script "web.js"})
//! (defapp "web/b" {:script "web.js"})
//! ```

use std::collections::BTreeMap;

use crate::core::definition::app_name::log_name;
use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "name-collision",
    severity: Severity::Warning,
    file: include_str!("name_collision.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, apps) in ecosystem.by_name() {
        let Some(first) = seen.insert(log_name(name), name) else { continue };
        let message = format!("the apps `{first}` and `{name}` share the names of their log files");
        found.extend(apps.first().map(|app| match app.raw.place_of("name") {
            Some(place) => Finding::at(RULE.severity, place, message),
            None => Finding::of_file(RULE.severity, ecosystem.fallback(), message),
        }));
    }
    found
}
