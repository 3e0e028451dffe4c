//! The worker: what a hook starts goes on whatever becomes of the hook, one at
//! a time, when git is at rest, and somebody hears how it ended.

use std::fs;
use std::os::unix::process::CommandExt;

use rustix::process::Signal;

use crate::support::{
    APPS_FILE, SLOW_FILE, Sandbox, Workspace, begin, is_alive, is_free, signal, signal_group, slow_sandbox,
    until, variable_of,
};

/// A server in sync, and a pushed change whose compile does not end before it is let go.
fn behind(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    server.syncs();
    server.deletes(".begun").holds_the_compiler();
    sandbox.laptop().edits(SLOW_FILE, "4001", "4002").pushes("move web");
    server
}

/// The session that a process belongs to.
fn session_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(3)?.parse().ok()
}

#[test]
fn ctrl_c_on_git_pull_does_not_stop_the_worker() {
    let sandbox = slow_sandbox("60s");
    let server = behind(&sandbox);
    let mut command = server.command("git", server.root());
    let pull = begin(command.arg("pull").process_group(0));
    // From its first moment on, long before it compiles.
    until("the worker is there", || !server.workers().is_empty());

    signal_group(pull.pid(), Signal::INT);
    let pull = pull.ends();
    assert!(!server.workers().is_empty(), "the worker was stopped: {}", pull.all());
    assert_eq!(server.workers().first().copied().and_then(session_of), server.workers().first().copied());
    server.lets_the_compiler_go().comes_to_rest();
    assert_eq!(server.port(), "4002");
    server.pm2sync(&["status"]).exits(0).says("in the background until");
}

#[test]
fn a_captured_pull_returns_although_the_worker_goes_on() {
    let sandbox = slow_sandbox("0s");
    let server = behind(&sandbox);
    let mut shell = server.shell();
    let pull = server.runs(shell.args(["-c", "git pull 2>&1 | cat"])).exits(0);
    assert!(pull.stdout.contains("in the background"), "{}", pull.all());
    assert!(server.state_folder().join("pending").exists(), "it waited for the end: {}", pull.all());
    server.lets_the_compiler_go().comes_to_rest();
    assert_eq!(server.port(), "4002");
}

#[test]
fn a_slow_compile_goes_on_in_the_background_and_the_next_command_tells_once_how_it_ended() {
    let sandbox = slow_sandbox("500ms");
    let server = behind(&sandbox);
    server.pulls().says("in the background");
    server.pm2sync(&["status"]).exits(0).never_says("in the background");
    server.lets_the_compiler_go().comes_to_rest();
    assert_eq!(server.port(), "4002");

    let status = server.pm2sync(&["status"]).exits(0);
    let first = status.stderr.lines().next().unwrap_or_default();
    assert!(first.contains("git pull") && first.contains("1 done"), "{}", status.all());
    server.pm2sync(&["status"]).exits(0).never_says("git pull 1 done").never_says("in the background");
}

#[test]
fn the_next_pull_tells_how_the_last_one_ended_and_then_what_it_did_itself() {
    let sandbox = slow_sandbox("500ms");
    let server = behind(&sandbox);
    server.pulls().says("in the background");
    server.lets_the_compiler_go().comes_to_rest();
    let laptop = sandbox.laptop();
    laptop.edits("pm2sync.toml", "500ms", "90s").edits(SLOW_FILE, "4002", "4003").pushes("move web again");

    let pull =
        server.pulls().says("in the background until").says("replaced web").never_says("already running");
    let lines: Vec<_> = pull.stderr.lines().filter(|line| line.starts_with("pm2sync: ")).collect();
    assert!(lines[0].contains("in the background until"), "{}", pull.all());
    assert_eq!(server.port(), "4003");
    server.pm2sync(&["status", "--exit-code"]).exits(0).never_says("in the background");
}

#[test]
fn a_compile_that_fails_in_the_background_is_told_of() {
    let sandbox = slow_sandbox("500ms");
    let server = behind(&sandbox);
    sandbox.laptop().edits(SLOW_FILE, "\"apps\"", "\"no-apps\"").pushes("lose the apps");
    server.pulls().says("in the background");
    server.lets_the_compiler_go();
    until("no worker works", || server.workers().is_empty());
    let status = server.pm2sync(&["status"]);
    assert!(status.stderr.lines().next().is_some_and(|line| line.contains("apps")), "{}", status.all());
    assert_eq!(server.port(), "4001");
}

#[test]
fn a_worker_killed_in_the_background_is_told_of_once_and_the_next_trigger_heals() {
    let sandbox = slow_sandbox("500ms");
    let server = behind(&sandbox);
    server.pulls().says("in the background");
    let all = server.workers();
    assert_eq!(all.len(), 1);
    until("it compiles", || server.compiling().is_some_and(is_alive));
    signal(all[0], Signal::KILL);
    until("it is gone", || is_free(&server.state_folder().join("worker")));
    // The stand-in compiler, which would write what it read.
    signal(server.compiling().unwrap(), Signal::KILL);
    server.lets_the_compiler_go();

    server.pm2sync(&["status"]).exits(0).says("before it finished");
    server.pm2sync(&["status"]).exits(0).never_says("before it finished");
    assert_eq!(server.port(), "4001");
    server.pm2sync(&["hook", "post-merge", "0"]).exits(0);
    server.comes_to_rest();
    assert_eq!(server.port(), "4002");
}

