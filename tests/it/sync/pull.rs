//! The main job: an edit pushed from elsewhere, a real `git pull`, and the one
//! process it concerns is replaced.

use crate::support::{APPS, APPS_FILE, Sandbox};

#[test]
fn a_pull_replaces_the_app_whose_environment_changed_and_no_other() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.running("web").variable("STALE").as_deref(), Some("yes"));
    let before = server.snapshot();
    assert_eq!(before.names(), ["clock", "web", "worker"]);

    let old = r#":PORT "4001" :STALE "yes""#;
    sandbox.laptop().edits(APPS_FILE, old, r#":PORT "4002" :FRESH "yes""#).pushes("move web");
    let pulled = server.pulls();

    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
    let web = server.running("web");
    assert_eq!(web.status, "online");
    assert_eq!(web.variable("PORT").as_deref(), Some("4002"));
    assert_eq!(web.variable("FRESH").as_deref(), Some("yes"));
    assert_eq!(web.variable("STALE"), None, "a removed key is gone from the process");
}

#[test]
fn no_app_that_a_hook_starts_has_a_variable_of_git() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();

    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "first", "second").pushes("change two");
    server.pulls();

    for app in server.apps() {
        let names: Vec<_> = app.environment().into_keys().filter(|name| is_gits(name)).collect();
        assert!(names.is_empty(), "{} has {names:?}", app.name);
    }
}

#[test]
fn a_daemon_that_a_hook_starts_hands_no_variable_of_git_on() {
    let cluster = r#"(defapp "crowd" {:script "app.js" :instances 2 :exec_mode "cluster"})"#;
    let sandbox = Sandbox::holding(&[(APPS_FILE, &format!("{APPS}\n{cluster}\n"))]);
    let server = sandbox.server();
    server.syncs();
    server.ends_daemon();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert_eq!(server.snapshot().names(), ["clock", "crowd", "web", "worker"]);
    for app in server.apps() {
        let environment = app.environment();
        let names: Vec<_> = environment.keys().filter(|name| is_gits(name)).collect();
        assert!(names.is_empty(), "{} has {names:?}", app.name);
        assert!(!environment["PATH"].contains("git-core"), "{} searches git's own programs", app.name);
    }
}

#[test]
fn a_pull_says_in_one_line_what_was_replaced_and_why() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();

    sandbox
        .laptop()
        .edits(APPS_FILE, "4001", "4002")
        .edits(APPS_FILE, "blue", "red")
        .edits(APPS_FILE, "first", "second")
        .pushes("change two");
    let pulled = server.pulls();

    let web = pulled.lines_of("replaced web: ");
    assert_eq!(web.len(), 1, "{}", pulled.all());
    assert!(web[0].contains("args") && web[0].contains("env.PORT"), "{}", web[0]);
    assert!(!web[0].contains("4002"), "a value is shown: {}", web[0]);
    let worker = pulled.lines_of("replaced worker: ");
    assert_eq!(worker.len(), 1, "{}", pulled.all());
    assert!(worker[0].contains("env.QUEUE"), "{}", worker[0]);
    assert!(!pulled.all().contains("clock"), "{}", pulled.all());
}

#[test]
fn a_pull_names_the_sources_that_changed_between_the_two_revisions() {
    let one = r#"(ns one (:require [clobber.macro :refer [defapp]])) (defapp "one" {:script "app.js"})"#;
    let two = r#"(ns two (:require [clobber.macro :refer [defapp]])) (defapp "two" {:script "app.js"})"#;
    let sandbox = Sandbox::holding(&[("ecosystems/one.cljs", one), ("ecosystems/two.cljs", two)]);
    let server = sandbox.server();
    server.syncs();
    let old = server.head();

    let laptop = sandbox.laptop();
    laptop
        .edits("ecosystems/two.cljs", "app.js\"", "app.js\" :args [\"x\"]")
        .writes("notes.txt", "no source");
    laptop.pushes("give two an argument");
    let pulled = server.pulls();
    let new = server.head();

    let ours: Vec<_> = pulled.all().lines().filter(|line| line.contains("..")).map(str::to_owned).collect();
    let cause = ours.iter().find(|line| line.contains("ecosystems/two.cljs"));
    let cause = cause.unwrap_or_else(|| panic!("no line names the source:\n{}", pulled.all()));
    assert!(cause.contains(&old[..4]) && cause.contains(&new[..4]), "{cause}");
    assert!(!cause.contains("one.cljs") && !cause.contains("notes.txt"), "{cause}");
}

#[test]
fn a_pull_without_a_source_in_it_is_silent() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().writes("notes.txt", "no source").writes("ecosystems/deep/x.cljs", "(((").pushes("notes");
    let pulled = server.pulls();

    assert!(!pulled.all().contains("pm2sync"), "{}", pulled.all());
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_hook_in_a_clone_where_nobody_has_synced_prints_one_line_and_starts_nothing() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();

    let hook = server.pm2sync(&["hook", "post-merge", "0"]).exits(0).says("pm2sync sync");
    assert_eq!(hook.all().lines().count(), 1, "{}", hook.all());
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert!(!server.has_daemon());
    assert!(!server.pm2_home().join("rpc.sock").exists());
    assert!(!server.root().join(".clobber").exists(), "nothing was compiled");
}

#[test]
fn a_pull_says_of_the_apps_that_it_replaces_which_options_pm2_drops() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, ":env    {:QUEUE", ":max-restarts 77123 :env {:QUEUE").pushes("worker, misspelt");
    let server = sandbox.server();
    server.syncs().says("drops the unknown option");

    laptop.edits(APPS_FILE, ":args", ":max-memory 77123 :kill-timeout \"77123\" :args");
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web, misspelt");
    let pulled = server.pulls().says("replaced web").never_says("77123").never_says("worker");
    let lines = pulled.lines_of("web: ");
    assert_eq!(lines.len(), 1, "{}", pulled.all());
    for part in [
        "PM2 drops",
        "`kill-timeout`",
        "did you mean `kill_timeout`?",
        "`max-memory`",
        "(ecosystems/apps.cljs:",
    ] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }

    laptop.edits(APPS_FILE, "\"clock\" {", "\"clock\" {:args [\"on\"] ").pushes("clock alone");
    server.pulls().says("replaced clock").never_says("drops");
}

fn is_gits(name: &str) -> bool {
    name.starts_with("GIT_") || name.starts_with("GITHEAD_")
}
