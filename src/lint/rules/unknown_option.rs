//! `unknown-option`: a key that PM2 silently drops.
//!
//! Hyphens are the commonest case: ClojureScript writes `:max-restarts`, PM2 knows
//! `max_restarts`, and the app restarts forever. A key that resembles no option
//! may be there for another tool, so it is only a warning.
//!
//! The fix writes underscores for hyphens where that gives an option's very name.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :max-restarts 5
//! ;              ^^^^^^^^^^^^^ error: PM2 drops the unknown option `max-restarts`
//!                :resart_delay 100})
//! ;              ^^^^^^^^^^^^^ error: PM2 drops the unknown option `resart_delay`
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :max_restarts 5
//!                :restart_delay 100})
//! ```

use std::collections::BTreeSet;

use crate::core::definition::options;
use crate::core::definition::raw_app::DiagnosticKind;
use crate::core::finding::{Edit, Finding};
use crate::lint::inputs::app::App;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unknown-option",
    severity: Severity::Error,
    file: include_str!("unknown_option.rs"),
    check: Check::Ecosystem(check),
};

fn check(_project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for app in &ecosystem.apps {
        for problem in app.diagnostics_of(DiagnosticKind::UnknownOption) {
            let key = problem.key.as_deref().unwrap_or_default();
            let severity = if options::likely(key).is_some() { RULE.severity } else { Severity::Warning };
            let finding = Finding::said(severity, &app.about(&problem.diagnostic), ecosystem.fallback());
            found.push(match underscored(ecosystem, app, key).filter(|_| is_only_key(ecosystem, key)) {
                Some((name, edit)) => finding.fix(format!("`{key}` is now `{name}`"), vec![edit]),
                None => finding,
            });
        }
    }
    found
}

/// Whether the key is written only where apps have it. Elsewhere it may be read
/// (`(:max-restarts base)`), and would then not be found.
fn is_only_key(ecosystem: &Ecosystem<'_>, key: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '?' | '!' | '/' | '.');
    let is_whole = |text: &str, at: usize| {
        !text[..at].ends_with(is_part) && !text[at + key.len()..].starts_with(is_part)
    };
    let count = |text: &str| text.match_indices(key).filter(|(at, _)| is_whole(text, *at)).count();
    let written: usize = ecosystem.sources.iter().map(|source| count(&source.text)).sum();
    let places = ecosystem.apps.iter().filter_map(|app| app.raw.keys.get(key));
    written == places.collect::<BTreeSet<_>>().len()
}

/// The option that the key is but for its hyphens, and the edit that writes it.
fn underscored(ecosystem: &Ecosystem<'_>, app: &App, key: &str) -> Option<(String, Edit)> {
    let name = key.replace('-', "_");
    if name == key || !options::is_known(&name) || app.raw.options.contains_key(&name) {
        return None;
    }
    let place = app.raw.keys.get(key)?;
    let (form, _) = ecosystem.written(place)?;
    let text = if form.is_keyword(key) {
        format!(":{name}")
    } else if form.string() == Some(key) {
        format!("\"{name}\"")
    } else {
        return None;
    };
    Some((name, Edit::Replace { path: place.path.to_string(), bytes: place.bytes(), text }))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::lint::examples::check;
    use crate::lint::testing::{app, fixed, lines};

    #[test]
    fn a_key_is_found_where_it_is_written() {
        check(
            r#"
(def shared {:max-restarts 1})
;            ^^^^^^^^^^^^^ error: PM2 drops the unknown option `max-restarts`
(defapp "a" (merge shared {:script "web.js"}))
(defapp "b" (merge shared {:script "web.js"
                           :colour 1}))
;                          ^^^^^^^ warning: PM2 drops the unknown option `colour`
"#,
        );
    }

    #[test]
    fn hyphens_become_underscores_and_nothing_else_changes() {
        let text = app(
            ":max-restarts 5, \"error-file\"   \"e.log\" :resart_delay 1 :kill-timeout 1 :kill_timeout 2 :x-y 1",
        );
        let expected = text.replace(":max-restarts", ":max_restarts").replace("error-file", "error_file");
        assert_eq!(fixed(&[("ecosystems/web.cljs", &text)]), [("ecosystems/web.cljs".to_owned(), expected)]);
    }

    #[test]
    fn a_file_that_does_not_evaluate_is_looked_at_all_the_same() {
        check(
            r#"
(defapp "a" {:script "web.js" :cwd "."})
(defapp "b" {:script (missing)
;                     ^^^^^^^ error: `missing` is not declared
             :min-uptime 1
;            ^^^^^^^^^^^ error: PM2 drops the unknown option `min-uptime`
             :kill_timeout (missing)})
;                           ^^^^^^^ error: `missing` is not declared
"#,
        );
    }

    #[test]
    fn the_option_that_was_meant_is_named() {
        expect!["unknown-option ecosystems/web.cljs:2:33: error: PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`?\n"]
            .assert_eq(&lines(&[("ecosystems/web.cljs", &app(":max-restarts 1"))]));
    }
}
