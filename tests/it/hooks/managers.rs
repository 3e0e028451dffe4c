//! Hook managers own the hook files: they are recognised, the lines for them are
//! printed, and with those lines the real managers call pm2sync on a pull.

use std::path::{Path, PathBuf};

use crate::support::{APPS_FILE, Sandbox, Workspace, lefthook, node_programs, python_programs, run};

const FOUR: [&str; 8] =
    ["-t", "post-merge", "-t", "post-checkout", "-t", "post-rewrite", "-t", "post-commit"];

/// What stands in a repository that has a manager, and how that is put to work in a clone.
struct Case {
    name: &'static str,
    file: &'static str,
    before: &'static str,
    program: PathBuf,
    arguments: Vec<&'static str>,
}

/// Prints the snippet, puts it where it says, and pulls an edit through the real manager.
fn calls_pm2sync(case: &Case) {
    let sandbox = Sandbox::with_apps();
    let binary = env!("CARGO_BIN_EXE_pm2sync");
    sandbox.puts_on_path("pm2sync", &format!("#!/bin/sh\nexec '{binary}' \"$@\"\n"));
    let laptop = sandbox.laptop();
    laptop.writes(case.file, case.before);
    let refused = laptop.pm2sync(&["install-hooks"]).exits(1).says(case.name).says("--force");
    assert!(!laptop.hook_file("post-merge").exists(), "{}", refused.all());
    adds(&laptop, case, &refused.stdout);
    laptop.pushes("let the manager call pm2sync");

    let server = sandbox.clones("remote.git", "server");
    run(sandbox.command(&case.program, server.root()).args(&case.arguments)).exits(0);
    server.pm2sync(&["install-hooks"]).exits(0).says("calls pm2sync already");
    server.syncs();
    let before = server.snapshot();
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");
    let pulled = server.pulls();
    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());

    server.git(&["checkout", "-q", "HEAD~1"]);
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4001"));

    server.pm2sync(&["uninstall-hooks"]).exits(0).says(&format!("{} still calls pm2sync", case.name));

    // On a machine without pm2sync it costs a line, and git goes on.
    sandbox.puts_on_path("pm2sync", "#!/bin/sh\nexec /nowhere/pm2sync\n");
    server.git(&["checkout", "-q", "main"]);
}

fn adds(laptop: &Workspace<'_>, case: &Case, snippet: &str) {
    if case.name == "husky" {
        laptop.runs(laptop.shell().args(["-c", snippet])).exits(0);
    } else {
        laptop.writes(case.file, &format!("{}{snippet}", case.before));
    }
}

#[test]
fn husky_calls_pm2sync_with_the_lines_that_are_printed() {
    calls_pm2sync(&Case {
        name: "husky",
        file: ".husky/pre-push",
        before: "true\n",
        program: node_programs().join("husky"),
        arguments: vec![],
    });
}

#[test]
fn lefthook_calls_pm2sync_with_the_lines_that_are_printed() {
    calls_pm2sync(&Case {
        name: "lefthook",
        file: "lefthook.yml",
        before: "output: [execution_out, execution_info]\n",
        program: lefthook(),
        arguments: vec!["install"],
    });
}

#[test]
fn prek_calls_pm2sync_with_the_lines_that_are_printed() {
    calls_pm2sync(&Case {
        name: "prek",
        file: "prek.toml",
        before: "minimum_prek_version = \"0.3.0\"\n",
        program: python_programs().join("prek"),
        arguments: [&["install"][..], &FOUR].concat(),
    });
}

#[test]
fn pre_commit_calls_pm2sync_with_the_lines_that_are_printed() {
    calls_pm2sync(&Case {
        name: "pre-commit",
        file: ".pre-commit-config.yaml",
        before: "repos:\n",
        program: python_programs().join("pre-commit"),
        arguments: [&["install"][..], &FOUR].concat(),
    });
}

#[test]
fn prek_reads_the_lines_of_pre_commit_too() {
    calls_pm2sync(&Case {
        name: "pre-commit",
        file: ".pre-commit-config.yaml",
        before: "repos:\n",
        program: python_programs().join("prek"),
        arguments: [&["install"][..], &FOUR].concat(),
    });
}

#[test]
fn beside_a_manager_hooks_are_installed_only_by_force() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes(".lefthook.toml", "");
    laptop.pm2sync(&["install-hooks", "--event", "post-merge"]).exits(1).says("`post-merge`");
    laptop.pm2sync(&["install-hooks", "--force"]).exits(0);
    assert!(Path::new(&laptop.hook_file("post-merge")).exists());
}
