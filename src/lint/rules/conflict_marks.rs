//! `conflict-marks`: a merge that was committed with git's marks in it.
//!
//! Lines that begin with `<<<<<<<`, `=======` or `>>>>>>>` say that two sides
//! changed the same lines and nobody has chosen. In sources, inputs, settings
//! and the entry each such line counts; in documents only all three in order,
//! since a line of `=` underlines a heading there.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! >>>>>>> topic
//! ;^^^^^^^^^^^^ error: a mark of a conflict was left here
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"})
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::document::Document;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::conflict::{conflicts, said};
use crate::text::diagnostic::Severity;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    id: "conflict-marks",
    severity: Severity::Error,
    file: include_str!("conflict_marks.rs"),
    check: Check::Text(check),
};

fn check(_project: &Project<'_>, text: &Document) -> Vec<Finding> {
    let found = conflicts(&text.text).into_iter().filter(|conflict| conflict.is_whole || !text.is_prose);
    found.map(|conflict| Finding::said(RULE.severity, &said(&conflict, &text.lines), &text.path)).collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{app, found};

    const CONFLICT: &str = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n";

    #[test]
    fn a_conflict_of_a_source_is_one_finding_and_hides_what_follows_from_it() {
        let sides = |name: &str| app(&format!(":args [\"{name}\"]"));
        let text = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> topic\n", sides("ours"), sides("theirs"));
        assert_eq!(found(&[("ecosystems/web.cljs", &text)]), ["conflict-marks ecosystems/web.cljs:1:1"]);
        let open = "(ns web\n<<<<<<< HEAD\n  (:require [a])\n=======\n  (:require [b]))\n>>>>>>> topic\n";
        assert_eq!(found(&[("ecosystems/web.cljs", open)]), ["conflict-marks ecosystems/web.cljs:2:1"]);
    }

    #[test]
    fn inputs_settings_and_the_entry_are_read_too() {
        let entry = format!("{CONFLICT}module.exports = require(\"./.clobber/index.cjs\");\n");
        let files = [
            ("shadow-cljs.edn", CONFLICT),
            ("pm2sync.toml", "=======\n"),
            ("ecosystem.config.cjs", entry.as_str()),
            ("ecosystems/web.cljs", &app("")),
        ];
        let marks: Vec<String> =
            found(&files).into_iter().filter(|line| line.starts_with("conflict-marks")).collect();
        assert_eq!(
            marks,
            [
                "conflict-marks ecosystem.config.cjs:1:1",
                "conflict-marks pm2sync.toml:1:1",
                "conflict-marks shadow-cljs.edn:1:1",
            ]
        );
    }

    #[test]
    fn in_a_document_only_all_three_marks_in_order_are_one() {
        let marks = |text: &str| found(&[("README.md", text)]);
        assert_eq!(marks(&format!("Title\n=======\n\n{CONFLICT}")), ["conflict-marks README.md:4:1"]);
        assert_eq!(marks("Title\n=======\n\n>>>>>>> quoted deep\n"), [""; 0]);
        assert_eq!(marks("<<<<<<< HEAD\nours\n>>>>>>> topic\n=======\n"), [""; 0]);
    }

    #[test]
    fn a_document_that_shows_one_may_say_so() {
        let text = format!("<!-- pm2sync: allow(conflict-marks) this page shows one -->\n{CONFLICT}");
        assert_eq!(found(&[("README.md", &text)]), [""; 0]);
    }
}
