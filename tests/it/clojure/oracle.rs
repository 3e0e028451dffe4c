//! Expressions as ClojureScript has them: one node for all of them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The two that are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Nbb,
    Cherry,
}

/// The root of the repository, where `node_modules` is.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A node that runs one of the scripts in `oracle/`.
pub(crate) fn node(engine: Engine) -> Command {
    let scripts = repository().join("tests/it/clojure/oracle");
    let mut command = Command::new("node");
    command.current_dir(repository()).env("NODE_NO_WARNINGS", "1");
    match engine {
        Engine::Nbb => command.arg("node_modules/nbb/cli.js").arg(scripts.join("nbb.cljs")),
        Engine::Cherry => command.arg(scripts.join("cherry.mjs")),
    };
    command
}

/// What an engine answers: the text of each value, or `throws …`.
pub(crate) fn answers(engine: Engine, expressions: &[String]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in.json"), folder.path().join("out.json"));
    std::fs::write(&input, serde_json::to_vec(expressions).unwrap()).unwrap();
    run(node(engine).arg(&input).arg(&output));
    let answers: Vec<String> = read_json(&output);
    assert_eq!(answers.len(), expressions.len(), "{engine:?} answers every expression");
    answers
}

/// Runs to a good end, and says what was printed where there is none.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().expect("node is installed");
    assert!(
        output.status.success(),
        "{command:?}: {}{}\nrun `npm ci` first",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
