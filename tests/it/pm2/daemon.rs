//! PM2 itself: absent, dead, silent, someone else's, killed in the middle, or
//! used by somebody else at the same moment.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{APPS_FILE, App, Sandbox, Workspace, begin, for_someone_else, repository, until};

/// `web` takes two seconds to stop, so that a test can do something meanwhile.
const SLOW: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))

(defapp "web"   {:script "slow.js" :args ["one"] :kill_timeout 2000})
(defapp "clock" {:script "app.js"})
"#;

const SLOW_JS: &str = "
process.on('SIGINT', () => {});
require('node:fs').writeFileSync(`${process.env.PM2_HOME}/argv.${process.pid}`, JSON.stringify(process.argv.slice(2)));
setInterval(() => {}, 1 << 30);
";

/// Starts another `web` at the moment when PM2 says that the one before has
/// ended (`exit`) or that ours has begun (`online`). It has made ready
/// beforehand what PM2's command would only then begin to do.
const INTRUDER: &str = "
const [package, moment] = process.argv.slice(2);
const [pm2, common] = ['', '/lib/Common.js'].map((file) => require(package + file));
const [checked] = common.verifyConfs([{ name: 'web', script: 'app.js', args: ['theirs'] }]);
let web = common.resolveAppAttributes({ cwd: process.cwd(), pm2_home: process.env.PM2_HOME }, checked);
pm2.connect(() => pm2.launchBus((_, bus) => {
  bus.on('process:event', ({ event, process: { name } }) => {
    if (event !== moment || name !== 'web' || !web) return;
    pm2.Client.executeRemote('prepare', web, (error) => {
      console.log(error ? String(error.message || error) : 'started');
      process.exit();
    });
    web = null;
  });
  require('node:fs').writeFileSync('listening', '');
}));
";

#[test]
fn a_daemon_that_is_started_works_at_the_root() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    fs::create_dir(server.root().join("deep")).unwrap();
    server.pm2sync(&["-C", "deep", "sync"]).exits(0);
    let cwd = fs::read_link(format!("/proc/{}/cwd", sandbox.daemon_pid())).unwrap();
    assert_eq!(cwd, server.root().canonicalize().unwrap());
}

#[test]
fn without_pm2_the_way_out_is_named_and_nothing_is_started() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", "[pm2]\ncommand = \"no-such-pm2\"\n");
    server.pm2sync(&["plan"]).exits(0).says("web");
    server.pm2sync(&["sync"]).exits(1).says("no-such-pm2").says("npm install pm2");
    assert!(!server.has_daemon());
}

#[test]
fn a_home_too_deep_for_a_socket_is_refused_before_anything_is_made() {
    let sandbox = Sandbox::with_apps();
    let deep = sandbox.folder().join("d".repeat(100));
    sandbox.sets("PM2SYNC_PM2_HOME", deep.clone());
    for command in ["sync", "status", "plan"] {
        sandbox.laptop().pm2sync(&[command]).exits(2).says("too deep");
    }
    assert!(!deep.exists());
}

#[test]
fn a_socket_that_a_dead_daemon_left_is_no_daemon() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    server.syncs();
    sandbox.ends_daemon();
    assert!(sandbox.pm2_home().join("rpc.sock").exists());
    server.syncs().says("started web");
    assert_eq!(server.running("web").status, "online");
}

#[test]
fn a_daemon_that_does_not_answer_is_an_error_after_a_while() {
    let sandbox = Sandbox::with_apps();
    fs::create_dir(sandbox.pm2_home()).unwrap();
    let _silent = UnixListener::bind(sandbox.pm2_home().join("rpc.sock")).unwrap();
    let server = sandbox.laptop();
    for command in ["status", "sync"] {
        server.pm2sync(&[command]).exits(1).says("did not answer").says("pm2.log");
    }
    assert!(!server.has_daemon());
}

#[test]
fn what_listens_there_and_is_no_pm2_is_an_error_and_no_daemon_is_started() {
    let sandbox = Sandbox::with_apps();
    fs::create_dir(sandbox.pm2_home()).unwrap();
    let listener = UnixListener::bind(sandbox.pm2_home().join("rpc.sock")).unwrap();
    // It ends with the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = (&stream).write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    sandbox.laptop().pm2sync(&["sync"]).exits(1).says("cannot talk to PM2's daemon").says("rpc.sock");
    assert!(!sandbox.has_daemon());
}

#[test]
fn a_daemon_of_another_user_is_an_error_and_no_second_one_is_started() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    fs::create_dir(sandbox.pm2_home()).unwrap();
    let socket = sandbox.pm2_home().join("rpc.sock");
    let _theirs = UnixListener::bind(&socket).unwrap();
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = for_someone_else(&sandbox, &server, &["status"], &socket);
    server.runs(&mut command).exits(1).says("another user").says("[pm2] home");
    assert!(!server.has_daemon());
}

