//! `doctor`: a line for each thing a sync depends on, what is wrong with it, and
//! the next step; and the proof that a hook finds its programs under `env -i`.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::{
    APPS_FILE, Finished, SLOW_FILE, Sandbox, Workspace, find, node_programs, slow_sandbox, until,
};

/// The words of a check's verdict, and the rest of its line.
#[track_caller]
fn line(finished: &Finished, check: &str) -> (String, String) {
    let found: Vec<_> = finished
        .stdout
        .lines()
        .filter_map(|line| {
            let (verdict, rest) = line.split_once(' ')?;
            Some((verdict.to_owned(), rest.trim_start().strip_prefix(check)?.strip_prefix(": ")?.to_owned()))
        })
        .collect();
    assert_eq!(found.len(), 1, "lines of `{check}` in:\n{}", finished.all());
    found.into_iter().next().unwrap()
}

#[track_caller]
fn is_wrong(workspace: &Workspace<'_>, check: &str, words: &str) {
    let said = workspace.pm2sync(&["doctor"]).exits(1);
    let (verdict, rest) = line(&said, check);
    assert_eq!(verdict, "wrong", "{}", said.all());
    assert!(rest.contains(words), "{rest}");
}

fn healthy(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    // Under `env -i` there is no `PM2_HOME`; the settings count everywhere.
    let settings = format!("[pm2]\nhome = \"{}\"\n", sandbox.pm2_home().display());
    server.writes("pm2sync.toml", &settings);
    server.syncs();
    server
}

#[test]
fn a_healthy_workspace_is_well_in_every_check() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    let said = server.pm2sync(&["doctor"]).exits(0);
    assert!(said.stdout.lines().all(|line| line.starts_with("ok ")), "{}", said.all());
    assert!(line(&said, "pm2").1.ends_with("version 7.0.4"), "{}", said.all());
    assert!(line(&said, "daemon").1.contains("7.0.4"), "{}", said.all());
    assert!(line(&said, "bare environment").1.contains("finds node ("), "{}", said.all());
    server.pm2sync(&["doctor", "-q"]).exits(0).says_nothing();
}

#[test]
fn a_fresh_clone_is_told_its_next_steps_and_nothing_is_started() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let said = laptop.pm2sync(&["doctor"]).exits(1);
    assert!(line(&said, "enrolment").1.contains("`pm2sync sync`"), "{}", said.all());
    assert!(line(&said, "hooks").1.contains("`pm2sync install-hooks`"), "{}", said.all());
    assert_eq!(line(&said, "daemon").0, "note");
    assert!(!sandbox.has_daemon() && !sandbox.pm2_home().exists());
    assert!(!laptop.state_folder().exists());
}

#[test]
fn a_stale_hook_is_noticed_and_mended() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    let hook = server.hook_file("post-merge");
    let good = fs::read_to_string(&hook).unwrap();
    for (from, to, words) in [
        (env!("CARGO_BIN_EXE_pm2sync"), "/gone/pm2sync", "runs `/gone/pm2sync`, which is gone"),
        ("pm2sync 1 post", "pm2sync 0 post", "has lines of version 0"),
    ] {
        fs::write(&hook, good.replace(from, to)).unwrap();
        is_wrong(&server, "hooks", words);
        server.pm2sync(&["install-hooks"]).exits(0).says("updated post-merge");
        server.pm2sync(&["doctor"]).exits(0);
    }
    fs::remove_file(&hook).unwrap();
    is_wrong(&server, "hooks", "not installed for post-merge");
}

#[test]
fn settings_that_cannot_be_read_are_one_line_among_the_others() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    server.writes("pm2sync.toml", "soruces = []\n");
    is_wrong(&server, "settings", "did you mean `sources`?");
}

#[test]
fn an_edited_artifact_and_one_in_git_are_wrong() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    server.edits(".clobber/index.cjs", "4001", "4002");
    is_wrong(&server, "artifact", "was edited by hand");
    server.syncs();
    server.git(&["add", "-f", ".clobber/index.cjs"]);
    is_wrong(&server, "artifact", "git does not ignore `.clobber/index.cjs`");
}

