//! `pm2sync watch` where something goes wrong: it says so once, goes on, and
//! does what was edited as soon as that can be done.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::{
    APP_JS, APPS, APPS_FILE, SLOW_FILE, STUBBORN_FILE, STUBBORN_JS, Sandbox, Watching, children, run, signal,
    slow_sandbox, until,
};

#[test]
fn on_a_terminal_an_error_stays_in_view_with_its_line_until_it_is_mended() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let program = format!("exec '{}' watch", env!("CARGO_BIN_EXE_pm2sync"));
    let mut command = server.command("script", server.root());
    command.env("TERM", "xterm").env("NO_COLOR", "1").args(["-qefc", &program, "/dev/null"]);
    let watch = Watching::start(&mut command, server.folder().join("watch.log"));
    watch.says("in sync: 3 apps; waiting for edits");

    server.edits(APPS_FILE, "\"first\"", "(secnd \"hidden-secret\")");
    watch.says("the definitions do not compile; nothing was changed");
    watch.says("does not compile: ecosystems/apps.cljs:11:21; waiting for a fix; last");
    let said = watch.said();
    let shown = said.lines().find(|line| line.starts_with("11 |")).expect("the line is shown");
    assert!(shown.contains("(secnd \"*************\")"), "{said}");
    assert!(said.contains("^^^") && !said.contains("hidden-secret"), "{said}");
    // The last thing on the screen, and nothing redraws it.
    let last = |said: &str| {
        said.rsplit("\u{1b}[K").next().and_then(|rest| rest.lines().last()).unwrap_or_default().to_owned()
    };
    assert!(last(&said).starts_with("does not compile: ecosystems/apps.cljs:11:"), "{said}");
    sleep(Duration::from_millis(1200));
    assert_eq!(watch.said(), said, "it is calm");
    assert_eq!(server.snapshot(), before);

    server.edits(APPS_FILE, "(secnd \"hidden-secret\")", "\"second\"");
    watch.says("replaced worker");
    watch.says("1 done; 2 apps unchanged; waiting for edits");
    assert!(!last(&watch.said()).contains("compile"), "{}", watch.said());
    signal(children(watch.pid())[0], Signal::INT);
    watch.says_nothing_more();
}

#[test]
fn without_a_terminal_each_failure_is_one_line() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&[]);
    server.edits(APPS_FILE, "\"first\"", "(secnd)");
    watch.says("error: edit of ecosystems/apps.cljs: the definitions do not compile");
    server.edits("pm2sync.toml", "[hooks]", "[hoooks]");
    watch.says("error: pm2sync watch: pm2sync.toml:2:2: unknown key `hoooks`");
    server.edits("pm2sync.toml", "[hoooks]", "[hooks]").edits(APPS_FILE, "(secnd)", "\"second\"");
    watch.says("replaced worker");
    let (code, said) = watch.ends_by(Signal::TERM);
    assert_eq!(code, Some(0));
    assert!(said.lines().count() <= 6, "{said}");
}

#[test]
fn a_compile_that_changes_its_own_sources_is_named_instead_of_spinning() {
    let sandbox = slow_sandbox("5s");
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let compile =
        format!("{}date +%s%N > ecosystems/made.json\necho x >> .compiles\n", server.reads("compile.sh"));
    server.writes("compile.sh", &compile);
    server.edits(SLOW_FILE, "4001", "4002");
    watch.says("error: `ecosystems/made.json` changes whenever the definitions are compiled");
    let compiles = server.reads(".compiles").lines().count();
    // It does so again and again at first, and after five seconds once more.
    sleep(Duration::from_secs(1));
    assert_eq!(server.reads(".compiles").lines().count(), compiles, "it spins:\n{}", watch.said());
    // An edit is seen at once all the same.
    server.writes("compile.sh", &compile.replace("date +%s%N > ecosystems/made.json\n", ""));
    server.edits(SLOW_FILE, "4002", "4003");
    watch.says_again("replaced web: env.PORT changed", 2);
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn saves_while_an_app_proves_itself_are_no_such_loop() {
    // It has to stay up for three seconds, and each save comes within them.
    let apps = APPS.replacen("{:script", "{:min_uptime 3000 :script", 1);
    let sandbox = Sandbox::holding(&[(APPS_FILE, &apps)]);
    let server = sandbox.server();
    let watch = server.watches(&[]);
    watch.says("3 done");
    for port in 4001..4004_u16 {
        let next = (port + 1).to_string();
        server.edits(APPS_FILE, &port.to_string(), &next);
        until("the next one runs", || sandbox.runs_with("web", "PORT", &next));
    }
    watch.says_again("edit of ecosystems/apps.cljs: replaced web: env.PORT changed", 3);
    let (_, said) = watch.ends_by(Signal::TERM);
    assert!(!said.contains("whenever the definitions are compiled"), "{said}");
}

#[test]
fn where_the_kernel_cannot_tell_the_files_are_read_again_and_again() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    sandbox.sets("PM2SYNC_POLL", "1");
    let watch = server.watches(&[]);
    watch.says("polling the files every second: `PM2SYNC_POLL` is set");
    server.edits(APPS_FILE, "4001", "4002");
    watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
    server.writes("ecosystems/new.cljs", "(ns new)\n");
    watch.says("edit of ecosystems/new.cljs: in sync");
}