#[test]
fn a_daemon_killed_in_the_middle_is_an_error_and_the_next_sync_heals() {
    for by_signal in [true, false] {
        let sandbox = slow();
        let server = sandbox.laptop();
        server.syncs();
        let before: Vec<_> = server.apps().iter().map(|app| app.pid).collect();
        let daemon = sandbox.daemon_pid();
        server.edits(APPS_FILE, "one", "two");

        let synced = while_web_stops(&server, || {
            if by_signal {
                kill(daemon);
            } else {
                sandbox.pm2_kills_its_daemon();
            }
        });
        // `pm2 kill` waits for what is stopping: so it may come right after the start.
        assert!(synced.code == 1 || !by_signal, "{}", synced.all());
        // PM2's apps outlive a daemon that was killed.
        before.into_iter().filter(|_| by_signal).for_each(kill);

        server.syncs();
        assert_eq!(server.snapshot().names(), ["clock", "web"]);
        assert_eq!(server.running("web").arguments(), ["two"]);
        server.syncs().never_says("started").never_says("replaced");
    }
}

#[test]
fn a_restart_by_hand_while_an_app_is_replaced_puts_no_label_on_the_wrong_process() {
    let sandbox = slow();
    let server = sandbox.laptop();
    server.syncs();
    server.edits(APPS_FILE, "one", "two");
    let synced = while_web_stops(&server, || {
        let mut command = server.command("pm2", server.root());
        let _ = crate::support::run(command.args(["restart", "web"]));
    });
    labels_are_true(&server, &synced.all());
    server.pm2sync(&["sync"]);
    assert_eq!(server.running("web").arguments(), ["two"], "{}", synced.all());
}

#[test]
fn a_start_by_hand_while_an_app_is_replaced_puts_no_label_on_the_wrong_process() {
    let sandbox = slow();
    let server = sandbox.laptop();
    server.syncs();
    server.writes(
        "theirs.config.js",
        "module.exports = {apps: [{name: 'web', script: 'app.js', args: ['theirs']}]}",
    );
    server.edits(APPS_FILE, "one", "two");
    let synced = while_web_stops(&server, || {
        let mut command = server.command("pm2", server.root());
        let _ = crate::support::run(command.args(["start", "theirs.config.js"]));
    });
    labels_are_true(&server, &synced.all());
    server.pm2sync(&["sync", "--yes"]);
    assert_eq!(server.running("web").arguments(), ["two"], "{}", synced.all());
}

#[test]
fn a_start_by_hand_before_or_after_ours_puts_no_label_on_the_wrong_process() {
    for moment in ["exit", "online"] {
        let sandbox = slow();
        let server = sandbox.laptop();
        server.syncs();
        server.writes("intruder.cjs", INTRUDER);
        server.edits(APPS_FILE, "one", "two");
        let package = repository().join("node_modules/pm2");
        let mut intruder = server.command("node", server.root());
        let intruder = begin(intruder.arg("intruder.cjs").arg(package).arg(moment));
        until("the intruder listens", || server.root().join("listening").exists());
        let synced = server.pm2sync(&["sync"]);
        assert_eq!(intruder.ends().stdout.trim(), "started", "{}", synced.all());

        labels_are_true(&server, &synced.all());
        let (ours, theirs): (Vec<_>, Vec<_>) =
            server.running_all("web").into_iter().partition(|web| web.label.is_some());
        assert!(!ours.is_empty() || synced.code == 1, "{}", synced.all());
        assert_eq!(theirs.iter().map(App::arguments).collect::<Vec<_>>(), [["theirs"]]);
        server.pm2sync(&["sync", "--yes"]);
        assert_eq!(server.running("web").arguments(), ["two"]);
    }
}

fn slow() -> Sandbox {
    Sandbox::holding(&[(APPS_FILE, SLOW), ("slow.js", SLOW_JS)])
}

/// A sync, and what is done while `web` is on its way down.
fn while_web_stops(server: &Workspace<'_>, act: impl FnOnce()) -> crate::support::Finished {
    let mut command = server.pm2sync_command(&["sync"]);
    let sync = thread::spawn(move || crate::support::run(&mut command));
    let deadline = Instant::now() + Duration::from_mins(1);
    // PM2 says so in its own log, which can be read without asking it anything.
    while !fs::read_to_string(server.pm2_home().join("pm2.log")).unwrap().contains("Stopping app:web") {
        assert!(Instant::now() < deadline, "web was never stopped");
        thread::sleep(Duration::from_millis(20));
    }
    act();
    sync.join().unwrap()
}

/// Every process of `web` that carries a label runs what the label says. PM2
/// itself may have put other arguments under it, where the start by hand came
/// after ours: then that is seen.
fn labels_are_true(server: &Workspace<'_>, said: &str) {
    for web in server.running_all("web").into_iter().filter(|web| web.pid != 0) {
        let Some(label) = web.label.clone() else { continue };
        let arguments = serde_json::json!(web.arguments());
        if label["definition"]["args"] != arguments {
            assert_eq!(arguments, serde_json::json!(["theirs"]), "{said}");
            // It may have come just before what runs was held against what was started.
            let words = ["replaced web", "PM2 started it otherwise than defined: args changed"];
            assert!(words.iter().any(|words| said.contains(words)), "{said}");
            server.pm2sync(&["plan"]).exits(0).says("web");
        }
    }
}

fn kill(pid: u32) {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    let _ = kill_process(pid, Signal::KILL);
}