#[test]
fn definitions_that_do_not_compile_are_wrong_and_nothing_is_written() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    assert_eq!(line(&server.pm2sync(&["doctor"]).exits(0), "definitions").1, "compile: 3 apps");
    let (before, artifact) = (server.snapshot(), server.reads(".clobber/index.cjs"));
    let text = server.reads(APPS_FILE);
    server.edits(APPS_FILE, "(defapp \"clock\"", "(no-such \"clock\"");
    is_wrong(&server, "definitions", &format!("do not compile: {APPS_FILE}:"));
    server.writes(APPS_FILE, &text.replace(":env    {:QUEUE", ":kill_timeout \"2s\" :env {:QUEUE"));
    is_wrong(&server, "definitions", "not all of them can be applied");
    assert_eq!((server.snapshot(), server.reads(".clobber/index.cjs")), (before, artifact));
}

#[test]
fn what_takes_long_to_compile_is_not_compiled_by_the_doctor() {
    let sandbox = slow_sandbox("90s");
    let server = sandbox.server();
    let said = server.pm2sync(&["doctor"]).exits(1);
    assert_eq!(line(&said, "definitions").0, "note", "{}", said.all());
    assert_eq!(server.compiling(), None);
    server.syncs();
    let compiled = server.compiling();
    server.edits(SLOW_FILE, "4001", "4002");
    let said = line(&server.pm2sync(&["doctor"]), "definitions");
    assert_eq!((said.0.as_str(), said.1.ends_with("had 2 apps")), ("ok", true), "{}", said.1);
    assert_eq!(server.compiling(), compiled);
    server.edits(SLOW_FILE, "\"apps\"", "\"no-apps\"");
    server.pm2sync(&["sync"]).exits(4);
    is_wrong(&server, "definitions", "did not compile the last time");
}

#[test]
fn apps_that_are_not_well_are_named_with_the_way_out() {
    let sandbox = Sandbox::with_apps();
    sandbox.laptop().writes("crashes.sh", "exit 1\n").pushes("a script that crashes");
    let server = healthy(&sandbox);
    sandbox.starts_by_hand("extra");
    let crashing =
        "(defapp \"sick\" {:script \"crashes.sh\" :max_restarts 1})\n(defapp \"extra\" {:script \"app.js\"})";
    server.edits(APPS_FILE, "(defapp \"clock\"", &format!("{crashing}\n(defapp \"clock\""));
    server.pm2sync(&["sync"]).exits(5);
    until("PM2 gives up", || server.running("sick").status == "errored");
    is_wrong(&server, "apps", "`sick` is unhealthy");
    is_wrong(&server, "apps", "`pm2sync sync --force 'sick'` tries again");
    is_wrong(&server, "apps", "`extra` was left: not started by pm2sync");
    is_wrong(&server, "apps", "`pm2sync sync --yes --only 'extra'` takes it over");

    server.edits(APPS_FILE, crashing, "(defapp \"extra\" {:script \"app.js\"})");
    server.pm2sync(&["sync"]).exits(1);
    let said = server.pm2sync(&["doctor"]).exits(0);
    assert_eq!(line(&said, "apps").0, "note", "{}", said.all());

    server.edits(APPS_FILE, "{:script \"app.js\"\n   :args", "{:script \"crashes.sh\"\n   :args");
    server.pm2sync(&["sync"]).exits(5).says("rolled back web");
    is_wrong(&server, "apps", "`web` was rolled back");
}

#[test]
fn what_is_set_on_purpose_is_a_note() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    let home = fs::read_to_string(server.root().join("pm2sync.toml")).unwrap();
    server.writes("pm2sync.toml", &format!("{home}[hooks]\nbranches = [\"live\"]\n"));
    fs::write(server.state_folder().join("paused"), "for the night\n").unwrap();
    sandbox.sets("CI", "true");
    let said = server.pm2sync(&["doctor"]).exits(0);
    assert_eq!(line(&said, "branch").0, "note", "{}", said.all());
    assert_eq!(line(&said, "pause").0, "note", "{}", said.all());
    let (verdict, words) = line(&said, "switches");
    assert_eq!((verdict.as_str(), words.contains("PM2SYNC=1")), ("note", true), "{}", said.all());
}

