//! What pm2sync did not start, it does not touch.

use crate::support::{APP_JS, APPS, APPS_FILE, INDEX, INDEX_FILE, Sandbox, run};

#[test]
fn a_foreign_app_is_never_touched() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let stranger = server.starts_by_hand("stranger");
    server.syncs();

    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    laptop.edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "").pushes("no clock");
    server.pulls();
    server.syncs();

    assert_eq!(server.snapshot().names(), ["stranger", "web", "worker"]);
    let after = server.running("stranger");
    assert_eq!((after.pid, after.pm_id), (stranger.pid, stranger.pm_id));
    assert_eq!(after.label, None);
}

#[test]
fn what_is_started_carries_a_label_and_its_process_never_sees_it() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    for app in server.apps() {
        let label = app.label.clone().unwrap_or_default();
        assert!(label.is_object(), "{}: {label}", app.name);
        assert_eq!(label["root"].as_str(), server.root().to_str());
        assert_eq!(app.variable("env_pm2sync"), None);
    }
}

#[test]
fn a_foreign_app_under_a_desired_name_is_left_by_a_hook_and_taken_over_with_yes() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let stranger = server.starts_by_hand("web");
    let left = server.pm2sync(&["sync", "--format", "json"]);
    assert!(left.list("outcomes", "result").contains(&("web".into(), "left".into())), "{}", left.all());
    assert_eq!(server.running("web").pid, stranger.pid, "not without being asked");
    assert_eq!(server.snapshot().names(), ["clock", "web", "worker"], "the others are started");

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    assert_eq!(server.running("web").pid, stranger.pid, "a hook leaves it");

    server.pm2sync(&["sync", "--yes"]).exits(0).says("replaced web");
    let web = server.running("web");
    assert_ne!(web.pid, stranger.pid);
    assert_eq!(web.variable("PORT").as_deref(), Some("4002"));
    assert!(web.label.is_some());
}

#[test]
fn two_workspaces_on_one_daemon_keep_to_their_own_apps() {
    let others = r#"
(ns others (:require [clobber.macro :refer [defapp]]))
(defapp "north" {:script "app.js" :env {:MARK "n"}})
(defapp "south" {:script "app.js"})
(defapp "east"  {:script "app.js"})
"#;
    let sandbox = Sandbox::with_apps();
    let first = sandbox.server();
    let second = sandbox.workspace("second", &[("ecosystems/others.cljs", others)]);
    first.syncs();
    second.syncs();
    let before = sandbox.snapshot();
    assert_eq!(before.names(), ["clock", "east", "north", "south", "web", "worker"]);

    second.edits("ecosystems/others.cljs", "\"n\"", "\"m\"");
    second.edits("ecosystems/others.cljs", "(defapp \"east\"  {:script \"app.js\"})", "");
    second.syncs();
    assert_eq!(sandbox.changed_since(&before), ["east", "north"]);

    let before = sandbox.snapshot();
    first.syncs();
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn an_app_of_another_workspace_is_left_and_both_roots_are_named() {
    let sandbox = Sandbox::with_apps();
    let first = sandbox.server();
    let second = sandbox.workspace("second", &[(APPS_FILE, &APPS.replace("4001", "5001"))]);
    first.syncs();
    let before = sandbox.snapshot();

    let left = second.pm2sync(&["sync", "--yes"]);
    let text = left.all();
    let root = |path: &std::path::Path| path.to_string_lossy().into_owned();
    assert!(text.contains(&root(first.root())) && text.contains(&root(second.root())), "{text}");
    assert!(text.contains("rename one of the two, or give each workspace a PM2 of its own"), "{text}");
    assert_eq!(sandbox.snapshot(), before);
}

#[test]
fn the_apps_of_a_workspace_that_is_gone_are_taken_over() {
    let sandbox = Sandbox::with_apps();
    let first = sandbox.server();
    first.syncs();
    std::fs::rename(first.root(), sandbox.folder().join("moved")).unwrap();

    let moved = crate::support::Workspace::at(&sandbox, sandbox.folder().join("moved"));
    moved.pm2sync(&["sync", "--yes"]).exits(0);
    for app in sandbox.apps() {
        assert_eq!(app.label.unwrap_or_default()["root"].as_str(), moved.root().to_str(), "{}", app.name);
    }
}

#[test]
fn the_next_release_takes_over_from_the_one_before_if_it_is_told_so() {
    let sandbox = Sandbox::with_apps();
    let old = sandbox.workspace("release-41", &[(APPS_FILE, APPS), ("app.js", APP_JS)]);
    old.syncs();
    let clock = "(defapp \"clock\" {:script \"app.js\"})";
    let new = sandbox.workspace("release-42", &[(APPS_FILE, &APPS.replace(clock, "")), ("app.js", APP_JS)]);
    let before = sandbox.snapshot();
    new.pm2sync(&["sync", "--yes"]).exits(1).says("pm2sync sync --take-over");
    new.pm2sync(&["sync", "--take-over", "../release-43"]).exits(2).says("there is no folder");
    assert_eq!(sandbox.snapshot(), before);

    let current = sandbox.folder().join("previous");
    std::os::unix::fs::symlink("release-41", &current).unwrap();
    let from = current.to_string_lossy().into_owned();
    let said = new.pm2sync(&["sync", "--take-over", &from]).exits(0);
    said.says("replaced web: was started from").says("removed clock: its definition is gone");
    assert_eq!(sandbox.snapshot().names(), ["web", "worker"]);
    for app in sandbox.apps() {
        assert_eq!(app.label.unwrap_or_default()["root"].as_str(), new.root().to_str(), "{}", app.name);
    }
    let before = sandbox.snapshot();
    new.pm2sync(&["sync", "--take-over", ".."]).exits(0).says("in sync: 2 apps");
    assert_eq!(sandbox.snapshot(), before);
    old.pm2sync(&["sync", "--take-over", ".."]).exits(0).says("started clock");
}

#[test]
fn an_empty_desired_set_removes_nothing_unless_it_is_allowed() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), (INDEX_FILE, INDEX)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.writes(APPS_FILE, "(ns apps (:require [clobber.macro]))\n");
    let kept = "clock, web, worker: their definitions are gone; the definitions are empty; `pm2sync sync --allow-empty`";
    server.pm2sync(&["plan"]).says(&format!("leave {kept}"));
    server.pm2sync(&["sync"]).says(&format!("left {kept}"));
    assert_eq!(server.snapshot(), before);

    server.pm2sync(&["sync", "--allow-empty"]).exits(0);
    assert_eq!(server.snapshot().names(), Vec::<&str>::new());
}

