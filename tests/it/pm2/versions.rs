//! Every PM2 from 4 on does what it is told, alone and as a daemon that is older
//! than the package beside it.

use std::fs;
use std::path::Path;

use crate::support::{APPS_FILE, ENV_JS, Sandbox, Workspace, is_alive, older_pm2, repository, until};

const APPS: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))

(defapp "web"   {:script "app.js" :args ["--colour" "blue"] :env {:PORT "4001" :STALE "yes"}})
(defapp "pool"  {:script "env.js" :instances 2 :exec_mode "cluster" :env {:SIZE "small"}})
(defapp "clock" {:script "app.js" :env {:HOUR "1"}})
"#;

#[test]
fn pm2_4_does_what_it_is_told() {
    is_driven(&older_pm2(4), "4.");
}

#[test]
fn processes_are_numbered_by_pm2_4_too() {
    let apps = APPS.replace("{:SIZE \"small\"}", "{:SIZE 7} :increment_var \"SIZE\"");
    let sandbox = Sandbox::holding(&[(APPS_FILE, &apps), ("env.js", ENV_JS)]);
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", &format!("[pm2]\ncommand = \"{}\"\n", older_pm2(4).display()));
    server.syncs();
    assert_eq!(sizes(&server), ["7", "8"]);
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn pm2_5_does_what_it_is_told() {
    is_driven(&older_pm2(5), "5.");
}

#[test]
fn pm2_6_does_what_it_is_told() {
    is_driven(&older_pm2(6), "6.");
}

#[test]
fn pm2_7_does_what_it_is_told() {
    is_driven(&repository().join("node_modules/pm2/bin/pm2"), "7.");
}

#[test]
fn a_daemon_older_than_the_package_does_what_it_is_told() {
    for version in [4, 6] {
        let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("env.js", ENV_JS)]);
        sandbox.pm2_of(&older_pm2(version), &["ping"]);
        let daemon = sandbox.daemon_pid();
        let server = sandbox.laptop();

        server.syncs();
        replaces_starts_stopped_and_removes(&server, |arguments| {
            server.pm2(arguments);
        });

        assert_eq!(sandbox.daemon_pid(), daemon, "the daemon of PM2 {version} is no other now");
        assert!(title(daemon).contains(&format!("PM2 v{version}.")), "{}", title(daemon));
    }
}

/// A whole life under one PM2, its own daemon and its own command line.
fn is_driven(pm2: &Path, version: &str) {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("env.js", ENV_JS)]);
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", &format!("[pm2]\ncommand = \"{}\"\n", pm2.display()));
    let by_hand = |arguments: &[&str]| {
        server.pm2_of(pm2, arguments);
    };

    server.syncs();
    let title = title(sandbox.daemon_pid());
    assert!(title.contains(&format!("PM2 v{version}")), "{title}");
    let started = server.snapshot();
    server.syncs();
    assert_eq!(server.snapshot(), started, "what was right was touched");

    by_hand(&["restart", "all"]);
    by_hand(&["save"]);
    let daemon = sandbox.daemon_pid();
    by_hand(&["kill"]);
    // PM2's own command waits for that no longer than three seconds.
    until("the daemon has ended", || !is_alive(daemon));
    by_hand(&["resurrect"]);
    let back = server.snapshot();
    assert_eq!(back.names(), ["clock", "pool", "web"]);
    server.syncs();
    assert_eq!(server.snapshot(), back, "the label did not survive");

    replaces_starts_stopped_and_removes(&server, by_hand);
}

/// From three apps that run to one that does, `by_hand` being PM2's command line.
fn replaces_starts_stopped_and_removes(server: &Workspace<'_>, by_hand: impl Fn(&[&str])) {
    let before = server.snapshot();
    server.edits(APPS_FILE, r#"["--colour" "blue"]"#, r#"["--colour" "red"]"#);
    server.edits(APPS_FILE, r#":STALE "yes""#, "");
    server.edits(APPS_FILE, "small", "large");
    server.syncs();
    assert_eq!(server.changed_since(&before), ["pool", "web"]);
    let web = server.running("web");
    assert_eq!(web.arguments(), ["--colour", "red"]);
    assert_eq!((web.variable("PORT").as_deref(), web.variable("STALE")), (Some("4001"), None));
    assert_eq!(sizes(server), ["large", "large"]);

    by_hand(&["stop", "clock", "pool"]);
    server.edits(APPS_FILE, r#":HOUR "1""#, r#":HOUR "2""#).edits(APPS_FILE, "large", "huge");
    server.syncs();
    let stopped = |name: &str| server.running_all(name).iter().all(|process| process.status == "stopped");
    assert!(stopped("clock") && stopped("pool"), "a stopped app was started");
    assert_eq!(server.running_all("pool").len(), 2);
    by_hand(&["start", "clock"]);
    by_hand(&["start", "pool"]);
    assert_eq!(server.running("clock").variable("HOUR").as_deref(), Some("2"));
    assert_eq!(sizes(server), ["huge", "huge"]);
    let now = server.snapshot();
    server.syncs();
    assert_eq!(server.snapshot(), now);

    let text = server.reads(APPS_FILE);
    let kept: Vec<_> = text.lines().filter(|line| !line.contains("\"pool\"")).collect();
    server.writes(APPS_FILE, &kept.join("\n"));
    server.syncs();
    assert_eq!(server.changed_since(&now), ["pool"]);
    assert!(server.running_all("pool").is_empty());
}

fn sizes(server: &Workspace<'_>) -> Vec<String> {
    let pool = server.running_all("pool");
    pool.iter().map(|process| process.environment_seen()["SIZE"].clone()).collect()
}

/// What the kernel says a process is.
fn title(pid: u32) -> String {
    String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).unwrap()).into_owned()
}
