//! Many triggers at one time: one sync works, the others leave it their change
//! or wait for it, and nothing is done twice.

use std::fs::{self, File};

use crate::support::{APPS, APPS_FILE, Finished, Sandbox, begin, children, is_alive, until};

/// How often PM2 has started `app`, by its own log.
fn starts(server: &Sandbox, app: &str) -> usize {
    order_of_starts(server).iter().filter(|name| *name == app).count()
}

/// The apps in the order in which PM2 started them.
fn order_of_starts(server: &Sandbox) -> Vec<String> {
    let log = fs::read_to_string(server.pm2_home().join("pm2.log")).unwrap();
    let lines = log.lines().filter(|line| line.contains("] starting in -"));
    lines.map(|line| line.split_once("App [").unwrap().1.split(':').next().unwrap().to_owned()).collect()
}

#[test]
fn ten_hooks_at_once_are_one_sync() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");

    let hooks: Vec<_> =
        (0..10).map(|_| begin(&mut server.pm2sync_command(&["hook", "post-commit"]))).collect();
    let ended: Vec<_> = hooks.into_iter().map(|hook| hook.ends().exits(0)).collect();
    server.comes_to_rest();

    let said: Vec<String> = ended.iter().map(Finished::all).collect();
    let said = said.join("--\n");
    assert_eq!(server.changed_since(&before), ["web"], "{said}");
    assert_eq!(starts(&server, "web"), 2, "{said}");
    assert_eq!(server.journal().len(), 2, "one by hand, one by a hook: {said}");
    let replaced = ended.iter().filter(|hook| hook.all().contains("replaced web")).count();
    assert_eq!(replaced, 1, "{said}");
    assert!(!said.contains("error") && !said.contains("before it finished"), "{said}");
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
    server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
}

#[test]
fn a_hook_during_a_sync_by_hand_is_not_lost() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let old = server.running("web").pid;
    server.edits(APPS_FILE, "4001", "4002");
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("web is being replaced", || !is_alive(old));

    server.edits(APPS_FILE, "4002", "4003").edits(APPS_FILE, "first", "second");
    let hook = server.pm2sync(&["hook", "post-commit"]).exits(0).never_says("error");
    let sync = sync.ends().exits(0);
    server.comes_to_rest();

    let context = format!("{}{}", sync.all(), hook.all());
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4003"), "{context}");
    assert_eq!(server.running("worker").variable("QUEUE").as_deref(), Some("second"), "{context}");
    assert_eq!((starts(&server, "web"), starts(&server, "worker")), (3, 2), "{context}");
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn two_workspaces_on_one_daemon_exclude_each_other_and_both_end_in_sync() {
    let sandbox = Sandbox::with_apps();
    let other = APPS.replace("\"web\"", "\"web2\"").replace("\"worker\"", "\"worker2\"");
    let other = other.replace("\"clock\"", "\"clock2\"");
    let one = sandbox.laptop();
    let two = sandbox.workspace("two", &[(APPS_FILE, &other)]);
    // The daemon is there already.
    sandbox.starts_by_hand("stranger");

    let syncs = [&one, &two].map(|workspace| begin(&mut workspace.pm2sync_command(&["sync"])));
    let ended = syncs.map(|sync| sync.ends().exits(0));

    let said: Vec<String> = ended.iter().map(Finished::all).collect();
    let said = said.join("--\n");
    let names = ["clock", "clock2", "stranger", "web", "web2", "worker", "worker2"];
    assert_eq!(sandbox.snapshot().names(), names, "{said}");
    let order: Vec<bool> = order_of_starts(&sandbox)[1..].iter().map(|name| name.ends_with('2')).collect();
    let turns = order.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!((order.len(), turns), (6, 1), "they took turns: {order:?}");
    assert!(said.contains("waiting for another sync"), "{said}");
    for workspace in [&one, &two] {
        workspace.pm2sync(&["plan", "--exit-code"]).exits(0);
    }
}