#[test]
fn a_manager_that_calls_pm2sync_is_well_and_one_that_does_not_is_not() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes(".husky/pre-push", "true\n");
    is_wrong(&laptop, "hooks", "husky does not call pm2sync for post-merge");
    let snippet = laptop.pm2sync(&["install-hooks"]).exits(1).stdout;
    laptop.runs(laptop.shell().args(["-c", &snippet])).exits(0);
    let said = laptop.pm2sync(&["doctor"]);
    assert_eq!(line(&said, "hooks").0, "ok", "{}", said.all());
    // What a manager runs carries no PATH, and here nothing is on the bare one.
    assert_eq!(line(&said, "bare environment").0, "wrong", "{}", said.all());
}

#[test]
fn a_home_that_only_the_shell_knows_is_not_the_one_of_a_bare_hook() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    is_wrong(&server, "bare environment", "set `[pm2] home`");
}

/// Version managers keep programs below the home of a person, and only a shell knows.
#[test]
fn programs_of_a_version_manager_are_found_under_a_bare_environment() {
    for place in [".nvm/versions/node/v20/bin", ".volta/bin", ".asdf/shims"] {
        let sandbox = Sandbox::with_apps();
        let bin = sandbox.folder().join("home").join(place);
        fs::create_dir_all(&bin).unwrap();
        // As asdf and volta have it, a program that finds the real one.
        sandbox.puts_on_path("node", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", find("node").display()));
        fs::rename(sandbox.folder().join("bin/node"), bin.join("node")).unwrap();
        symlink(node_programs().join("pm2"), bin.join("pm2")).unwrap();
        sandbox.sets("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        let server = healthy(&sandbox);
        let words = line(&server.pm2sync(&["doctor"]).exits(0), "bare environment").1;
        // The machine may have a node of its own, which is not the one that was meant.
        assert!(words.contains(&format!("node ({}/node)", bin.display())), "{words}");
        assert!(words.contains(&format!("pm2 ({}/pm2)", bin.display())), "{words}");

        fs::remove_file(bin.join("pm2")).unwrap();
        is_wrong(&server, "pm2", "cannot find `pm2`");
        is_wrong(&server, "bare environment", "does not find pm2");
    }
}

#[test]
fn the_command_of_the_compiler_is_looked_for_too() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    let home = server.reads("pm2sync.toml");
    let command = "[compile]\ncompiler = \"command\"\ncommand = [\"no-such-compiler\"]\n";
    server.writes("pm2sync.toml", &format!("{home}{command}"));
    is_wrong(&server, "compiler", "cannot find `no-such-compiler`");
    is_wrong(&server, "bare environment", "does not find no-such-compiler");
}

#[test]
fn a_pull_under_env_i_syncs_as_any_other() {
    let sandbox = Sandbox::with_apps();
    let server = healthy(&sandbox);
    let before = server.snapshot();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    let mut pull = sandbox.command(find("git"), server.root());
    pull.env_clear().env("PATH", "/usr/bin:/bin").arg("pull");
    let pulled = server.runs(&mut pull).exits(0);
    // These settings let git wait no longer than everywhere.
    server.comes_to_rest();
    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
}

#[test]
fn hooks_of_the_settings_count_only_where_git_runs_them() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let version = laptop.git(&["version"]).stdout;
    let runs_them = version.split(['.', ' ']).filter_map(|part| part.parse::<u32>().ok()).take(2).ge([2, 54]);
    let text = fs::read_to_string(crate::support::repository().join("docs/hooks.md")).unwrap();
    let documented = text.split("\n\n").find(|part| part.contains("git config \"hook.pm2sync")).unwrap();
    let binary = env!("CARGO_BIN_EXE_pm2sync");
    sandbox.puts_on_path("pm2sync", &format!("#!/bin/sh\nexec '{binary}' \"$@\"\n"));
    laptop.runs(laptop.shell().args(["-c", documented])).exits(0);
    let said = laptop.pm2sync(&["doctor"]).exits(1);
    assert_eq!(line(&said, "hooks").0, if runs_them { "ok" } else { "wrong" }, "{}", said.all());
}
