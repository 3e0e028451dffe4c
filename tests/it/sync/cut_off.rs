//! A sync that is killed while what it has started proves itself, or a PM2 that
//! is killed under a sync: the next sync says what became of it, and none says
//! that all is well where it is not.

use std::fs;

use rustix::process::Signal;

use crate::support::{
    APPS_FILE, Begun, STUBBORN_FILE, STUBBORN_JS, Sandbox, Workspace, begin, children, definitions, find,
    is_alive, is_free, signal, until,
};

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

/// A `node` that first does what `once` says, when pm2sync starts its own for
/// the first time, which is after the plan was made.
fn before_the_agent(sandbox: &Sandbox, once: &str) {
    let node = find("node");
    let text = format!(
        "#!/bin/sh\nif [ -e \"$PM2_HOME/once\" ]; then rm \"$PM2_HOME/once\"; {once}; fi\nexec '{}' \"$@\"\n",
        node.display()
    );
    sandbox.puts_on_path("node", &text);
    fs::write(sandbox.pm2_home().join("once"), "").unwrap();
}

#[test]
fn a_daemon_that_dies_after_the_plan_was_made_is_missed_and_the_next_hook_heals() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["save"]);
    let dump = || fs::read_to_string(server.pm2_home().join("dump.pm2")).unwrap();
    let (saved, old) = (dump(), server.apps());
    server.edits(APPS_FILE, "4001", "4002");
    before_the_agent(&sandbox, "kill -9 \"$(cat \"$PM2_HOME/pm2.pid\")\"");
    let synced = server.pm2sync(&["sync"]).exits(1).says("replaced web");
    for app in old {
        if is_alive(app.pid) {
            signal(app.pid, Signal::KILL);
        }
    }
    for app in ["clock", "worker"] {
        let line =
            format!("left {app}: not running any more; PM2 no longer lists it; `pm2sync sync` starts it");
        assert_eq!(synced.lines_of(&line).len(), 1, "{}", synced.all());
    }
    assert_eq!(server.snapshot().names(), ["web"]);
    assert_eq!(dump(), saved, "what is not whole is not saved");

    server.pm2sync(&["hook", "post-commit"]).exits(0).says("started clock").says("started worker");
    server.pm2sync(&["sync"]).exits(0).says("in sync: 3 apps");
}

#[test]
fn what_was_started_before_the_daemon_died_is_missed_as_well() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
                (defapp \"first\" {:script \"ends_with_it.sh\"})\n\
                (defapp \"second\" {:script \"kills.sh\" :min_uptime \"10s\"})\n";
    // The daemon is the parent of both, and dies while only the second has yet to prove itself.
    let ends_with_it = "while kill -0 $PPID; do sleep 0.1; done\n";
    let kills = "if mkdir killed; then sleep 2; kill -9 $PPID; exit; fi\nexec sleep 100000\n";
    let files = [(APPS_FILE, text), ("ends_with_it.sh", ends_with_it), ("kills.sh", kills)];
    let sandbox = Sandbox::holding(&files);
    let server = sandbox.server();
    let synced = server.pm2sync(&["sync"]).exits(1);
    synced.says("failed to start first: not running; PM2 no longer lists it");
    server.pm2sync(&["sync", "--no-wait"]).exits(0);
    assert_eq!(server.snapshot().names(), ["first", "second"]);
}

/// How many there should be is in no definition; PM2 has counted them.
#[test]
fn a_cluster_of_as_many_as_there_are_cpus_is_whole_again_after_a_killed_force() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
                (defapp \"pool\" {:script \"stubborn.js\" :instances \"max\" :kill_timeout 1500})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text), (STUBBORN_FILE, STUBBORN_JS)]);
    let server = sandbox.server();
    server.syncs();
    let old = server.running_all("pool");
    let sync = begin(&mut server.pm2sync_command(&["sync", "--force", "pool"]));
    until("the first of them is gone", || old.iter().any(|process| !is_alive(process.pid)));
    kills(sync);
    until("PM2 has ended what it was about to", || {
        let rest = server.running_all("pool");
        rest.len() < old.len() && rest.iter().all(|process| process.status == "online")
    });

    server.syncs();
    assert_eq!(server.running_all("pool").len(), old.len());
    server.pm2sync(&["sync"]).exits(0).says("in sync: 1 app");
}

#[test]
fn a_sync_that_is_killed_leaves_no_app_missing_and_the_next_one_ends_its_work() {
    let names = ["one", "two", "three", "four"];
    let app = |name: &&str| {
        format!("(defapp \"{name}\" {{:script \"stubborn.js\" :kill_timeout 3000 :env {{:MARK \"old\"}}}})\n")
    };
    let apps: String = names.iter().map(app).collect();
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definitions(&apps)), (STUBBORN_FILE, STUBBORN_JS)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let pids = server.stubborn_ones();

    server.edits(APPS_FILE, "old", "new");
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    let asked = || pids.iter().filter(|&&pid| server.is_asked_to_stop(pid)).count();
    until("the second one is being stopped", || asked() == 2);
    signal(sync.pid(), Signal::KILL);
    sync.ends().exits(-1);
    until("its agent has ended", || is_free(&server.pm2_home().join("pm2sync.lock")));
    let after = server.snapshot();
    assert_eq!(after.names(), before.names(), "no app is missing");
    assert_eq!(after.differing_from(&before).len(), 2, "what was begun is finished, and no more");

    server.syncs();

    for name in names {
        let app = server.running(name);
        assert_eq!((app.status.as_str(), app.variable("MARK").as_deref()), ("online", Some("new")), "{name}");
    }
    server.syncs().never_says("replaced");
    assert_eq!(server.snapshot().names(), before.names());
}
