//! A sync that is killed while what it has started proves itself, or a PM2 that
//! is killed under a sync: the next sync says what became of it, and none says
//! that all is well where it is not.

use rustix::process::Signal;

use crate::support::{APPS_FILE, Begun, Sandbox, Workspace, begin, children, is_alive, signal, until};

/// Ends as soon as it is let, again and again, and tells of each time that it began.
const CRASHES: &str = "echo begun >> crashes.log\necho 'the database is gone' >&2\nexit 1\n";

fn apps(web: &str) -> String {
    format!(
        "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
         (defapp \"web\" {{:script \"{web}\" :min_uptime \"3s\" :max_restarts 100000 :restart_delay 300}})\n\
         (defapp \"clock\" {{:script \"app.js\"}})\n"
    )
}

/// In sync with a `web` that runs well, and then given one that crashes.
fn given_a_crash(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "app.js\" :min", "crashes.sh\" :min");
    server
}

fn sandbox() -> Sandbox {
    Sandbox::holding(&[(APPS_FILE, &apps("app.js")), ("crashes.sh", CRASHES)])
}

fn has_crashed(server: &Workspace) -> bool {
    server.root().join("crashes.log").exists()
}

fn kills(sync: Begun) {
    let agent = children(sync.pid());
    for pid in [vec![sync.pid()], agent].concat() {
        signal(pid, Signal::KILL);
    }
    sync.ends();
}

#[test]
fn what_a_killed_sync_did_not_see_stay_up_has_to_prove_itself_in_the_next() {
    let sandbox = sandbox();
    let server = given_a_crash(&sandbox);
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("the new one has crashed", || has_crashed(&server));
    kills(sync);
    let clock = server.running("clock").pid;

    for _ in 0..2 {
        let synced = server.pm2sync(&["sync"]).exits(5).says("left web (unhealthy)").says("it ended 3 times");
        synced.says("--force 'web'").says("    the database is gone").says("1 app unchanged");
    }
    server.pm2sync(&["status", "--exit-code"]).exits(3).says("unhealthy");
    // Who does not wait says nothing of it, nor that all is done.
    server.pm2sync(&["sync", "--no-wait"]).exits(0);
    server.pm2sync(&["sync"]).exits(5).says("left web (unhealthy)");

    server.writes("crashes.sh", "exec sleep 100000\n");
    server.pm2sync(&["sync"]).exits(0).says("in sync: 2 apps");
    server.pm2sync(&["status", "--exit-code"]).exits(0);
    assert_eq!(server.running("clock").pid, clock);
}

#[test]
fn a_killed_worker_leaves_that_to_the_next_hook() {
    let sandbox = sandbox();
    let server = given_a_crash(&sandbox);
    let hook = begin(&mut server.pm2sync_command(&["hook", "post-commit"]));
    until("the new one has crashed", || has_crashed(&server));
    for worker in children(hook.pid()) {
        signal(worker, Signal::KILL);
    }
    hook.ends();

    let hook = || server.pm2sync(&["hook", "post-commit"]).exits(0);
    hook().says("left web (unhealthy)").says("it ended 3 times");
    hook().never_says("left web");
}

#[test]
fn what_was_stopped_after_its_sync_was_killed_stays_so() {
    let sandbox = sandbox();
    let server = given_a_crash(&sandbox);
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("the new one has crashed", || has_crashed(&server));
    kills(sync);
    server.pm2(&["stop", "web"]);
    server.pm2sync(&["sync"]).exits(0).says("in sync: 2 apps");
    assert_eq!(server.running("web").status, "stopped");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
}

/// The old one runs again, for too short a time to be rolled back to once more.
#[test]
fn a_definition_whose_rollback_is_killed_is_not_tried_again() {
    let sandbox = sandbox();
    let server = given_a_crash(&sandbox);
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    let runs_app_js =
        || server.running_all("web").iter().any(|web| web.script.ends_with("app.js") && is_alive(web.pid));
    until("the old one runs again", || has_crashed(&server) && runs_app_js());
    kills(sync);
    server.pm2sync(&["sync"]).exits(1).says("was tried and rolled back").says("--force 'web'");
    assert!(server.running("web").script.ends_with("app.js"));
}
