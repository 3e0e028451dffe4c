//! What the whole program says of the environment that definitions read.

use std::fs;
use std::process::Command;

/// Two variables without a value: one has a default.
const DEFINITIONS: &str = r#"(ns app (:require [clobber.macro :refer [defapp env-var]]))
(defapp "api"
  {:script "api.js"
   :env {:PORT (env-var :PM2SYNC_TEST_PORT "80")
         :TOKEN (env-var :PM2SYNC_TEST_TOKEN)}})
"#;

#[test]
fn a_variable_without_value_and_default_is_a_warning_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("ecosystems")).unwrap();
    fs::write(folder.path().join("ecosystems/app.cljs"), DEFINITIONS).unwrap();
    assert!(Command::new("git").args(["init", "-q"]).current_dir(&folder).status().unwrap().success());
    let output = Command::new(env!("CARGO_BIN_EXE_pm2sync"))
        .args(["--color", "never", "-v", "compile", "--print"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    let apps: serde_json::Value = serde_json::from_str(&stdout).expect("one document and nothing else");
    assert_eq!(apps["apps"][0]["env"]["PORT"], "80");
    assert!(stderr.contains("`PM2SYNC_TEST_TOKEN` is not set"), "{stderr}");
    assert!(stderr.contains("ecosystems/app.cljs:5:17"), "{stderr}");
    assert!(!stderr.contains("`PM2SYNC_TEST_PORT` is not set"), "{stderr}");
    assert!(stderr.contains("the definitions read PM2SYNC_TEST_PORT, PM2SYNC_TEST_TOKEN"), "{stderr}");
}
