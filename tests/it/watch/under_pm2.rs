//! `pm2sync watch` as an app of its own workspace, run by the very PM2 that it
//! drives.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::support::{APPS_FILE, ENV_JS, Sandbox, until};

fn definitions() -> String {
    format!(
        r#"(ns apps (:require [clobber.macro :refer [defapp env-var]]))
(defapp "watcher"
  {{:script {program:?}
   :args ["watch"]
   :interpreter "none"
   :kill_timeout 60000
   :env {{:TOKEN "of-the-watch" :STEP (env-var :STEP "0")}}}})
(defapp "web" {{:script "env.js" :env {{:N "1" :SEEN (env-var :TOKEN "nothing")}}}})
"#,
        program = env!("CARGO_BIN_EXE_pm2sync")
    )
}

#[test]
fn it_drives_the_others_leaves_itself_and_gives_them_nothing_of_its_own() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definitions()), ("env.js", ENV_JS)]);
    let server = sandbox.server();
    server.syncs();
    let watcher = server.running("watcher");
    let log = server.pm2_home().join("logs/watcher-out.log");
    let said = || fs::read_to_string(&log).unwrap_or_default();
    let says = |text: &str| until(text, || said().contains(text));
    says("pm2sync watch: ");

    server.edits(APPS_FILE, ":N \"1\"", ":N \"2\"");
    says("replaced web");
    let web = server.running("web");
    let seen = web.environment_seen();
    assert_eq!(seen.get("N").map(String::as_str), Some("2"));
    assert_eq!(seen.get("SEEN").map(String::as_str), Some("nothing"), "definitions see what it was given");
    for name in ["TOKEN", "STEP", "kill_timeout", "watcher", "pm2sync"] {
        assert!(!seen.contains_key(name), "`{name}` reaches an app");
    }
    assert_eq!(server.running("watcher").pid, watcher.pid);

    // Its own definition: named, left, and no loop.
    server.edits(APPS_FILE, "of-the-watch", "another");
    says("left watcher: env.TOKEN changed; it is this very watch; `pm2sync sync` from a shell does it");
    sleep(Duration::from_secs(1));
    assert_eq!(server.running("watcher").pid, watcher.pid);
    assert_eq!(server.running("web").pid, web.pid);
    let syncs = server.journal().len();
    sleep(Duration::from_secs(1));
    assert_eq!(server.journal().len(), syncs, "{}", said());

    server.syncs();
    let anew = server.running("watcher");
    assert_ne!(anew.pid, watcher.pid);
    until("the new one watches", || said().matches("pm2sync watch: ").count() == 2);
    server.edits(APPS_FILE, ":N \"2\"", ":N \"3\"");
    until("the new one syncs", || said().matches("replaced web").count() == 2);
    assert_eq!(server.running("watcher").pid, anew.pid);

    // Without a definition of its own it runs on, until a person removes it.
    let text = server.reads(APPS_FILE);
    let at = (text.find("(defapp \"watcher\"").unwrap(), text.find("(defapp \"web\"").unwrap());
    server.writes(APPS_FILE, &format!("{}{}", &text[..at.0], &text[at.1..]));
    says("left watcher: its definition is gone");
    server.syncs().says("removed watcher");
}
