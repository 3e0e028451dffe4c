//! `path-case`: a path that is right but for its capital letters.
//!
//! macOS and Windows find `Ecosystems/web.cljs` where `ecosystems/*.cljs` is
//! looked for; a Linux server does not, and git's index tells them apart on
//! every machine. So its apps run on the laptop alone, and nothing else of this
//! check has looked at the file. The same goes for the artifact: where case does
//! not count, the next compile changes a tracked file.
//!
//! Found:
//!
//! `Ecosystems/web.cljs`: warning: the path differs from `ecosystems/*.cljs` in capital letters only
//!
//! ```clojure
//! (ns web)
//! ```
//!
//! Not found:
//!
//! `ecosystems/web.cljs`
//!
//! ```clojure
//! (ns web)
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use crate::core::files::sources::Selection;
use crate::core::files::tracked_files::File;
use crate::core::finding::Finding;
use crate::core::settings::FILE;
use crate::lint::inputs::project::Project;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "path-case",
    severity: Severity::Warning,
    file: include_str!("path_case.rs"),
    check: Check::Paths(check),
};

fn check(project: &Project<'_>) -> Vec<Finding> {
    let settings = project.settings;
    let mut found = Vec::new();
    for glob in settings.sources.iter().chain(&settings.inputs).chain([&settings.entry]) {
        found.extend(misspelled(project, glob, "`git mv` it to that spelling"));
    }
    found.extend(misspelled(project, FILE, "`git mv` it to that spelling"));
    for glob in settings.check.generated.iter().chain([&settings.compile.output]) {
        found.extend(misspelled(project, glob, "it is generated: `git rm --cached` it"));
    }
    // What several globs mean is one mistake.
    let mut seen = BTreeSet::new();
    found.retain(|finding| seen.insert(finding.path.clone()));
    found
}

/// The tracked files that a glob means but for the spelling.
fn misspelled(project: &Project<'_>, glob: &str, help: &str) -> Vec<Finding> {
    // Settings with an invalid glob are refused before any rule runs.
    let (Ok(exact), Ok(loose)) = (Selection::new(&[glob]), Selection::ignoring_case(&[glob])) else {
        return Vec::new();
    };
    let is_misspelled = |path: &Path| loose.matches(path) && !exact.matches(path);
    let tracked =
        project.files.iter().filter(|file| file.id.is_some() && is_misspelled(Path::new(&*file.path)));
    let finding = |file: &File| {
        let message = format!("the path differs from `{glob}` in capital letters only");
        Finding::of_file(RULE.severity, &file.path, message).help(help)
    };
    tracked.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{app, lines};

    #[test]
    fn sources_inputs_the_entry_and_the_settings_are_looked_for_in_any_case() {
        let files = [
            ("Ecosystems/a.CLJS", ""),
            ("Shadow-cljs.edn", "{}"),
            ("ecosystem.Config.cjs", ""),
            ("PM2sync.toml", ""),
            ("ecosystems/web.cljs", &app("")),
        ];
        let line = |path: &str, glob: &str| {
            let said = format!("the path differs from `{glob}` in capital letters only");
            format!("path-case {path}: warning: {said}; `git mv` it to that spelling\n")
        };
        let expected = [
            line("Ecosystems/a.CLJS", "ecosystems/*.cljs"),
            line("PM2sync.toml", "pm2sync.toml"),
            line("Shadow-cljs.edn", "shadow-cljs.edn"),
            line("ecosystem.Config.cjs", "ecosystem.config.cjs"),
        ];
        assert_eq!(lines(&files), expected.concat());
    }

    #[test]
    fn a_tracked_artifact_in_another_spelling_is_the_artifact_where_case_does_not_count() {
        let files = [(".Clobber/index.cjs", ""), ("ecosystems/web.cljs", &app(""))];
        assert_eq!(
            lines(&files),
            "path-case .Clobber/index.cjs: warning: the path differs from `.clobber/**` in capital letters only; it is \
             generated: `git rm --cached` it\n"
        );
    }
}
