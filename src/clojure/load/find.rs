//! Which file holds a namespace, by ClojureScript's rule: `a.b-c` is
//! `a/b_c.cljs` or `.cljc` on one of the source paths.

use crate::clojure::library;
use crate::clojure::machine::fault::ADVICE;
use crate::clojure::program::Program;
use crate::text::diagnostic::Diagnostic;

/// Where a namespace comes from.
pub(super) enum Found {
    /// Path and text of a file.
    File(String, String),
    /// It is one of ours.
    Library,
}

/// Finds the one source of a namespace.
pub(super) fn find(program: &Program<'_>, name: &str) -> Result<Found, Diagnostic> {
    if library::is_reserved(name) {
        let known = library::is_library(name);
        return if known { Ok(Found::Library) } else { Err(not_covered(name)) };
    }
    let stem = file_stem(name).ok_or_else(|| {
        Diagnostic::error(format!("`{name}`: names of namespaces have letters, digits, `-` and `.` here"))
    })?;
    let mut found: Vec<(String, String)> = Vec::new();
    let mut macros = None;
    for root in program.source_paths {
        for extension in ["cljs", "cljc", "clj"] {
            let path = match plain(root) {
                "" => format!("{stem}.{extension}"),
                root => format!("{root}/{stem}.{extension}"),
            };
            match (program.read)(&path) {
                Ok(None) => {}
                Ok(Some(_)) if extension == "clj" => macros = Some(path),
                Ok(Some(text)) => found.push((path, text)),
                Err(why) => return Err(Diagnostic::error(format!("cannot read `{path}`: {why}"))),
            }
        }
    }
    if let [(first, _), (second, _), ..] = &found[..] {
        let message = format!("the namespace `{name}` is in two files, `{first}` and `{second}`");
        return Err(Diagnostic::error(message).help("remove one of them"));
    }
    match (found.pop(), macros) {
        (Some((path, text)), _) => Ok(Found::File(path, text)),
        (None, Some(path)) => {
            let message = format!("`{path}` holds Clojure macros, which are not covered");
            Err(Diagnostic::error(message).help(ADVICE))
        }
        (None, None) if library::is_library(name) => Ok(Found::Library),
        (None, None) if ["clojure.", "cljs.", "goog."].iter().any(|own| name.starts_with(own)) => {
            Err(not_covered(name))
        }
        (None, None) => {
            let message = format!("the namespace `{name}` is not on the source paths");
            let roots = program.source_paths.join(", ");
            Err(Diagnostic::error(message).help(format!("create `{stem}.cljs` in one of: {roots}")))
        }
    }
}

fn not_covered(name: &str) -> Diagnostic {
    Diagnostic::error(format!("the namespace `{name}` is not covered here")).help(ADVICE)
}

/// The namespace that a file must have by its path.
pub(super) fn expected_namespace(program: &Program<'_>, path: &str) -> Option<String> {
    let stem = path.strip_suffix(".cljs").or_else(|| path.strip_suffix(".cljc"))?;
    let within = |root: &String| match plain(root) {
        "" => Some(stem),
        root => stem.strip_prefix(root)?.strip_prefix('/'),
    };
    let stem = program.source_paths.iter().find_map(within)?;
    Some(stem.replace('/', ".").replace('_', "-"))
}

/// A source path without what does not matter; empty for the workspace itself.
fn plain(root: &str) -> &str {
    let root = root.trim_end_matches('/').trim_start_matches("./");
    if root == "." { "" } else { root }
}

/// The path of a namespace's file below a source path, without extension.
fn file_stem(name: &str) -> Option<String> {
    let allowed = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let part = |part: &str| !part.is_empty() && part.chars().all(allowed);
    name.split('.').all(part).then(|| name.replace('.', "/").replace('-', "_"))
}
