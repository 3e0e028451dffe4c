//! Installing the hooks, living beside other hooks, and leaving without a trace.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{APPS_FILE, Sandbox, Workspace, find};

const EVENTS: [&str; 4] = ["post-checkout", "post-commit", "post-merge", "post-rewrite"];

/// Every file of the hooks folder with its bytes and its mode.
fn hooks_of(workspace: &Workspace) -> BTreeMap<String, (Vec<u8>, u32)> {
    let folder = workspace.hook_file("");
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| !entry.path().to_string_lossy().ends_with(".sample"))
        .map(|entry| {
            let mode = entry.metadata().map_or(0, |metadata| metadata.permissions().mode());
            let bytes = fs::read(entry.path()).unwrap_or_default();
            (entry.file_name().to_string_lossy().into_owned(), (bytes, mode))
        })
        .collect()
}

fn puts_hook(workspace: &Workspace, event: &str, text: &str) {
    let file = workspace.hook_file(event);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_repository_without_hooks_gets_four_that_can_be_run() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["install-hooks"]).exits(0);

    let hooks = hooks_of(&laptop);
    assert_eq!(hooks.keys().collect::<Vec<_>>(), EVENTS);
    for (event, (bytes, mode)) in &hooks {
        assert!(bytes.starts_with(b"#!/bin/sh\n"), "{event}");
        assert_eq!(mode & 0o111, 0o111, "{event} is executable");
    }
}

#[test]
fn installing_twice_is_the_same_as_once() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    puts_hook(&laptop, "post-merge", "#!/bin/sh\necho theirs\n");
    laptop.pm2sync(&["install-hooks"]).exits(0);
    let once = hooks_of(&laptop);
    laptop.pm2sync(&["install-hooks"]).exits(0);
    assert_eq!(hooks_of(&laptop), once);
}

#[test]
fn uninstalling_gives_back_every_byte() {
    // With and without a last line feed, with other modes, with a line end of another world, and a program
    // that is no shell script.
    let theirs = [
        ("post-merge", "#!/bin/sh\necho theirs\n"),
        ("post-commit", "#!/bin/bash\nset -e\necho no last line feed"),
        ("post-rewrite", "#!/usr/bin/env node\nconsole.log(\"theirs\");\n"),
        ("pre-push", "#!/bin/sh\nexit 0\n"),
    ];
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    for (event, text) in theirs {
        puts_hook(&laptop, event, text);
    }
    fs::set_permissions(laptop.hook_file("post-merge"), fs::Permissions::from_mode(0o750)).unwrap();
    let before = hooks_of(&laptop);

    laptop.pm2sync(&["install-hooks"]).exits(0);
    assert_ne!(hooks_of(&laptop), before);
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(hooks_of(&laptop), before);
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(hooks_of(&laptop), before);
}

#[test]
fn an_existing_shell_hook_goes_on_working() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.clones("remote.git", "server");
    puts_hook(&server, "post-merge", "#!/bin/sh\necho \"theirs $1\" > \"$HOME/theirs\"\n");
    server.pm2sync(&["install-hooks"]).exits(0);
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert_eq!(fs::read_to_string(sandbox.folder().join("home/theirs")).unwrap_or_default(), "theirs 0\n");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn an_existing_hook_that_exits_early_does_not_keep_ours_from_running() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.clones("remote.git", "server");
    puts_hook(&server, "post-merge", "#!/bin/sh\necho theirs > \"$HOME/theirs\"\nexit 0\n");
    server.pm2sync(&["install-hooks"]).exits(0);
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert!(sandbox.folder().join("home/theirs").exists());
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn an_existing_hook_in_another_language_is_run_first() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.clones("remote.git", "server");
    let theirs =
        "#!/usr/bin/env node\nrequire('fs').writeFileSync(process.env.HOME + '/theirs', process.argv[2]);\n";
    puts_hook(&server, "post-merge", theirs);
    server.pm2sync(&["install-hooks"]).exits(0);
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert_eq!(fs::read_to_string(sandbox.folder().join("home/theirs")).unwrap_or_default(), "0");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn only_the_asked_for_events_are_installed() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["install-hooks", "--event", "post-merge"]).exits(0);
    assert_eq!(hooks_of(&laptop).into_keys().collect::<Vec<_>>(), ["post-merge"]);
}

#[test]
fn a_hooks_path_of_somebody_elses_is_refused_unless_forced() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.clones("remote.git", "server");
    server.git(&["config", "core.hooksPath", ".hooks"]);
    server.pm2sync(&["install-hooks"]).exits(1).says("core.hooksPath").says("--force");
    assert!(!server.root().join(".hooks").exists());

    server.pm2sync(&["install-hooks", "--force"]).exits(0);
    server.syncs();
    let before = server.snapshot();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert_eq!(server.changed_since(&before), ["web"]);
}

/// Pulls an edit with `name` set to `value`: the hook must do nothing and say nothing.
#[track_caller]
fn a_pull_with(name: &str, value: &str) {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    sandbox.sets(name, value);
    let pulled = server.pulls();
    sandbox.unsets(name);

    assert_eq!(server.snapshot(), before);
    assert!(!pulled.all().contains("web: "), "{}", pulled.all());
    server.syncs().says("replaced web");
}

#[test]
fn pm2sync_0_turns_the_hooks_off() {
    a_pull_with("PM2SYNC", "0");
}

#[test]
fn hooks_do_nothing_in_continuous_integration() {
    a_pull_with("CI", "true");
}

#[test]
fn hooks_work_in_continuous_integration_when_asked_to() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    sandbox.sets("CI", "true").sets("PM2SYNC", "1");
    server.pulls();

    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn a_missing_binary_costs_one_line_and_the_pull_succeeds() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    for event in EVENTS {
        let file = server.hook_file(event);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(env!("CARGO_BIN_EXE_pm2sync")), "{event} names the program by absolute path");
        fs::write(&file, text.replace(env!("CARGO_BIN_EXE_pm2sync"), "/nowhere/pm2sync")).unwrap();
    }

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    let pulled = server.pulls();

    let ours = pulled.all().lines().filter(|line| line.contains("pm2sync")).count();
    assert_eq!(ours, 1, "{}", pulled.all());
}

#[test]
fn a_checkout_never_looks_failed_because_of_a_hook() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.git(&["switch", "-q", "-c", "broken"]);
    server.writes(APPS_FILE, "(ns apps").commits("break it");
    server.git(&["checkout", "main"]);
    server.git(&["checkout", "broken"]);
}

#[test]
fn the_same_file_serves_a_bare_environment() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    // A client with windows often has no more than this on its PATH: no node, no PM2.
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    let bare = sandbox.folder().join("bare");
    fs::create_dir(&bare).unwrap();
    for program in ["git", "sh"] {
        std::os::unix::fs::symlink(find(program), bare.join(program)).unwrap();
    }
    sandbox.sets("PATH", bare.into_os_string());
    let pulled = server.pulls();
    sandbox.unsets("PATH");

    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
}