#[test]
fn a_hook_does_not_remove_more_than_half_of_the_apps() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    let one =
        "(ns apps (:require [clobber.macro :refer [defapp]]))\n(defapp \"clock\" {:script \"app.js\"})\n";
    sandbox.laptop().writes(APPS_FILE, one).pushes("only the clock");
    let pull = server.pulls().says(
        "left web, worker: their definitions are gone; a hook does not remove 2 of 3 apps; `pm2sync sync` does",
    );
    assert_eq!(pull.lines_of("left ").len(), 1, "one line for all: {}", pull.all());
    assert_eq!(server.snapshot(), before);

    server.syncs();
    assert_eq!(server.snapshot().names(), ["clock"]);
}

#[test]
fn an_app_started_by_hand_that_agrees_with_its_definition_is_left_running() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.pm2sync(&["compile"]).exits(0);
    let mut by_hand = sandbox.command("pm2", server.root());
    run(by_hand.args(["start", "ecosystem.config.cjs"])).exits(0);
    let before = server.snapshot();

    server.syncs();

    assert_eq!(server.snapshot(), before);
    assert!(server.apps().iter().all(|app| app.label.is_none()));
    server.pm2sync(&["status"]).exits(0).says("not yet owned");
}

#[test]
fn a_stopped_app_stays_stopped_and_gets_its_new_definition_without_running_it() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["stop", "web"]);
    server.syncs();
    assert_eq!(server.running("web").status, "stopped");

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    assert_eq!(server.running("web").status, "stopped");

    server.pm2(&["start", "web"]);
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
    assert_eq!(server.running("web").arguments(), ["--colour", "blue"]);
}

#[test]
fn an_app_that_is_defined_twice_is_left_and_reported_and_the_others_go_on() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "(defapp \"clock\"", "(defapp \"worker\"");
    server.pm2sync(&["sync"]).exits(1).says("worker");

    assert!(!server.changed_since(&before).contains(&"worker".to_owned()));
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
}

#[test]
fn an_entry_without_a_usable_name_keeps_every_app_from_being_removed() {
    let config = |second: &str| {
        format!(
            "module.exports = {{apps: [{{name: \"web\", script: \"app.js\"}}, {{{second}, script: \"app.js\"}}]}};\n"
        )
    };
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", &config("name: \"clock\""))]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.writes("ecosystem.config.cjs", &config("name: {}"));
    server.pm2sync(&["sync"]).exits(1).says("name");

    assert_eq!(server.snapshot(), before);
}

#[test]
fn what_was_started_by_hand_with_other_options_is_not_called_in_sync() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let options = ["--watch", "--max-memory-restart", "200M", "--log", "all.log", "--no-autorestart"];
    let started = ["start", "app.js", "--name", "clock"];
    run(server.command("pm2", server.root()).args(started).args(options)).exits(0);
    let before = server.running("clock");
    let plan = server.pm2sync(&["plan"]).exits(0);
    plan.says(
        "leave clock: not started by pm2sync; autorestart, max_memory_restart, watch, log_file removed",
    );
    assert_eq!(server.running("clock").pid, before.pid);

    let same = ":watch true :max_memory_restart \"200M\" :log_file \"all.log\" :autorestart false";
    let definition = |options: &str| format!("(defapp \"clock\" {{:script \"app.js\" {options}}})");
    server.edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", &definition(same));
    server.pm2sync(&["plan"]).exits(0).says("2 to start; 1 app in sync");
    server.edits(APPS_FILE, &definition(same), &definition(&format!("{same} :time true :uid \"nobody\"")));
    server.pm2sync(&["plan"]).exits(0).says("leave clock: not started by pm2sync; time, uid added");
}
