//! In which order a sync acts, and what that is good for: a port is free when
//! the next app wants it, an app is down for its own stop and start only, and a
//! change that breaks the first app breaks no other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};

use crate::support::{APPS_FILE, Sandbox, until};

const HEAD: &str = "(ns apps (:require [clobber.macro :refer [defapp]]))\n";

/// Listens at its port, tells its name to whoever calls, takes its time to stop,
/// and ends with an error where the port is taken.
const SERVER_JS: &str = "
process.on('SIGINT', () => setTimeout(() => process.exit(0), 400));
require('net').createServer((caller) => caller.end(process.env.name)).listen(process.env.PORT, '127.0.0.1');
";

/// Who answers at the port.
fn who(port: u16) -> Option<String> {
    let mut name = String::new();
    TcpStream::connect(("127.0.0.1", port)).ok()?.read_to_string(&mut name).ok()?;
    Some(name)
}

#[test]
fn a_rename_that_keeps_its_port_works() {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    // A hook removes no more than half of the apps, so there are others.
    let others = "(defapp \"clock\" {:script \"app.js\"}) (defapp \"worker\" {:script \"app.js\"})";
    let app = |name: &str| {
        format!("{HEAD}{others}(defapp \"{name}\" {{:script \"server.js\" :env {{:PORT {port}}}}})\n")
    };
    let sandbox = Sandbox::holding(&[(APPS_FILE, &app("api")), ("server.js", SERVER_JS)]);
    let server = sandbox.server();
    server.syncs();
    until("it listens", || who(port).as_deref() == Some("api"));

    sandbox.laptop().writes(APPS_FILE, &app("gateway")).pushes("rename it");
    let pull = server.pulls();

    until("the new one listens", || who(port).as_deref() == Some("gateway"));
    let places: Vec<_> = ["removed api", "started gateway"].map(|line| pull.all().find(line)).to_vec();
    assert!(places[0].is_some() && places[0] < places[1], "{}", pull.all());
    assert_eq!(server.snapshot().names(), ["clock", "gateway", "worker"]);
    let log = fs::read_to_string(server.pm2_home().join("logs/gateway-error.log")).unwrap_or_default();
    assert_eq!(log, "", "it had to try twice");
}

#[test]
fn an_app_that_takes_over_the_port_of_one_that_moves_gets_it() {
    let free = [0, 0].map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let [old, new] = [0, 1].map(|which| free[which].local_addr().unwrap().port());
    drop(free);
    let app = |name: &str, port: u16| {
        format!("(defapp \"{name}\" {{:script \"server.js\" :env {{:PORT {port}}}}})\n")
    };
    let text = format!("{HEAD}{}", app("moves", old));
    let sandbox = Sandbox::holding(&[(APPS_FILE, &text), ("server.js", SERVER_JS)]);
    let server = sandbox.server();
    server.syncs();
    // In the sources the newcomer stands first; replaces come before starts all the same.
    let text = format!("{HEAD}{}{}", app("comes", old), app("moves", new));
    server.writes(APPS_FILE, &text).syncs();
    until("both listen", || who(old).as_deref() == Some("comes") && who(new).as_deref() == Some("moves"));
    let log = fs::read_to_string(server.pm2_home().join("logs/comes-error.log")).unwrap_or_default();
    assert_eq!(log, "", "it had to try twice");
}

/// Notes when it is asked to stop and when it starts, in milliseconds.
const TIMED_JS: &str = "
const { appendFileSync } = require('node:fs');
const note = (what) => appendFileSync(`${process.env.PM2_HOME}/times`, `${process.env.name} ${what} ${Date.now()}\\n`);
process.on('SIGINT', () => { note('stop'); setTimeout(process.exit, process.env.SLOW || 0); });
note('start');
setInterval(() => {}, 1 << 30);
";

