//! Ctrl-C and the polite end: what is in hand is finished, what remains is
//! named, and nothing is left half done.

use std::fs::{self, File};

use rustix::process::Signal;

use crate::support::{
    APPS_FILE, SLOW_FILE, STUBBORN_FILE, STUBBORN_JS, Sandbox, begin, is_alive, signal, slow_sandbox, until,
    variable_of,
};

const BOTH: [Signal; 2] = [Signal::INT, Signal::TERM];

/// Apps that take their time to stop.
const STUBBORN: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "one" {:script "stubborn.js" :kill_timeout 1200 :env {:N "1"}})
(defapp "two" {:script "stubborn.js" :kill_timeout 1200 :env {:N "1"}})
(defapp "three" {:script "stubborn.js" :kill_timeout 1200 :env {:N "1"}})
"#;

fn stubborn() -> Sandbox {
    Sandbox::holding(&[(APPS_FILE, STUBBORN), (STUBBORN_FILE, STUBBORN_JS)])
}

#[test]
fn during_a_compile_the_compiler_is_ended_and_nothing_has_changed() {
    let sandbox = slow_sandbox("90s");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let artifact = server.reads(".clobber/index.cjs");
    server.compiles_in("30").edits(SLOW_FILE, "4001", "4002");
    for end in BOTH {
        server.deletes(".begun");
        let sync = begin(&mut server.pm2sync_command(&["sync"]));
        until("it compiles", || server.compiling().is_some_and(is_alive));
        signal(sync.pid(), end);
        sync.ends().exits(130).says("interrupted");
        assert!(!is_alive(server.compiling().unwrap()), "the compiler goes on");
        assert_eq!(server.reads(".clobber/index.cjs"), artifact);
        assert_eq!(server.snapshot(), before);
    }
    server.compiles_in("0");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn between_two_apps_the_one_in_hand_is_finished_and_the_others_are_named() {
    let sandbox = stubborn();
    let server = sandbox.server();
    server.syncs();
    for (end, old, new) in [(BOTH[0], "1", "2"), (BOTH[1], "2", "3")] {
        let before = server.snapshot();
        server.edits(APPS_FILE, &format!(":N \"{old}\""), &format!(":N \"{new}\""));
        let pids = server.stubborn_ones();
        let sync = begin(&mut server.pm2sync_command(&["sync"]));
        // Between the delete and the start of the first app.
        until("an old process is gone", || pids.iter().any(|&pid| !is_alive(pid)));
        signal(sync.pid(), end);

        let sync = sync.ends().exits(130);
        let changed = server.changed_since(&before);
        assert_eq!(changed.len(), 1, "{}", sync.all());
        let first = server.running(&changed[0]);
        assert_eq!((first.status.as_str(), first.variable("N").as_deref()), ("online", Some(new)));
        let sync = sync.says("interrupted");
        for app in ["one", "two", "three"].into_iter().filter(|app| *app != changed[0]) {
            let lines: Vec<_> =
                sync.all().lines().filter(|line| line.contains(app)).map(str::to_owned).collect();
            assert!(lines.iter().any(|line| line.contains("not begun")), "{app}: {}", sync.all());
            assert_eq!(server.running(app).status, "online");
        }
        server.pm2sync(&["status", "--exit-code"]).exits(3);
        server.pm2sync(&["hook", "post-commit"]).exits(0);
        assert_eq!(server.changed_since(&before).len(), 3);
        server.pm2sync(&["plan", "--exit-code"]).exits(0);
    }
}

#[test]
fn while_a_lock_is_waited_for_it_ends_and_leaves_its_mark() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");
    for path in [server.state_folder().join("lock"), server.pm2_home().join("pm2sync.lock")] {
        for end in BOTH {
            let held = File::options().write(true).open(&path).unwrap();
            held.lock().unwrap();
            let sync = begin(&mut server.pm2sync_command(&["sync"]));
            until("it tries the lock", || has_open(sync.pid(), &path));
            signal(sync.pid(), end);
            sync.ends().exits(130).says("interrupted");
            assert!(server.state_folder().join("pending").exists());
        }
    }
    assert_eq!(server.snapshot(), before);
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
}

fn has_open(pid: u32, path: &std::path::Path) -> bool {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|target| target == path)
}

#[test]
fn while_an_app_proves_itself_it_is_left_running_and_said_to_be_unproven() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
                (defapp \"web\" {:script \"app.js\" :min_uptime \"9s\" :env {:N \"1\"}})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let server = sandbox.server();
    server.pm2sync(&["sync", "--no-wait"]).exits(0);
    for (end, old, new) in [(BOTH[0], "1", "2"), (BOTH[1], "2", "3")] {
        server.edits(APPS_FILE, &format!(":N \"{old}\""), &format!(":N \"{new}\""));
        let sync = begin(&mut server.pm2sync_command(&["sync"]));
        let is_new = |pid: &u32| variable_of(*pid, "N").as_deref() == Some(new);
        until("the new one runs", || server.daemons_children().iter().any(is_new));
        signal(sync.pid(), end);
        sync.ends().exits(130).says("web").says("interrupted before it had proved itself");
        let web = server.running("web");
        assert_eq!((web.status.as_str(), web.variable("N").as_deref()), ("online", Some(new)));
    }
}

#[test]
fn the_second_ctrl_c_ends_at_once_and_the_next_sync_goes_on() {
    let slow = STUBBORN.replace("1200", "6000");
    let sandbox = Sandbox::holding(&[(APPS_FILE, &slow), (STUBBORN_FILE, STUBBORN_JS)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let old = server.stubborn_ones();
    server.edits(APPS_FILE, ":N \"1\"", ":N \"2\"");
    let sync = begin(&mut server.pm2sync_command(&["sync", "--only", "one"]));
    until("it is being stopped", || old.iter().any(|&pid| server.is_asked_to_stop(pid)));
    signal(sync.pid(), Signal::INT);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(is_alive(sync.pid()), "the first one is for what is in hand to end");
    signal(sync.pid(), Signal::INT);
    sync.ends().exits(130);
    assert!(old.iter().all(|&pid| is_alive(pid)), "it waited");

    server.syncs();
    assert_eq!(server.changed_since(&before).len(), 3);
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}
