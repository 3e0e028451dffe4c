//! A failure changes nothing, says what is wrong, and is made good by the next good pull.

use crate::support::{APPS_FILE, Sandbox};

const ARTIFACT: &str = ".clobber/index.cjs";

#[test]
fn a_pull_that_does_not_compile_changes_nothing_and_the_next_good_one_catches_up() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let artifact = server.reads(ARTIFACT);

    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, r#""4001" :STALE "yes"}})"#, r#""4002" :STALE "yes"})"#).pushes("lose a bracket");
    server.pulls().says(APPS_FILE);
    assert_eq!(server.snapshot(), before);
    assert_eq!(server.reads(ARTIFACT), artifact);

    server.pm2sync(&["sync"]).exits(4).says(APPS_FILE);
    assert_eq!(server.snapshot(), before);
    assert_eq!(server.reads(ARTIFACT), artifact);

    laptop.edits(APPS_FILE, r#""4002" :STALE "yes"})"#, r#""4002" :STALE "yes"}})"#).pushes("find it again");
    server.pulls().says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"]);
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
}

#[test]
fn what_failed_to_compile_is_not_compiled_again_by_a_hook() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.writes(APPS_FILE, "(ns apps");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says(APPS_FILE);

    let second = server.pm2sync(&["hook", "post-commit"]).exits(0);
    assert_eq!(second.all().lines().count(), 1, "{}", second.all());
}

#[test]
fn an_error_names_the_form_the_file_the_line_and_the_column() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\n  (no-such-form 1)\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let server = sandbox.laptop();
    server.pm2sync(&["sync"]).exits(4).says("no-such-form").says(&format!("{APPS_FILE}:3:4"));
    assert!(!server.has_daemon());
}

#[test]
fn circular_and_missing_namespaces_are_errors_that_name_them() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes("ecosystems/one.cljs", "(ns one (:require [two]))");
    laptop.writes("ecosystems/two.cljs", "(ns two (:require [one]))");
    laptop.pm2sync(&["compile"]).exits(4).says("one").says("two");

    laptop.deletes("ecosystems/two.cljs");
    laptop.pm2sync(&["compile"]).exits(4).says("two").says("ecosystems/one.cljs");
    assert!(!laptop.root().join(ARTIFACT).exists());
}

#[test]
fn one_definition_that_pm2_would_refuse_does_not_hold_up_the_others() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.edits(APPS_FILE, "4001", "4002");
    server.edits(APPS_FILE, ":env    {:QUEUE", ":kill_timeout \"2s\" :env {:QUEUE");
    let synced = server.pm2sync(&["sync"]).exits(1).says("worker").says("kill_timeout");

    assert_eq!(server.changed_since(&before), ["web"], "{}", synced.all());
}

#[test]
fn a_script_that_does_not_exist_fails_its_own_app_only() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.edits(APPS_FILE, "4001", "4002");
    server.edits(
        APPS_FILE,
        "(defapp \"clock\" {:script \"app.js\"})",
        "(defapp \"clock\" {:script \"none.js\"})",
    );
    server.pm2sync(&["sync"]).exits(1).says("clock").says("none.js");

    assert!(server.changed_since(&before).contains(&"web".to_owned()));
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
    assert_eq!(server.running("worker").status, "online");
}

#[test]
fn a_home_too_long_for_a_socket_is_refused_before_anything_is_called() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let home = sandbox.folder().join("deep-".repeat(30));
    sandbox.sets("PM2_HOME", home.clone());
    sandbox.watches_over(home.clone());

    server.pm2sync(&["sync"]).exits(2).says("PM2_HOME");
    assert!(!home.exists());
}

#[test]
fn an_artifact_edited_by_hand_is_reported_and_rebuilt() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let artifact = server.reads(ARTIFACT);
    server.edits(ARTIFACT, "4001", "9999");

    server.syncs().says(ARTIFACT);

    assert_eq!(server.reads(ARTIFACT), artifact);
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_conflict_in_a_source_is_named_instead_of_what_follows_from_it() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let torn = "(defapp \"clock\"\n<<<<<<< HEAD\n  {:script \"app.js\"})\n=======\n  {:script \"a.js\"})\n>>>>>>> topic";
    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", torn).pushes("a merge");
    let said = "ecosystems/apps.cljs:14:1: git has left a conflict here, which is not resolved";
    server.pulls().says(said);
    server.pm2sync(&["sync"]).exits(4).says(said).never_says("undeclared").never_says("PM2 drops");
    server.pm2sync(&["plan", "HEAD~1..HEAD"]).exits(4).says("git has left a conflict here");
    assert_eq!(server.snapshot(), before);
}
