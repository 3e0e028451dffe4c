//! The rules where they meet git; all else about them is tested beside them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::check::sandbox::{Sandbox, app};

#[test]
fn every_file_of_a_rule_is_in_the_table_from_which_the_docs_are_made() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(root.join("src/lint/rules")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let written: BTreeSet<String> =
        names.filter(|name| name != "mod.rs").map(|name| name.replace(".rs", "").replace('_', "-")).collect();
    let docs = std::fs::read_to_string(root.join("docs/rules.md")).unwrap();
    let listed: BTreeSet<String> =
        docs.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect();
    assert_eq!(written, listed);
}

#[test]
fn generated_files_are_found_however_they_are_ignored() {
    let sandbox = Sandbox::clean();
    sandbox.stage(".clobber/index.cjs", "module.exports = {};\n");
    assert_eq!(sandbox.found(&[]), ["generated-committed .clobber/index.cjs"]);
    sandbox.stage(".gitignore", "");
    assert_eq!(
        sandbox.found(&[]),
        ["generated-committed .clobber/index.cjs", "generated-not-ignored .clobber/index.cjs"]
    );
    sandbox.git(&["rm", "-q", "--cached", ".clobber/index.cjs"]);
    assert_eq!(sandbox.found(&[]), ["generated-not-ignored .clobber/index.cjs"]);
    sandbox.write(".git/info/exclude", ".clobber\n");
    assert_eq!(sandbox.found(&[]), [""; 0]);
    sandbox.write(".git/info/exclude", "");
    sandbox.write(".clobber/.gitignore", "*\n");
    assert_eq!(sandbox.found(&[]), [""; 0]);
}

#[test]
fn an_entry_that_was_compiled_is_found() {
    let sandbox = Sandbox::clean();
    sandbox.stage("ecosystem.config.cjs", "// made\nmodule.exports = {apps: []};\n");
    assert_eq!(sandbox.found(&[]), ["generated-committed ecosystem.config.cjs:2:1"]);
}

#[test]
fn a_project_without_sources_keeps_its_entry() {
    let sandbox = Sandbox::new();
    sandbox.stage("ecosystem.config.cjs", "module.exports = {apps: [{script: \"a.js\"}]};\n");
    assert_eq!(sandbox.found(&[]), [""; 0]);
}

#[test]
fn a_legacy_file_and_a_lost_source_are_found() {
    let sandbox = Sandbox::clean();
    sandbox.stage("ecosystem.pm2.edn", "{}\n");
    sandbox.stage("ecosystems/index.cljs", "(ns index (:require [clobber.macro]))\n");
    assert_eq!(sandbox.found(&[]), ["legacy-file ecosystem.pm2.edn", "not-required ecosystems/web.cljs:1:5"]);
}

#[test]
fn the_settings_say_what_is_read() {
    let sandbox = Sandbox::clean();
    sandbox.stage("notes.txt", "oldtool and pm2-clj\n");
    sandbox.stage("dist/x.json", "{}\n");
    sandbox.stage(
        "pm2sync.toml",
        "[check]\ndocs = [\"*.txt\"]\nlegacy = [\"oldtool\"]\ngenerated = [\"dist/**\"]\n",
    );
    assert_eq!(sandbox.found(&[]), ["generated-committed dist/x.json", "legacy-reference notes.txt:1:1"]);
    sandbox.write("pm2sync.toml", "[chek]\n");
    assert_eq!(sandbox.check(&[]).code, 2);
}

#[test]
fn warnings_fail_only_where_that_is_asked_for() {
    let sandbox = Sandbox::clean();
    sandbox.stage("ecosystems/web.cljs", app("web", ":script \"web.js\" :instances 2"));
    assert_eq!(sandbox.found(&[]), ["instances-without-mode ecosystems/web.cljs:4:33"]);
    assert_eq!((sandbox.check(&[]).code, sandbox.check(&["--strict"]).code), (0, 1));
}

#[test]
fn a_build_output_is_only_a_note() {
    let sandbox = Sandbox::clean();
    sandbox.write(".gitignore", ".clobber/\n/dist\n");
    sandbox.stage("ecosystems/web.cljs", app("web", ":script \"dist/web.js\""));
    assert_eq!(sandbox.findings(&[])[0]["severity"], "note");
    assert_eq!(sandbox.check(&["--strict"]).code, 0);
}

#[test]
fn a_file_that_is_gone_from_the_disk_is_missing_there() {
    let sandbox = Sandbox::clean();
    std::fs::remove_file(sandbox.path("web.js")).unwrap();
    assert_eq!(sandbox.found(&[]), [""; 0]);
    assert_eq!(sandbox.found(&["--worktree"]), ["missing-path ecosystems/web.cljs:4:24"]);
}

