//! Whole programs. The helpers here are shared by all tests of the compiler.

mod ecosystems;
mod hostile;
mod limits;
mod refusals;

use std::collections::BTreeMap;

use crate::clojure::compile;
use crate::clojure::program::{Compiled, Entry, Program};

/// Compiles files under `ecosystems/`, from `index` or, without one, all of them.
pub(crate) fn compiled(
    files: &[(&str, &str)],
    environment: &[(&str, &str)],
) -> Result<Compiled, Vec<String>> {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| (format!("ecosystems/{path}"), (*text).to_owned())).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let index = files.contains_key("ecosystems/index.cljs");
    let entries: Vec<Entry> = if index {
        vec![Entry::Namespace("index".into())]
    } else {
        files.keys().map(|path| Entry::File(path.clone())).collect()
    };
    let program = Program {
        source_paths: &["ecosystems".to_owned()],
        entries: &entries,
        environment: &environment,
        directory: "/srv/work",
        read: &|path| Ok(files.get(path).cloned()),
    };
    compile(&program).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// The exports as JSON text, or the errors.
pub(crate) fn exports(files: &[(&str, &str)]) -> String {
    match compiled(files, &[("PORT", "80"), ("EMPTY", "")]) {
        Ok(compiled) => compiled.exports.to_string(),
        Err(errors) => errors.join("\n"),
    }
}
