//! Definitions that PM2 would misread, or run as a ghost, are left as they are
//! and named with their place, before anything is touched.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{APPS, APPS_FILE, Sandbox, definitions};

const GOOD: &str = r#"(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "folder"      {:script "app.js" :cwd "."})
(defapp "file"        {:script "app.js"})
(defapp "interpreter" {:script "app.js" :interpreter "node"})
(defapp "tool"        {:script "app.js" :interpreter "./runs"})
(defapp "itself"      {:script "./runs" :interpreter "none" :args ["idle"]})
(defapp "type"        {:script "app.js" :kill_timeout 2000})
(defapp "good"        {:script "app.js" :env {:MARK "1"}})
"#;

/// Each line, with what becomes of it and what is said.
const BROKEN: &[(&str, &str, &str)] = &[
    (":cwd \".\"", ":cwd \"gone\"", "left folder: its `cwd` "),
    ("\"file\"        {:script \"app.js\"", "\"file\"        {:script \"gone.js\"", "left file: its script "),
    (
        ":interpreter \"node\"",
        ":interpreter \"no-such-program\"",
        "left interpreter: its interpreter `no-such-program` is not a program on PATH",
    ),
    (
        ":interpreter \"./runs\"",
        ":interpreter \"./plain\"",
        "left tool: its interpreter `./plain` is not an executable file",
    ),
    (":script \"./runs\"", ":script \"./plain\"", "left itself: its script "),
    (
        ":kill_timeout 2000",
        ":kill_timeout \"2s\"",
        "left type: `kill_timeout` is a string, where PM2 takes a number",
    ),
];

#[test]
fn what_pm2_could_not_run_is_left_and_named_with_its_place_and_the_others_go_on() {
    let runs = "#!/bin/sh\n[ \"$1\" = idle ] && exec sleep 100000\nexec node \"$@\"\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, GOOD), ("runs", runs), ("plain", runs)]);
    let server = sandbox.server();
    fs::set_permissions(server.root().join("runs"), fs::Permissions::from_mode(0o755)).unwrap();
    server.syncs();
    let before = server.snapshot();
    assert_eq!(before.names().len(), 7);

    for (good, broken, _) in BROKEN {
        server.edits(APPS_FILE, good, broken);
    }
    server.edits(APPS_FILE, "\"1\"", "\"2\"");
    let synced = server.pm2sync(&["sync"]).exits(1);

    assert_eq!(server.changed_since(&before), ["good"]);
    for (at, (_, _, said)) in BROKEN.iter().enumerate() {
        let lines = synced.lines_of(said);
        assert_eq!(lines.len(), 1, "`{said}`: {}", synced.all());
        let place = format!("(ecosystems/apps.cljs:{}:", at + 2);
        assert!(lines[0].contains(&place), "{place}: {}", lines[0]);
    }
    let plan = server.pm2sync(&["plan", "--format", "json"]).exits(0).json();
    let folder =
        plan["actions"].as_array().unwrap().iter().find(|action| action["app"] == "folder").unwrap().clone();
    assert_eq!((folder["path"].as_str(), folder["line"].as_u64()), (Some(APPS_FILE), Some(2)));
    let states = server.pm2sync(&["status", "--format", "json"]).exits(0).list("apps", "state");
    assert_eq!(states.iter().filter(|(_, state)| state == "invalid").count(), 6, "{states:?}");
}

