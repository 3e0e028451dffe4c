//! `syntax`: a source that cannot be read.
//!
//! Every error of every file is shown, each at its place; a compiler stops at
//! the first. With one such file nothing compiles, and PM2 goes on with the
//! apps of the last good state.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :args})
//! ;              ^^^^^ error: a map needs a value for every key, but `:args` has none
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :args ["-v"]})
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(in crate::lint) static RULE: Rule = Rule {
    id: "syntax",
    severity: Severity::Error,
    file: include_str!("syntax.rs"),
    check: Check::Source(check),
};

fn check(_project: &Project<'_>, source: &Source) -> Vec<Finding> {
    source.errors.iter().map(|error| Finding::said(RULE.severity, error, &source.path)).collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[test]
    fn all_errors_of_all_files_are_shown() {
        let files = [
            (".gitignore", ".clobber/\n"),
            ("ecosystems/a.cljs", "(ns a)\n{:x 1 :x 2}\n\"\\q\""),
            ("ecosystems/b.cljs", "(ns b)\n(def x 1/2)\n)"),
            ("shadow-cljs.edn", "{:builds"),
        ];
        assert_eq!(
            found(&files),
            [
                "syntax ecosystems/a.cljs:2:7",
                "syntax ecosystems/a.cljs:3:2",
                "syntax ecosystems/b.cljs:2:8",
                "syntax ecosystems/b.cljs:3:1",
                "syntax shadow-cljs.edn:1:1",
                "syntax shadow-cljs.edn:1:2",
            ]
        );
    }
}
