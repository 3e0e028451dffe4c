//! `unset-variable`: an environment variable that is read with no default.
//!
//! Where it is not set, in a git hook's bare environment for instance, the value
//! is `nil`, and PM2 hands the app the text `null`. Give a default, or say in a
//! comment why there is none. (`HOME`, `PATH`, `USER` and `PWD` are set
//! everywhere.)
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:PORT (env-var "PORT")}})
//! ;                          ^^^^^^^^^^^^^^^^ warning: the variable `PORT` is read with no default
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:PORT (env-var "PORT" "3000")}})
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unset-variable",
    severity: Severity::Warning,
    file: include_str!("unset_variable.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let found = ecosystem.unset.iter().map(|(name, place)| {
        Finding::at(RULE.severity, place.clone(), format!("the variable `{name}` is read with no default"))
            .help(format!("write `(env-var \"{name}\" …)` with what holds where it is not set"))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::examples::check;

    #[test]
    fn a_default_of_either_kind_counts() {
        check(
            r#"
(defapp "web" {:script "web.js"
               :env {:A js/process.env.A
;                       ^^^^^^^^^^^^^^^^ warning: the variable `A` is read with no default
                     :B (or js/process.env.B "b")
                     :H js/process.env.HOME}})
"#,
        );
    }
}