#[test]
fn a_stale_artifact_is_found_in_the_worktree() {
    let sandbox = Sandbox::clean();
    let compiled = sandbox.run_in(&sandbox.root(), &["compile"]);
    assert_eq!(compiled.code, 0, "{}", compiled.err);
    assert_eq!(sandbox.found(&["--worktree"]), [""; 0]);
    sandbox.write("ecosystems/web.cljs", app("web", ":script \"web.js\" :max_restarts 6"));
    assert_eq!(sandbox.found(&["--worktree"]), ["artifact-stale .clobber/index.cjs"]);
    assert_eq!(sandbox.found(&[]), [""; 0]);
}

#[test]
fn the_same_is_found_whatever_the_environment_holds() {
    let source = app("web", ":script \"web.js\" :env {:TOKEN (env-var \"TOKEN\")}");
    for set in [true, false] {
        let sandbox = Sandbox::clean();
        let sandbox = if set { sandbox.with("TOKEN", "x") } else { sandbox };
        sandbox.stage("ecosystems/web.cljs", &source);
        assert_eq!(sandbox.found(&[]), ["unset-variable ecosystems/web.cljs:4:46"]);
    }
}

#[test]
fn what_a_source_requires_of_other_folders_is_read_from_the_index() {
    let sandbox = Sandbox::clean();
    sandbox.stage("shadow-cljs.edn", "{:source-paths [\"src\" \"ecosystems\"]}\n");
    sandbox.stage("src/shared/ports.cljs", "(ns shared.ports)\n(def web {:max-restarts 1})\n");
    sandbox.stage(
        "ecosystems/web.cljs",
        "(ns web\n  (:require [clobber.macro :refer [defapp]]\n            [shared.ports :as ports]))\n(defapp \"web\" (assoc ports/web :script \"web.js\"))\n",
    );
    assert_eq!(sandbox.found(&[]), ["unknown-option src/shared/ports.cljs:2:11"]);
}

#[test]
fn conflicts_that_were_staged_are_found_in_every_file_that_decides_and_in_documents() {
    let sandbox = Sandbox::clean();
    sandbox.write("README.md", "Ours.\n");
    sandbox.write("ecosystems/web.cljs", app("web", ":script \"web.js\" :max_restarts 6"));
    sandbox.commit("ours");
    sandbox.git(&["checkout", "-q", "-b", "topic", "HEAD~1"]);
    sandbox.write("README.md", "Theirs.\n");
    sandbox.write("ecosystems/web.cljs", app("web", ":script \"web.js\" :max_restarts 7"));
    sandbox.commit("theirs");
    assert!(!sandbox.try_git(&["merge", "-q", "main"]).status.success(), "a conflict");
    sandbox.git(&["add", "-A"]);
    assert_eq!(
        sandbox.found(&[]),
        ["conflict-marks README.md:1:1", "conflict-marks ecosystems/web.cljs:4:1"]
    );
    let said = sandbox.check(&[]);
    assert!(said.code == 1 && said.out.contains("resolve it, and `git add` the file"), "{}", said.out);
}

#[test]
fn a_conflict_in_an_entry_that_is_written_by_hand_or_an_input_of_another_kind_is_found() {
    let sandbox = Sandbox::new();
    sandbox.stage("pm2sync.toml", "inputs = [\"shared/*\"]\n");
    sandbox.stage("ecosystem.config.cjs", "=======\nmodule.exports = {apps: [{script: \"a.js\"}]};\n");
    sandbox.stage("shared/ports.json", "{\n<<<<<<< HEAD\n");
    sandbox.stage("shared/logo.png", [0xff, 0, 1, 2]);
    let expected = ["conflict-marks ecosystem.config.cjs:1:1", "conflict-marks shared/ports.json:2:1"];
    assert_eq!(sandbox.found(&[]), expected);
    sandbox.stage("pm2sync.toml", "<<<<<<< HEAD\n[check]\n=======\n[hooks]\n>>>>>>> topic\n");
    let said = sandbox.check(&[]);
    assert!(said.code == 2 && said.err.contains("pm2sync.toml:1:1: git has left a conflict"), "{}", said.err);
}

#[test]
fn a_path_in_another_case_is_found_whether_or_not_git_takes_case_into_account() {
    let sandbox = Sandbox::clean();
    sandbox.stage("Ecosystems/other.cljs", app("other", ":script \"web.js\""));
    sandbox.stage(".Clobber/index.cjs", "module.exports = {\"apps\": []};\n");
    for ignores_case in ["false", "true"] {
        sandbox.git(&["config", "core.ignorecase", ignores_case]);
        let expected = ["path-case .Clobber/index.cjs", "path-case Ecosystems/other.cljs"];
        assert_eq!(sandbox.found(&[]), expected, "core.ignorecase={ignores_case}");
        assert_eq!(sandbox.check(&["--strict"]).code, 1);
    }
    sandbox.git(&["mv", "Ecosystems/other.cljs", "ecosystems/other.cljs"]);
    sandbox.git(&["rm", "-q", "--cached", ".Clobber/index.cjs"]);
    assert_eq!(sandbox.found(&[]), [""; 0]);
}