/// A server whose local commit does not go with what was pushed.
fn in_conflict(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4100").commits("mine");
    assert_eq!(server.port(), "4100");
    sandbox.laptop().edits(APPS_FILE, "4001", "4200").pushes("theirs");
    server
}

#[test]
fn a_rebase_that_stops_is_waited_for_and_synced_once_at_its_end() {
    let sandbox = Sandbox::with_apps();
    let server = in_conflict(&sandbox);
    let (before, syncs) = (server.snapshot(), server.journal().len());
    let mut pull = server.command("git", server.root());
    let pull = server.runs(pull.args(["pull", "--rebase"]));
    assert_ne!(pull.code, 0);
    let pull = pull.says("waiting for the rebase to end");
    assert_eq!(server.workers().len(), 1, "{}", pull.all());

    // Hooks meanwhile start no other worker, and nothing is done.
    for _ in 0..3 {
        server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
    }
    assert_eq!(server.workers().len(), 1);
    server.pm2sync(&["status"]).exits(4).says("waiting for the rebase to end").says("last sync");
    assert_eq!((server.snapshot(), server.journal().len()), (before.clone(), syncs));

    server.git(&["checkout", "--theirs", APPS_FILE]);
    server.edits(APPS_FILE, "4100", "4300").git(&["add", APPS_FILE]);
    sandbox.sets("GIT_EDITOR", "true");
    server.git(&["rebase", "--continue"]).says("replaced web");
    server.comes_to_rest();
    assert_eq!(server.port(), "4300");
    assert_eq!(server.changed_since(&before), ["web"]);
    assert_eq!(server.journal().len(), syncs + 1);
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_rebase_that_does_not_end_is_not_waited_for_without_end() {
    let sandbox = Sandbox::with_apps();
    let server = in_conflict(&sandbox);
    let before = server.snapshot();
    let mut pull = server.command("git", server.root());
    server.runs(pull.args(["pull", "--rebase"])).says("waiting for the rebase");
    let [worker] = server.workers()[..] else { panic!("{:?}", server.workers()) };
    signal(worker, Signal::KILL);
    until("it is gone", || !is_alive(worker));

    // An hour is too long for a test.
    let order = r#"{"trigger": {"what": "git pull"}}"#;
    server.pm2sync(&["worker", "--patience", "1", order]).exits(0);
    let status = server.pm2sync(&["status"]);
    status.says("the rebase has not ended; the next hook or `pm2sync sync` continues").says("pending");
    assert_eq!(server.snapshot(), before);

    server.git(&["rebase", "--abort"]);
    server.edits(APPS_FILE, "4100", "4400").commits("another");
    server.comes_to_rest();
    assert_eq!(server.port(), "4400");
}

#[test]
fn a_rebase_that_is_given_up_is_noticed_although_git_tells_nobody() {
    let sandbox = Sandbox::with_apps();
    let server = in_conflict(&sandbox);
    let before = server.snapshot();
    let mut pull = server.command("git", server.root());
    server.runs(pull.args(["pull", "--rebase"])).says("waiting for the rebase");
    server.git(&["rebase", "--abort"]);
    server.comes_to_rest();
    assert_eq!(server.snapshot(), before);
    assert!(server.workers().is_empty());
    server.pm2sync(&["status", "--exit-code"]).exits(0).says("nothing to do");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
}

#[test]
fn a_hand_written_entry_that_is_edited_during_a_sync_is_synced_too() {
    let entry = |mark: &str| {
        format!(
            "module.exports = {{apps: [{{name: 'web', script: 'app.js', min_uptime: '3s', env: {{MARK: '{mark}'}}}}]}};\n"
        )
    };
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", &entry("0"))]);
    let server = sandbox.server();
    server.syncs();
    let running = begin(&mut server.writes("ecosystem.config.cjs", &entry("1")).pm2sync_command(&["sync"]));
    let is_first = |pid: &u32| variable_of(*pid, "MARK").as_deref() == Some("1");
    until("the first is in place", || server.daemons_children().iter().any(is_first));
    server.writes("ecosystem.config.cjs", &entry("2")).commits("another");
    running.ends().exits(0);
    server.comes_to_rest();
    assert_eq!(server.running("web").variable("MARK").as_deref(), Some("2"));
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_sync_of_one_app_does_nothing_for_the_others_whoever_comes_meanwhile() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["delete", "clock"]);
    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "first", "second");
    server.pm2sync(&["pause"]).exits(0);
    let before = server.snapshot();
    let one = begin(&mut server.pm2sync_command(&["sync", "--only", "web"]));
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("paused");
    one.ends().exits(0);
    assert_eq!(server.changed_since(&before), ["web"]);
}
