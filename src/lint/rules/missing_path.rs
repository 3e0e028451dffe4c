//! `missing-path`: a `cwd` or script that is not in the tree.
//!
//! PM2 shows a process without a pid, which never starts and never restarts.
//! Only literal paths inside the repository are looked at, and of bare names
//! only those with a script's ending: any other may be a program. What git
//! ignores is most likely built, so it is only a note.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:cwd "services/web"
//!                :script "sevrer.js"})
//! ;                      ^^^^^^^^^^^ warning: the script `sevrer.js` is not in the repository
//! ```
//!
//! `services/web/server.js`
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:cwd "services/web"
//!                :script "server.js"})
//! ```
//!
//! `services/web/server.js`

use crate::core::finding::Finding;
use crate::lint::inputs::app::App;
use crate::lint::inputs::ecosystem::Ecosystem;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::{Place, Severity};
use crate::text::nearest::nearest;
use crate::text::paths::normalised_text;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "missing-path",
    severity: Severity::Warning,
    file: include_str!("missing_path.rs"),
    check: Check::Ecosystem(check),
};

/// The endings of files that are not looked up on PATH.
const ENDINGS: &[&str] = &[".js", ".cjs", ".mjs", ".ts", ".py", ".sh", ".rb"];

fn check(project: &Project<'_>, ecosystem: &Ecosystem<'_>) -> Vec<Finding> {
    ecosystem.apps.iter().filter_map(|app| missing(project, ecosystem, app)).collect()
}

/// What is missing of one app; without its folder its script is not looked for.
fn missing(project: &Project<'_>, ecosystem: &Ecosystem<'_>, app: &App) -> Option<Finding> {
    let mut folder = String::new();
    if app.raw.options.get("cwd").is_some_and(|cwd| !cwd.is_null()) {
        let (cwd, place) = ecosystem.literal_text(app, "cwd")?;
        folder = inside(cwd)?;
        if !project.files.has_folder(&folder) {
            return not_there(project, place, "folder", cwd, &folder);
        }
    }
    let key =
        ["script", "cmd", "command", "exec"].into_iter().find(|key| app.raw.options.contains_key(*key))?;
    let (script, place) = ecosystem.literal_text(app, key)?;
    let is_file = script.contains('/') || ENDINGS.iter().any(|ending| script.ends_with(ending));
    if script.contains(' ') || !is_file || script.starts_with('/') {
        return None;
    }
    let path = if folder.is_empty() { inside(script)? } else { inside(&format!("{folder}/{script}"))? };
    if project.files.get(&path).is_some() || project.files.has_folder(&path) {
        return None;
    }
    not_there(project, place, "script", script, &path)
}

/// The path from the root, where it stays inside.
fn inside(path: &str) -> Option<String> {
    let stays = !path.starts_with(['/', '~']);
    Some(normalised_text(path)).filter(|path| stays && !path.starts_with(".."))
}

fn not_there(project: &Project<'_>, place: Place, what: &str, written: &str, path: &str) -> Option<Finding> {
    if project.files.is_elsewhere(path) {
        return None;
    }
    if (project.is_ignored)(path) || (project.is_ignored)(&format!("{path}/")) {
        let message =
            format!("the {what} `{written}` is ignored by git: it has to be built before PM2 starts it");
        return Some(Finding::at(Severity::Note, place, message));
    }
    let found = Finding::at(RULE.severity, place, format!("the {what} `{written}` is not in the repository"));
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.strip_suffix(name).unwrap_or_default();
    let beside = project.files.iter().filter_map(|file| file.path.strip_prefix(folder));
    let near = nearest(name, beside.filter(|other| !other.contains('/')));
    Some(match near.filter(|_| what == "script") {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("it is looked for from the root of the repository, or from `cwd`"),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::lint::testing::{app_of, found, lines};

    fn one(options: &str) -> Vec<String> {
        let text = app_of(options);
        let files = [
            (".gitignore", ".clobber/\ndist/\n"),
            ("ecosystems/web.cljs", &text),
            ("services/web/server.js", ""),
            ("tool", ""),
        ];
        found(&files)
    }

    #[test]
    fn only_literal_paths_inside_the_repository_are_looked_at() {
        for options in [
            ":script \"npm\" :args \"start\"",
            ":script \"bash -c 'run.sh'\"",
            ":script \"/opt/x.js\"",
            ":script \"../other/x.js\"",
            ":script \"x.js\" :cwd (str \"a\" \"b\")",
            ":script (str \"x\" \".js\")",
            ":script \"./tool\"",
            ":script \"services/web/server.js\" :cwd nil",
            ":script \"./server.js\" :cwd \"./services/web/\"",
        ] {
            assert_eq!(one(options), [""; 0], "{options}");
        }
        assert_eq!(
            one(":script \"server.js\" :cwd \"services/wbe\""),
            ["missing-path ecosystems/web.cljs:2:41"]
        );
        assert_eq!(one(":script \"run.sh\""), ["missing-path ecosystems/web.cljs:2:24"]);
    }

    #[test]
    fn what_is_built_is_only_a_note() {
        let text = app_of(":script \"dist/server.js\"");
        expect![[r"
            missing-path ecosystems/web.cljs:2:24: note: the script `dist/server.js` is ignored by git: it has to be built before PM2 starts it
        "]]
        .assert_eq(&lines(&[(".gitignore", ".clobber/\ndist/\n"), ("ecosystems/web.cljs", &text)]));
    }
}
