//! The unset guard: a hook under a bare environment blanks nothing.

use crate::support::{APPS_FILE, Sandbox, Workspace};

const APPS: &str = r#"(ns apps (:require [clobber.macro :refer [defapp env-var]]))
(defapp "web" {:script "app.js" :env {:TOKEN (env-var :THE_TOKEN "") :PORT "4001"}})
(defapp "worker" {:script "app.js" :env {:QUEUE "first"}})
"#;

/// Written by hand, it reads the environment when it is loaded.
const ENTRY: &str = "module.exports = {apps: [\n\
    {name: 'web', script: 'app.js', env: {TOKEN: process.env.THE_TOKEN || '', PORT: '4001'}},\n\
    {name: 'worker', script: 'app.js', env: {QUEUE: 'first'}},\n]};\n";

/// What `web` got for a token.
#[track_caller]
fn token(server: &Workspace) -> String {
    server.running("web").variable("TOKEN").unwrap_or_default()
}

/// Syncs with the token, changes both apps in `file`, and lets a hook act without it.
#[track_caller]
fn is_left_by_a_hook(sandbox: &Sandbox, file: &str) {
    sandbox.sets("THE_TOKEN", "s3cret");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.unsets("THE_TOKEN");
    server.edits(file, "4001", "4002").edits(file, "first", "second");
    let hook = server.commits("both").pm2sync(&["hook", "post-commit"]).exits(0);
    assert_eq!(server.changed_since(&before), ["worker"], "{}", hook.all());
    assert_eq!(token(&server), "s3cret");
    assert!(server.transcript().contains("left web: `THE_TOKEN` is unset"), "{}", server.transcript());
    let remembered = std::fs::read_to_string(server.state_folder().join("synced.json")).unwrap();
    assert!(remembered.contains("THE_TOKEN") && !remembered.contains("s3cret"));

    // A hook that has it again goes on, without another edit.
    sandbox.sets("THE_TOKEN", "s3cret");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    assert_eq!(
        (token(&server), server.running("web").variable("PORT")),
        ("s3cret".to_owned(), Some("4002".to_owned()))
    );

    // A hook with another value leaves it, and a person applies it.
    sandbox.sets("THE_TOKEN", "other");
    server.edits(file, "4002", "4003");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("left web: `THE_TOKEN` is unset or otherwise");
    assert_eq!(token(&server), "s3cret");
    server.syncs().says("replaced web");
    assert_eq!(token(&server), "other");
}

#[test]
fn an_app_that_depends_on_a_variable_that_a_hook_does_not_have_is_left() {
    is_left_by_a_hook(&Sandbox::holding(&[(APPS_FILE, APPS)]), APPS_FILE);
}

#[test]
fn the_same_holds_where_node_evaluates_the_definitions() {
    is_left_by_a_hook(&Sandbox::holding(&[("ecosystem.config.cjs", ENTRY)]), "ecosystem.config.cjs");
}

#[test]
fn a_variable_of_the_workspaces_own_file_is_meant_as_it_stands() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS)]);
    let server = sandbox.server();
    server.writes(".env", "THE_TOKEN=one\n");
    server.syncs();
    assert_eq!(token(&server), "one");
    server.writes(".env", "THE_TOKEN=two\n");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    assert_eq!(token(&server), "two");
}

#[test]
fn the_artifact_keeps_what_a_bare_environment_would_blank() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS)]);
    sandbox.sets("THE_TOKEN", "s3cret");
    let server = sandbox.server();
    server.syncs();
    sandbox.unsets("THE_TOKEN");
    server.edits(APPS_FILE, "4001", "4002");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("left web");
    assert!(server.reads(".clobber/index.cjs").contains("s3cret"));
    sandbox.sets("THE_TOKEN", "s3cret");
    let synced = server.syncs().never_says("edited by hand");
    assert!(server.reads(".clobber/index.cjs").contains("4002"), "{}", synced.all());
}

#[test]
fn an_app_that_would_vanish_without_a_variable_is_left() {
    let apps = "(ns apps (:require [clobber.macro :refer [defapp env-var]]))\n\
        (defapp \"clock\" {:script \"app.js\"})\n(defapp \"worker\" {:script \"app.js\"})\n\
        (when (= \"yes\" (env-var :WITH_WEB \"no\")) (defapp \"web\" {:script \"app.js\"}))\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, apps)]);
    sandbox.sets("WITH_WEB", "yes");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    sandbox.unsets("WITH_WEB");
    server.edits(APPS_FILE, "(ns apps", ";; Edited.\n(ns apps");
    server.pm2sync(&["hook", "post-commit"]).exits(0);
    assert_eq!(server.changed_since(&before), Vec::<String>::new());
    server.syncs().says("removed web");
}
