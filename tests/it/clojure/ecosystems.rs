//! Whole workspaces: what their `index` exports here and in ClojureScript. Each
//! file of `ecosystems/` is a workspace, its parts headed `;;; path`.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::clojure::oracle::{read_json, repository, run};
use crate::clojure::ours;

/// What the workspaces are evaluated with.
const ENVIRONMENT: [(&str, &str); 3] = [("STAGE", "prod"), ("PORT", "8080"), ("TOKEN", "t0ken")];

#[test]
fn whole_workspaces_export_what_they_export_in_clojurescript() {
    let mut files: Vec<_> = fs::read_dir(repository().join("tests/it/clojure/ecosystems"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 20, "{} workspaces", files.len());
    let wrong: Vec<String> = files.iter().filter_map(|file| difference(file)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What differs in one workspace.
fn difference(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).unwrap();
    let parts = parts(&text);
    let ours = match ours::program(&parts, &["index"], &ENVIRONMENT) {
        Ok(compiled) => compiled.exports,
        Err(errors) => return Some(format!("{}: {}", file.display(), errors.join("; "))),
    };
    let (ours, theirs) = (doubles(ours).to_string(), doubles(theirs(&parts)).to_string());
    (ours != theirs).then(|| format!("{}\n    ours   {ours}\n    theirs {theirs}", file.display()))
}

/// The files of a workspace, by their paths.
fn parts(text: &str) -> Vec<(String, String)> {
    text.split("\n;;; ")
        .skip(1)
        .map(|part| {
            let (path, text) = part.split_once('\n').expect("a path and a text");
            (format!("ecosystems/{path}"), text.to_owned())
        })
        .collect()
}

/// With every number a double, as JavaScript has it; one may be written in two ways.
fn doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(doubles).collect(),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, value)| (key, doubles(value))).collect())
        }
        other => other,
    }
}

fn theirs(parts: &[(String, String)]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in parts {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let oracle = repository().join("tests/it/clojure/oracle");
    let paths = format!("{}/ecosystems:{}", folder.path().display(), oracle.display());
    let output = folder.path().join("out.json");
    run(Command::new("node")
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .envs(ENVIRONMENT)
        .arg(repository().join("node_modules/nbb/cli.js"))
        .args(["--classpath", &paths])
        .arg(oracle.join("ecosystem.cljs"))
        .arg(&output));
    read_json(&output)
}
