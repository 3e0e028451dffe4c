//! `instances-without-mode`: `instances` with no `exec_mode`.
//!
//! PM2 then runs the app in cluster mode, also with one instance: its script is
//! loaded by PM2's own worker, with another `process.argv` and shared ports. Say
//! which mode is meant. Only node runs in cluster mode, so apps of other
//! interpreters are passed over.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :instances 2})
//! ;              ^^^^^^^^^^ warning: `instances` without `exec_mode` means cluster mode
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :instances 2
//!                :exec_mode "cluster"})
//! ```

use serde_json::Value;

use crate::core::finding::Finding;
use crate::core::pm2::effective::implied_mode;
use crate::lint::inputs::app::App;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "instances-without-mode",
    severity: Severity::Warning,
    file: include_str!("instances_without_mode.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let unclear = ecosystem.apps.iter().filter(|app| is_unclear(app));
    let found = unclear.map(|app| {
        let place = app.raw.place_of("instances");
        let message = "`instances` without `exec_mode` means cluster mode";
        let found = match place {
            Some(place) => Finding::at(RULE.severity, place, message),
            None => Finding::of_file(
                RULE.severity,
                ecosystem.fallback(),
                format!("app `{}`: {message}", app.name),
            ),
        };
        found.help("add `:exec_mode \"cluster\"` or `:exec_mode \"fork\"`")
    });
    found.collect()
}

fn is_unclear(app: &App) -> bool {
    let options = &app.raw.options;
    let says_mode = ["exec_mode", "execMode", "execute_command", "executeCommand"];
    let given =
        |key: &str| options.get(key).is_some_and(|value| !value.is_null() && *value != Value::Bool(false));
    given("instances")
        && !says_mode.iter().any(|key| given(key))
        && implied_mode(&app.definition) == Some("cluster_mode")
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{app, found};

    #[test]
    fn only_apps_that_node_runs_are_meant() {
        let one = |options: &str| found(&[("ecosystems/web.cljs", &app(options))]);
        assert_eq!(one(":instances 1"), ["instances-without-mode ecosystems/web.cljs:2:33"]);
        for options in
            [":instances 2 :exec_mode \"fork\"", ":instances 2 :interpreter \"python3\"", ":instances nil"]
        {
            assert_eq!(one(options), [""; 0], "{options}");
        }
    }
}
