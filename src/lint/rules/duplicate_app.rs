//! `duplicate-app`: two apps of one name.
//!
//! PM2 starts one of them, or both under one name, and no command can tell them
//! apart. pm2sync applies neither.

use crate::core::finding::Finding;
use crate::lint::ecosystem::Ecosystem;
use crate::lint::project::Project;
use crate::lint::{Check, Example, Rule};
use crate::text::diagnostic::Severity;

const BAD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\"})\n(defapp \"web\" {:script \"old.js\"})\n",
    ),
    ("web.js", ""),
    ("old.js", ""),
];
const GOOD: Example = &[
    (".gitignore", ".clobber/\n"),
    (
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n(defapp \"web\" {:script \"web.js\"})\n(defapp \"web-old\" {:script \"old.js\"})\n",
    ),
    ("web.js", ""),
    ("old.js", ""),
];

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-app",
    severity: Severity::Error,
    file: include_str!("duplicate_app.rs"),
    bad: BAD,
    good: GOOD,
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
