//! Names of apps that PM2 cannot tell apart from something else. With such a
//! name, `pm2 stop NAME` and the like act on the wrong processes.

use crate::core::definition::options::is_managed;

/// Endings that make PM2 take a name for a file.
const FILE_MARKS: &[&str] = &[".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"];

/// Why a name is refused, if it is.
pub(crate) fn refusal(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("it is empty, and PM2 would take the script's".to_owned());
    }
    if name.trim().is_empty() {
        return Some("it holds nothing but blanks".to_owned());
    }
    if name.parse::<f64>().is_ok() {
        return Some("PM2 takes a number for the id of a process".to_owned());
    }
    if name == "all" {
        return Some("PM2 takes `all` for every process".to_owned());
    }
    if name.starts_with('-') {
        return Some("PM2 takes a name that begins with `-` for an option".to_owned());
    }
    if name.starts_with('/') {
        return Some("PM2 takes a name that begins with `/` for a pattern".to_owned());
    }
    if let Some(mark) = FILE_MARKS.iter().find(|mark| name.contains(*mark)) {
        return Some(format!("PM2 takes a name that holds `{mark}` for a file"));
    }
    if is_managed(name) {
        return Some(
            "PM2 sets a variable of the app's name, which would override the field of that name".to_owned(),
        );
    }
    if name.contains(['\0', '\n', '\r']) {
        return Some("it holds a control character".to_owned());
    }
    None
}

/// What the names of an app's log files begin with: PM2 replaces what may not
/// stand in them, so two apps can share theirs.
pub(crate) fn log_name(name: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '\\');
    name.chars().map(|c| if kept(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{log_name, refusal};

    #[test]
    fn names_that_pm2_misreads_are_refused() {
        for name in [
            "",
            " ",
            "\t\u{a0}",
            "7",
            "1e3",
            "all",
            "-x",
            "/web/",
            "a.json",
            "x.config.cjs.y",
            "args",
            "pm_id",
            "a\nb",
        ] {
            assert!(refusal(name).is_some(), "{name}");
        }
        for name in ["web", "devel/opencode", "a b", "a,b", "überall", "web2", "all-in-one"] {
            assert_eq!(refusal(name), None, "{name}");
        }
    }

    #[test]
    fn log_names_collide_as_in_pm2() {
        assert_eq!(log_name("devel/opencode"), "devel-opencode");
        assert_eq!(log_name("a b"), log_name("a,b"));
    }
}