#[test]
fn where_the_kernel_has_no_room_to_watch_the_files_are_read_again_and_again() {
    // Of folders, then of watchers at all: limits of a user namespace of its own.
    for limit in ["max_inotify_watches", "max_inotify_instances"] {
        let sandbox = Sandbox::with_apps();
        let server = sandbox.server();
        server.syncs();
        let limited = format!("echo 0 > /proc/sys/user/{limit} && exec \"$0\" watch");
        let mut command = server.command("unshare", server.root());
        command.args(["--user", "--map-root-user", "sh", "-c", &limited, env!("CARGO_BIN_EXE_pm2sync")]);
        let watch = Watching::start(&mut command, server.folder().join("watch.log"));
        watch.says("polling the files every second: the kernel's limit of watches is reached");
        watch.says("in sync: 3 apps");
        server.edits(APPS_FILE, "4001", "4002");
        watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
        let (code, said) = watch.ends_by(Signal::TERM);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn a_stop_finishes_the_app_in_hand() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
                (defapp \"one\" {:script \"stubborn.js\" :kill_timeout 3000 :env {:N \"1\"}})\n\
                (defapp \"two\" {:script \"stubborn.js\" :kill_timeout 3000 :env {:N \"1\"}})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text), (STUBBORN_FILE, STUBBORN_JS)]);
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let before = server.snapshot();
    let pids = server.stubborn_ones();
    server.edits(APPS_FILE, ":N \"1\"", ":N \"2\"");
    until("one is being stopped", || pids.iter().any(|&pid| server.is_asked_to_stop(pid)));
    let (code, said) = watch.ends_by(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("not begun, as it was interrupted"), "{said}");
    let changed = server.changed_since(&before);
    assert_eq!(changed.len(), 1, "{said}");
    assert_eq!(server.running(&changed[0]).status, "online");
}

#[test]
fn it_outlives_pm2_its_folder_and_a_full_disk() {
    let long = APPS.replace("4001", &format!("4001\" :LONG \"{}", "x".repeat(9000)));
    let sandbox = Sandbox::holding(&[(APPS_FILE, &long)]);
    let server = sandbox.server();
    server.syncs();
    // No file may grow beyond 6 KiB: there is no room for a new artifact.
    let script = format!("trap '' XFSZ; ulimit -S -f 12; exec '{}' watch", env!("CARGO_BIN_EXE_pm2sync"));
    let mut command = server.shell();
    let watch = Watching::start(command.args(["-c", &script]), server.folder().join("watch.log"));
    watch.says("in sync: 3 apps");
    server.edits(APPS_FILE, "4001", "4002");
    watch.says("cannot write");
    sleep(Duration::from_millis(1500));
    assert_eq!(watch.said().matches("cannot write").count(), 1, "{}", watch.said());
    // The disk has room again.
    let prlimit = ["-p", &watch.pid().to_string(), "--fsize=unlimited"].map(str::to_owned);
    run(server.command("prlimit", server.root()).args(prlimit)).exits(0);
    watch.says("replaced web: env.PORT changed");

    sandbox.ends_daemon();
    server.edits(APPS_FILE, "4002", "4003");
    watch.says("started web: not running; started worker: not running; started clock: not running");

    let before = server.snapshot();
    let away = server.root().with_extension("away");
    fs::rename(server.root(), &away).unwrap();
    watch.says("error: pm2sync watch: there is no folder");
    fs::rename(&away, server.root()).unwrap();
    watch.says("the problem is fixed");
    server.edits(APPS_FILE, "4003", "4004");
    watch.says_again("replaced web: env.PORT changed", 2);
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn variables_that_cannot_be_read_are_tried_more_and_more_seldom() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&[]);
    server.writes(".env", "no variable\n");
    watch.says("error: edit of .env: ");
    sleep(Duration::from_millis(6500));
    // At once, and after 1, 2 and 4 seconds.
    let failures = server.journal().iter().filter(|entry| entry["failure"].is_string()).count();
    assert!((2..=4).contains(&failures), "{failures} tries:\n{}", watch.said());
    // An edit is not kept waiting.
    server.writes(".env", "N=1\n");
    watch.says("edit of .env: in sync: 3 apps");
    assert_eq!(watch.said().matches("error: ").count(), 1, "{}", watch.said());
}

#[test]
fn variables_that_come_through_a_pipe_are_no_edit_whenever_they_are_read() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let pipe = server.root().join(".env");
    run(server.command("mkfifo", server.root()).arg(&pipe)).exits(0);
    // As managers of secrets do: whoever reads it is given them.
    let (given, there) = (AtomicUsize::new(0), AtomicBool::new(true));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while let Ok(mut pipe) = OpenOptions::new().write(true).open(&pipe)
                && there.load(Ordering::Relaxed)
            {
                given.fetch_add(1, Ordering::Relaxed);
                pipe.write_all(b"KEY=given\n").unwrap();
                drop(pipe);
                sleep(Duration::from_millis(200));
            }
        });
        let watch = server.watches(&[]);
        // The looks after the sync have to end.
        until("nobody asks", || {
            let before = given.load(Ordering::Relaxed);
            sleep(Duration::from_secs(3));
            given.load(Ordering::Relaxed) == before
        });
        server.edits(APPS_FILE, "4001", "4002");
        watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
        drop(watch);
        there.store(false, Ordering::Relaxed);
        drop(fs::read(&pipe));
    });
}