#[test]
fn each_of_ten_replaced_apps_is_down_for_its_own_stop_and_start_only() {
    let names: Vec<String> = (0..10).map(|number| format!("app-{number}")).collect();
    let definitions = |version: u32| {
        names.iter().enumerate().fold(HEAD.to_owned(), |mut text, (number, name)| {
            let slow = if number % 4 == 1 { ":SLOW \"1500\"" } else { "" };
            let env = format!("{{:VERSION \"{version}\" {slow}}}");
            let _ =
                writeln!(text, "(defapp \"{name}\" {{:script \"timed.js\" :kill_timeout 30000 :env {env}}})");
            text
        })
    };
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definitions(1)), ("timed.js", TIMED_JS)]);
    let server = sandbox.server();
    server.syncs();
    let times = server.pm2_home().join("times");
    let starts = || fs::read_to_string(&times).unwrap_or_default().matches(" start ").count();
    until("all have started", || starts() == 10);
    let before = server.snapshot();

    let synced = server.writes(APPS_FILE, &definitions(2)).syncs();
    until("all have started again", || starts() == 20);
    assert_eq!(server.changed_since(&before).len(), 10);

    // From the moment an app is asked to stop to the moment PM2 starts it anew.
    let text = fs::read_to_string(&times).unwrap();
    let noted = |what: &str| -> BTreeMap<String, u64> {
        let lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        lines
            .filter(|words| words[1] == what)
            .map(|words| (words[0].to_owned(), words[2].parse().unwrap()))
            .collect()
    };
    let (stops, ups) = (noted("stop"), noted("start"));
    let mut down: Vec<(u64, u64, String)> =
        server.apps().into_iter().map(|app| (stops[&app.name], app.started, app.name)).collect();
    down.sort();
    for (stopped, started, name) in &down {
        let (restart, script) = (started - stopped, ups[name] - stopped);
        println!("{name}: {restart} ms until PM2 starts it, {script} ms until its script runs");
    }
    println!("the whole sync: {:?}", synced.took);
    for pair in down.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "two were down at one time: {pair:?}");
    }
}

#[test]
fn when_the_first_of_many_replaces_fails_the_others_are_left_alone_and_named() {
    let names = ["one", "two", "three", "four"];
    let definitions = |version: u32, first: &str| {
        names.iter().fold(HEAD.to_owned(), |mut text, name| {
            let script = if *name == "one" { first } else { ":script \"app.js\"" };
            let _ = writeln!(text, "(defapp \"{name}\" {{{script} :env {{:VERSION \"{version}\"}}}})");
            text
        })
    };
    let sandbox = Sandbox::holding(&[
        (APPS_FILE, &definitions(1, ":script \"app.js\"")),
        // Not by node, which may need the second that it takes to be proven.
        ("crashes.sh", "echo no way >&2; exit 1\n"),
    ]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.writes(APPS_FILE, &definitions(2, ":script \"crashes.sh\" :interpreter \"sh\""));
    let synced = server.pm2sync(&["sync", "--format", "json"]).exits(5);
    let mut results = synced.list("outcomes", "result");
    results.sort();
    let expected = [("four", "left"), ("one", "rolled-back"), ("three", "left"), ("two", "left")];
    assert_eq!(
        results,
        expected.map(|(name, result)| (name.to_owned(), result.to_owned())),
        "{}",
        synced.all()
    );
    assert!(synced.all().contains("not begun, since `one` failed"), "{}", synced.all());
    assert_eq!(server.changed_since(&before), ["one"]);
    for name in names {
        assert_eq!(server.running(name).variable("VERSION").as_deref(), Some("1"), "{name}");
    }

    // The next one leaves what was rejected, and goes on with the others.
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced two");
    for name in &names[1..] {
        assert_eq!(server.running(name).variable("VERSION").as_deref(), Some("2"), "{name}");
    }
    assert_eq!(server.running("one").variable("VERSION").as_deref(), Some("1"));
}
