//! What `shadow-cljs.edn` says about the build that makes the artifact: where
//! namespaces are found and which one is compiled.

use std::path::Path;

use crate::clojure::form::Form;
use crate::clojure::{Entry, read_forms};
use crate::core::files::sources::Selection;
use crate::text::conflict::rather_than;
use crate::text::diagnostic::Diagnostic;

/// The file of shadow-cljs's settings, at the root of the workspace.
pub(crate) const FILE: &str = "shadow-cljs.edn";

/// The build that makes the artifact.
const BUILD: &str = "clobber";

/// What pm2sync needs to know of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShadowSettings {
    /// Where namespaces are found, relative to the root, in order.
    pub source_paths: Vec<String>,
    /// Whether there is a `:clobber` build.
    pub has_build: bool,
    /// The namespaces it compiles; none where it says that in a way that only
    /// shadow-cljs knows.
    pub entries: Vec<String>,
}

/// Reads the text of the file.
pub(crate) fn parse(text: &str) -> Result<ShadowSettings, Vec<Diagnostic>> {
    let (forms, errors) = read_forms(FILE, text);
    if !errors.is_empty() {
        return Err(rather_than(errors, FILE, text));
    }
    let Some(settings) = forms.first() else { return Ok(ShadowSettings::default()) };
    let build = get(settings, "builds").and_then(|builds| get(builds, BUILD));
    Ok(ShadowSettings {
        source_paths: get(settings, "source-paths").map(texts).unwrap_or_default(),
        has_build: build.is_some(),
        entries: build.map(entries).unwrap_or_default(),
    })
}

/// Where namespaces are found, and what is loaded: the build's namespaces, else
/// `index` where there is one, else every source in order of path.
pub(crate) fn program(
    shadow: &ShadowSettings,
    selection: &Selection,
    is_file: &dyn Fn(&str) -> bool,
    sources: &[&str],
) -> (Vec<String>, Vec<Entry>) {
    let mut paths = shadow.source_paths.clone();
    for root in selection.roots() {
        let path = root.path.to_string_lossy().into_owned();
        if root.depth != Some(0) && !paths.contains(&path) {
            paths.push(path);
        }
    }
    let index =
        |path: &String| if path.is_empty() { "index.cljs".to_owned() } else { format!("{path}/index.cljs") };
    let entries = if !shadow.entries.is_empty() {
        shadow.entries.iter().cloned().map(Entry::Namespace).collect()
    } else if paths.iter().any(|path| is_file(&index(path))) {
        vec![Entry::Namespace("index".to_owned())]
    } else {
        sources.iter().map(|path| Entry::File((*path).to_owned())).collect()
    };
    (paths, entries)
}

/// Why one of the entries cannot be loaded: ClojureScript needs UTF-8 names.
pub(crate) fn misnamed<'a>(
    sources: impl IntoIterator<Item = &'a Path>,
    entries: &[Entry],
) -> Option<Diagnostic> {
    let is_entry =
        |path: &&Path| entries.iter().any(|entry| *entry == Entry::File(path.to_string_lossy().into_owned()));
    let path = sources.into_iter().find(|path| path.to_str().is_none() && is_entry(path))?;
    Some(
        Diagnostic::error(format!("the name of `{}` is not valid UTF-8", path.display()))
            .help("rename the file"),
    )
}

fn get<'a>(form: &'a Form, key: &str) -> Option<&'a Form> {
    form.map()?.find(|(name, _)| name.is_keyword(key)).map(|(_, value)| value)
}

fn texts(form: &Form) -> Vec<String> {
    form.vector().into_iter().flatten().filter_map(|item| item.string().map(str::to_owned)).collect()
}

/// `:main index/-main`, or `:entries [index]`.
fn entries(build: &Form) -> Vec<String> {
    if let Some(main) = get(build, "main").and_then(Form::symbol) {
        return vec![main.namespace.clone().unwrap_or_else(|| main.name.clone())];
    }
    let entries = get(build, "entries").and_then(Form::vector).into_iter().flatten();
    entries.filter_map(|entry| entry.symbol().map(ToString::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::{ShadowSettings, parse};

    #[test]
    fn paths_and_the_namespace_of_the_build_are_found() {
        let text = r#"{:deps true :source-paths ["src" "ecosystems"]
                       :builds {:app {:target :browser}
                                :clobber {:target :node-script :main index/-main :output-to ".clobber/index.cjs"}}}"#;
        let expected = ShadowSettings {
            source_paths: vec!["src".to_owned(), "ecosystems".to_owned()],
            has_build: true,
            entries: vec!["index".to_owned()],
        };
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn without_the_build_nothing_is_compiled() {
        assert!(!parse("{:builds {:app {}}}").unwrap().has_build);
        assert_eq!(parse("").unwrap(), ShadowSettings::default());
        assert!(parse("{:builds").is_err());
    }
}
