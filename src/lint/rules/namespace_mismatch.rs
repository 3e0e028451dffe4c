//! `namespace-mismatch`: a namespace that does not fit its file name.
//!
//! shadow-cljs looks for `foo-bar` in `foo_bar.cljs`, and fails where the two do
//! not fit. Dots become folders, hyphens underscores.
//!
//! Found:
//!
//! `ecosystems/web_api.cljs`
//!
//! ```clojure
//! (ns web-app)
//! ;   ^^^^^^^ error: the namespace `web-app` does not fit the name of its file
//! ```
//!
//! Not found:
//!
//! `ecosystems/web_api.cljs`
//!
//! ```clojure
//! (ns web-api)
//! ```

use crate::core::finding::Finding;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "namespace-mismatch",
    severity: Severity::Error,
    file: include_str!("namespace_mismatch.rs"),
    check: Check::Source(check),
};

fn check(project: &Project<'_>, source: &Source) -> Vec<Finding> {
    let Some((form, name)) = source.namespace().filter(|_| source.is_definition) else { return Vec::new() };
    let stem = source.path.rsplit_once('.').map_or(source.path.as_str(), |(stem, _)| stem);
    let fits = name.replace('-', "_").replace('.', "/");
    let inside = |root: &String| match root.as_str() {
        "" | "." => Some(stem),
        root => stem.strip_prefix(root)?.strip_prefix('/'),
    };
    let candidates: Vec<&str> = project.source_paths.iter().filter_map(inside).collect();
    // The deepest folder of sources is the one that is meant.
    let Some(nearest) = candidates.iter().min_by_key(|candidate| candidate.len()) else { return Vec::new() };
    if candidates.contains(&fits.as_str()) {
        return Vec::new();
    }
    let expected = nearest.replace('_', "-").replace('/', ".");
    let message = format!("the namespace `{name}` does not fit the name of its file");
    let found = Finding::at(RULE.severity, source.place(form.span), message).help(if expected == name {
        format!("name the file `{fits}.cljs`")
    } else {
        format!("name it `{expected}`, or the file `{fits}.cljs`")
    });
    vec![found]
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::found;

    #[test]
    fn any_folder_of_sources_will_do() {
        let shadow = ("shadow-cljs.edn", "{:source-paths [\"src\"] :builds {}}");
        let files = [
            shadow,
            (".gitignore", ".clobber/\n"),
            ("ecosystems/a_b.cljs", "(ns a-b)"),
            ("ecosystems/d.cljs", "(ns e)"),
        ];
        assert_eq!(found(&files), ["namespace-mismatch ecosystems/d.cljs:1:5"]);
    }
}