#[test]
fn another_pm2_than_that_of_the_last_sync_is_left_alone() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let settings = server.reads("pm2sync.toml");
    server.edits("pm2sync.toml", "[hooks]", "[pm2]\nhome = \"pm2\"\n[hooks]");
    watch.says("this one would go to");
    server.writes("pm2sync.toml", &settings).edits(APPS_FILE, "4001", "4002");
    watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
    assert!(!server.root().join("pm2").exists());
}

#[test]
fn drift_is_put_right_only_where_it_is_asked_for() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
                (defapp \"web\" {:script \"app.js\" :env {:N \"1\"}})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text), ("app.js", APP_JS)]);
    let server = sandbox.server();
    let stranger = server.starts_by_hand("stranger");
    let watch = server.watches(&["--drift", "1"]);
    sandbox.pm2(&["delete", "web"]);
    watch.says("drift of web: started web: not running");
    sandbox.pm2(&["scale", "web", "2"]);
    watch.says("drift of web: scaled web");
    assert_eq!(server.running_all("web").len(), 1);
    // A stop is meant, and strangers are nobody's business.
    sandbox.pm2(&["stop", "web"]);
    let syncs = server.journal().len();
    sleep(Duration::from_millis(2500));
    assert_eq!(server.journal().len(), syncs, "{}", watch.said());
    assert_eq!(server.running("stranger").pid, stranger.pid);
    drop(watch);

    server.pm2sync(&["sync", "--force", "web"]).exits(0);
    sandbox.pm2(&["start", "web"]);
    let watch = server.watches(&[]);
    sandbox.pm2(&["delete", "web"]);
    sleep(Duration::from_millis(1500));
    assert!(server.running_all("web").is_empty());
    server.edits(APPS_FILE, ":N \"1\"", ":N \"2\"");
    watch.says("started web: not running");
}

#[test]
fn as_long_as_the_same_runs_drift_is_one_question_to_pm2() {
    let text = "require('fs').appendFileSync('loads', 'x');\n\
                module.exports = {apps: [{name: 'web', script: 'app.js'}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", text), ("app.js", APP_JS)]);
    let server = sandbox.server();
    let watch = server.watches(&["--drift", "1"]);
    let loads = || fs::read(server.root().join("loads")).unwrap().len();
    let synced = loads();
    until("it has compared", || loads() > synced);
    let compared = loads();
    sleep(Duration::from_millis(3500));
    assert_eq!(loads(), compared, "{}", watch.said());
}
