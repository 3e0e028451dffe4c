//! `absolute-path`: a literal path into somebody's home folder.
//!
//! It is right on one machine and wrong on every other, in CI and in the
//! container. Write it relative to the repository, or read it from the
//! environment with a default. (`~/` does not help: PM2 does not expand it.)
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:cwd "/home/ada/app"
//! ;                   ^^^^^^^^^^^^^^^ warning: `/home/ada` is a folder of one machine
//!                :script "web.js"})
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:cwd "app"
//!                :script "web.js"})
//! ```
//!
//! `app/web.js`

use crate::clojure::Form;
use crate::core::finding::Finding;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "absolute-path",
    severity: Severity::Warning,
    file: include_str!("absolute_path.rs"),
    check: Check::Source(check),
};

/// Where home folders lie: the folder, and whether a name follows it.
const HOMES: &[(&str, bool)] =
    &[("/home/", true), ("/Users/", true), ("/root/", false), ("C:\\Users\\", true)];

fn check(_project: &Project<'_>, source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    if !source.is_definition {
        return found;
    }
    source.walk(&mut |form: &Form| {
        let Some(home) = form.string().and_then(home_in) else { return };
        let message = format!("`{home}` is a folder of one machine");
        let help = "write the path relative to the repository, or read it with `env-var` and a default";
        found.push(Finding::at(RULE.severity, source.place(form.span), message).help(help));
    });
    found
}

/// The home folder that a text names, at its beginning or as an argument.
fn home_in(text: &str) -> Option<&str> {
    if text.starts_with("~/") {
        return Some("~/");
    }
    for (folder, named) in HOMES {
        for (at, _) in text.match_indices(folder) {
            let begins = text[..at]
                .chars()
                .next_back()
                .is_none_or(|c| matches!(c, '=' | ':' | ',' | '"' | '\'' | ' '));
            let name = &text[at + folder.len()..];
            let length = name.find(['/', '\\', ' ', ':', ',', '"', '\'']).unwrap_or(name.len());
            let variable = name.starts_with(['$', '{', '<']);
            if begins && !variable && (!named || length > 0) {
                let end = if *named { at + folder.len() + length } else { at + folder.len() - 1 };
                return Some(&text[at..end]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::home_in;

    #[test]
    fn homes_are_found_where_a_path_begins() {
        assert_eq!(home_in("/home/ada/app"), Some("/home/ada"));
        assert_eq!(home_in("--config=/Users/ada/x.json"), Some("/Users/ada"));
        assert_eq!(home_in("/root/.cache"), Some("/root"));
        assert_eq!(home_in("~/logs/out.log"), Some("~/"));
        for text in [
            "/srv/home/ada",
            "https://x/home/ada/",
            "/home/",
            "/home/$USER/x",
            "/var/log",
            "/rooted/x",
            "a~/b",
        ] {
            assert_eq!(home_in(text), None, "{text}");
        }
    }
}