#[test]
fn a_script_whose_own_interpreter_is_missing_is_left() {
    let text = |script: &str| {
        format!(
            "(ns apps (:require [clobber.macro :refer [defapp]]))\n(defapp \"a\" {{:script \"{script}\"}})\n"
        )
    };
    let sandbox = Sandbox::holding(&[(APPS_FILE, &text("app.js")), ("page.php", "<?php sleep(1000); ?>")]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    if ["/usr/bin/php", "/bin/php"].iter().any(|php| fs::exists(php).unwrap_or_default()) {
        return;
    }
    server.edits(APPS_FILE, "app.js", "page.php");
    server.pm2sync(&["sync"]).exits(1).says("its interpreter `php` is not a program on PATH");
    assert_eq!(server.snapshot(), before);
}

#[test]
fn an_app_of_a_refused_name_is_named_with_its_place_and_nothing_is_removed() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, GOOD), ("runs", "#!/bin/sh\nexec sleep 100000\n")]);
    let server = sandbox.server();
    fs::set_permissions(server.root().join("runs"), fs::Permissions::from_mode(0o755)).unwrap();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "(defapp \"folder\"", "(defapp \"all\"").edits(APPS_FILE, "\"1\"", "\"2\"");
    server
        .pm2sync(&["sync"])
        .exits(1)
        .says("PM2 takes `all` for every process")
        .says("(ecosystems/apps.cljs:2:")
        .says("left folder: its definition is gone; an entry without a usable name may be what is gone");
    assert_eq!(server.changed_since(&before), ["good"]);
}

#[test]
fn an_app_whose_name_is_empty_or_blank_is_named_with_its_place_and_nothing_is_removed() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    for name in ["", "  "] {
        server.writes(APPS_FILE, &APPS.replace("\"clock\"", &format!("\"{name}\"")));
        let is_left =
            "left clock: its definition is gone; an entry without a usable name may be what is gone";
        server.pm2sync(&["plan"]).exits(0).says("(ecosystems/apps.cljs:").says("is not a valid app name");
        server.pm2sync(&["sync"]).exits(1).says("is not a valid app name").says(is_left);
        assert_eq!(server.snapshot(), before, "`{name}`");
    }
    server.git(&["add", APPS_FILE]);
    server.pm2sync(&["check"]).exits(1).says("name-refused");
}

/// Gives `worker` the options `options`, and `web` another port: `worker` is left as it runs and `web` replaced.
#[track_caller]
fn is_left_running(options: &str) {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let worker = server.running("worker");

    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, ":env    {:QUEUE \"first\"}", options);
    let synced = server.pm2sync(&["sync"]).exits(1).says("worker");

    assert_eq!(server.changed_since(&before), ["web"], "{}", synced.all());
    let after = server.running("worker");
    assert_eq!((after.pid, after.status.as_str()), (worker.pid, "online"), "{}", synced.all());
    assert_eq!(server.port(), "4002");
}

#[test]
fn an_app_with_a_cron_time_that_pm2_refuses_is_left_running() {
    is_left_running(":cron_restart \"every day\"");
}

#[test]
fn an_app_with_a_variable_that_would_rename_it_is_left_running() {
    is_left_running(":env {:name \"other\"}");
}

#[test]
fn an_app_whose_environment_is_a_string_is_left_running() {
    is_left_running(":env \"A=1\"");
}

#[test]
fn an_app_of_a_user_that_does_not_exist_is_left_running() {
    is_left_running(":user \"nobodyhere\"");
}

#[test]
fn a_good_script_that_becomes_a_ghost_is_rolled_back() {
    let apps = definitions(r#"(defapp "tool" {:script "./tool" :interpreter "none" :env {:N "1"}})"#);
    let good = "#!/bin/sh\nexec sleep 100000\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, &apps), ("tool", good), ("good", good)]);
    let server = sandbox.server();
    let may_run = |name: &str| {
        fs::set_permissions(server.root().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    may_run("tool");
    may_run("good");
    server.edits(APPS_FILE, "./tool", "./good").syncs();
    server.writes("tool", "#!/nope/sh\n").edits(APPS_FILE, "./good", "./tool");
    server.pm2sync(&["sync"]).exits(5).says("rolled back tool");
    assert_ne!(server.running("tool").pid, 0);
}

#[test]
fn a_name_that_holds_a_line_end_and_an_escape_is_one_plain_line() {
    let text = definitions(r#"(defapp "a\u001b[31m\n::error::b" {:script "app.js"})"#);
    let sandbox = Sandbox::holding(&[(APPS_FILE, &text)]);
    let planned = sandbox.laptop().pm2sync(&["plan"]);
    assert!(!planned.all().contains('\u{1b}'), "{}", planned.all());
    assert_eq!(planned.lines_of("::error"), Vec::<String>::new());
}
