//! Where nothing is to be done, nothing is done.

use std::fs;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::{APPS_FILE, Sandbox, Tripwires, Workspace, find};

#[test]
fn a_second_sync_changes_nothing_and_starts_no_process() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let first = server.pm2sync(&["sync", "--format", "json"]).exits(0);
    assert_eq!(first.list("outcomes", "action").len(), 3, "{}", first.all());
    assert_eq!(first.json()["unchanged"], 0);
    let before = server.snapshot();

    let wires = Tripwires::lay(&sandbox.folder().join("wires"));
    let mut command = server.pm2sync_command(&["sync", "--format", "json"]);
    let second = server.runs(command.env("PATH", wires.path())).exits(0);

    assert_eq!(second.json()["outcomes"], serde_json::json!([]));
    assert_eq!(second.json()["unchanged"], 3);
    assert_eq!(wires.started(), "");
    assert_eq!(server.snapshot(), before);
}

#[test]
fn with_the_tripwires_of_these_tests_no_process_could_be_started() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");

    let wires = Tripwires::lay(&sandbox.folder().join("wires"));
    let mut command = server.pm2sync_command(&["sync"]);
    let synced = server.runs(command.env("PATH", wires.path()));

    assert_ne!(synced.code, 0, "{}", synced.all());
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_hook_with_no_source_changed_opens_no_socket_and_starts_no_process() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let old = server.head();
    sandbox.laptop().writes("notes.txt", "no source").pushes("notes");
    server.pulls();
    let new = server.head();
    // From here on, what answers at PM2's address is the test itself.
    server.ends_daemon();
    let calls = listens(&server);

    let wires = Tripwires::lay(&sandbox.folder().join("wires"));
    let arguments = ["hook", "post-checkout", &old, &new, "1"];
    let times = sandbox.folder().join("times");
    let hook = || {
        let mut shell = server.command(find("sh"), server.root());
        shell.args(["-c", "\"$@\"; code=$?; times > \"$0\"; exit $code"]).arg(&times);
        shell.arg(env!("CARGO_BIN_EXE_pm2sync")).args(arguments);
        server.runs(shell.env("PATH", wires.path())).exits(0)
    };
    let effort = || {
        hook().says_nothing();
        effort(&fs::read_to_string(&times).unwrap())
    };
    let ten: Duration = (0..10).map(|_| effort()).sum();
    assert_eq!(wires.started(), "");
    assert_eq!(calls.load(Ordering::SeqCst), 0, "calls at PM2's socket");
    // Some milliseconds each when optimised and alone; this is neither, so only its own work is counted.
    assert!(ten < Duration::from_secs(1), "{ten:?}");

    // And the test can fail: after an edit, the same hook does reach out.
    server.edits(APPS_FILE, "4001", "4002");
    hook();
    assert!(calls.load(Ordering::SeqCst) > 0 || !wires.started().is_empty());
}

#[test]
fn a_deleted_running_set_comes_back_with_the_next_sync() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["delete", "all"]);
    assert_eq!(server.snapshot().names(), Vec::<&str>::new());

    let synced = server.syncs();

    for name in ["clock", "web", "worker"] {
        assert_eq!(synced.lines_of(&format!("started {name}")).len(), 1, "{}", synced.all());
        assert_eq!(server.running(name).status, "online");
    }
}

#[test]
fn a_daemon_that_was_killed_is_started_again_by_the_next_sync() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2_kills_its_daemon();

    server.syncs();

    assert_eq!(server.snapshot().names(), ["clock", "web", "worker"]);
}

#[test]
fn the_fingerprint_is_of_bytes_so_a_touched_file_is_no_change() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let text = server.reads(APPS_FILE);
    server.writes(APPS_FILE, &text);

    server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
}

/// How long the processor worked for what a shell has run, as its `times` tells in the second line.
fn effort(times: &str) -> Duration {
    let words = times.lines().nth(1).unwrap().split_whitespace();
    let seconds = words.map(|word| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    });
    Duration::from_secs_f64(seconds.sum())
}

/// Counts who calls at PM2's sockets, and hangs up on them.
fn listens(server: &Workspace) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    for name in ["rpc.sock", "pub.sock"] {
        let address = server.pm2_home().join(name);
        let _ = fs::remove_file(&address);
        let listener = UnixListener::bind(&address).unwrap();
        let calls = Arc::clone(&calls);
        // It ends with the test's own process.
        thread::spawn(move || {
            for caller in listener.incoming() {
                calls.fetch_add(1, Ordering::SeqCst);
                drop(caller);
            }
        });
    }
    calls
}