#[test]
fn the_files_of_locks_that_nobody_holds_block_nobody() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    for file in ["lock", "worker"].map(|name| server.state_folder().join(name)) {
        fs::write(file, "4194304\n").unwrap();
    }
    fs::write(server.pm2_home().join("pm2sync.lock"), "4194304\n").unwrap();
    server.edits(APPS_FILE, "4001", "4002");

    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    // Nor does the daemon hold the lock of the sync that started it.
    server.pm2sync(&["sync", "--lock-timeout", "0"]).exits(0);
    server.ends_daemon();
    server.syncs();
    server.pm2sync(&["sync", "--lock-timeout", "0"]).exits(0);
}

#[test]
fn a_lock_that_is_held_is_waited_for_no_longer_than_was_said() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");
    for file in [server.state_folder().join("lock"), server.pm2_home().join("pm2sync.lock")] {
        let held = File::options().write(true).open(&file).unwrap();
        held.lock().unwrap();
        server.pm2sync(&["sync", "--lock-timeout", "1"]).exits(75).says("another");
        server.pm2sync(&["sync", "--lock-timeout", "0"]).exits(75);
        server.pm2sync(&["status"]).exits(0);
        server.pm2sync(&["plan", "--exit-code"]).exits(3);
    }
    assert_eq!(server.snapshot(), before);
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
}

#[test]
fn a_plan_and_a_status_can_be_asked_for_while_a_sync_works() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "first", "second");
    let mut sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("it acts", || !children(sync.pid()).is_empty());
    let mut asked = 0;
    while sync.runs() {
        let status = server.pm2sync(&["status", "--format", "json"]).exits(0);
        assert!(status.json()["apps"].as_array().is_some_and(|apps| apps.len() == 3), "{}", status.all());
        server.pm2sync(&["plan", "--format", "json"]).exits(0).json();
        asked += 1;
    }
    sync.ends().exits(0).says("replaced web").says("replaced worker");
    assert!(asked > 0);
    server.pm2sync(&["status", "--exit-code"]).exits(0);
}

#[test]
fn a_hook_that_finds_pm2_busy_with_another_workspace_goes_on_by_itself() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002");
    let held = File::options().write(true).open(server.pm2_home().join("pm2sync.lock")).unwrap();
    held.lock().unwrap();
    let hook = begin(&mut server.pm2sync_command(&["hook", "post-commit"]));
    let state = server.state_folder();
    let said = || fs::read_to_string(state.join("events.jsonl")).unwrap_or_default();
    until("it waits", || said().contains("waiting for another sync"));
    drop(held);
    hook.ends().exits(0).says("replaced web");
}

#[test]
fn an_edit_made_while_the_compiler_runs_is_synced() {
    // It reads the source first, and takes its time with it.
    let stand_in = "#!/bin/sh\n\
        port=$(sed -n 's/.*:PORT \"\\([0-9]*\\)\".*/\\1/p' ecosystems/apps.cljs)\n\
        touch ../reading\nsleep 2\nmkdir -p .clobber\n\
        echo \"module.exports = {apps: [{name: 'web', script: 'app.js', env: {PORT: '$port'}}]};\" \
        > .clobber/index.cjs\n";
    let build = "{:source-paths [\"ecosystems\"]\n :builds {:clobber {:target :node-script :main index/-main\n \
                 :output-to \".clobber/index.cjs\"}}}\n";
    let settings = "[compile]\ncompiler = \"shadow-cljs\"\ncommand = [\"sh\", \"stand-in.sh\"]\n";
    let sandbox = Sandbox::holding(&[
        (APPS_FILE, APPS),
        ("shadow-cljs.edn", build),
        ("pm2sync.toml", settings),
        ("stand-in.sh", stand_in),
    ]);
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.port(), "4001");

    let reading = sandbox.folder().join("reading");
    fs::remove_file(&reading).unwrap();
    server.edits(APPS_FILE, "4001", "4002");
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("the compiler has read it", || reading.exists());
    server.edits(APPS_FILE, "4002", "4003");
    sync.ends();
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]);

    assert_eq!(server.port(), "4003");
}
