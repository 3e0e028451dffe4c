//! `duplicate-app`: two apps of one name.
//!
//! PM2 starts one of them, or both under one name, and no command can tell them
//! apart. pm2sync applies neither.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! (defapp "web" {:script "old.js"})
//! ;^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the app `web` is defined more than once
//! ```
//!
//! `old.js`
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! (defapp "web-old" {:script "old.js"})
//! ```
//!
//! `old.js`

use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    id: "duplicate-app",
    severity: Severity::Error,
    file: include_str!("duplicate_app.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, apps) in ecosystem.by_name() {
        let Some((first, others)) = apps.split_first().filter(|_| !name.is_empty()) else { continue };
        for other in others {
            let message = format!("the app `{name}` is defined more than once");
            let twice = match other.raw.place_of("name") {
                Some(place) => Finding::at(RULE.severity, place, message),
                None => Finding::of_file(RULE.severity, ecosystem.fallback(), message),
            };
            found.push(match first.raw.place_of("name") {
                Some(place) => twice.help(format!("it is first defined at {}:{}", place.path, place.line)),
                None => twice,
            });
        }
    }
    found
}
