//! An owned app whose definition is gone, under each policy.

use crate::support::{APPS, APPS_FILE, INDEX, INDEX_FILE, Sandbox, Workspace};

#[test]
fn each_policy_does_with_a_removed_app_what_it_says() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let clock = server.running("clock");
    let is_untouched = || server.running("clock").pid == clock.pid;

    server.edits("pm2sync.toml", "[hooks]", "[apply]\nremoved = \"ask\"\n[hooks]");
    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "").pushes("no clock");
    server.pulls();
    assert!(is_untouched(), "a hook cannot ask");
    server
        .pm2sync(&["sync"])
        .says("left clock: its definition is gone")
        .says("`pm2sync sync --yes` removes it");
    assert!(is_untouched(), "nobody agreed");

    server.pm2sync(&["sync", "--removed", "keep"]).exits(0).says("the policy is `keep`");
    assert!(is_untouched());
    let status = server.pm2sync(&["status", "--format", "json"]).list("apps", "state");
    assert!(status.contains(&("clock".to_owned(), "removed".to_owned())), "{status:?}");

    server.pm2sync(&["sync", "--removed", "stop"]).exits(0).says("stopped clock: its definition is gone");
    assert_eq!(server.running("clock").status, "stopped");
    server.pm2sync(&["sync", "--removed", "stop"]).exits(0).never_says("stopped clock");

    server.pm2sync(&["sync", "--yes"]).exits(0).says("removed clock");
    assert_eq!(server.snapshot().names(), ["web", "worker"]);
}

/// All three apps are gone by what `edit` does: a pull and a sync leave them and say what removes them,
/// a hook with nothing edited is silent, and `--allow-empty` removes them.
#[track_caller]
fn nothing_is_left_of(files: &[(&str, &str)], edit: fn(&Workspace)) {
    let sandbox = Sandbox::holding(files);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    assert_eq!(before.names(), ["clock", "web", "worker"]);

    edit(&sandbox.laptop());
    sandbox.laptop().pushes("no more apps");
    server.pulls().says("left clock, web, worker").says("--allow-empty").never_says("do not compile");
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]).says_nothing();
    server
        .pm2sync(&["sync"])
        .exits(0)
        .says("left clock, web, worker")
        .says("--allow-empty")
        .says("no app is defined");
    assert_eq!(server.changed_since(&before), Vec::<String>::new(), "nobody allowed it");
    let compiled = server.pm2sync(&["compile", "--print"]).exits(0).json();
    assert_eq!(compiled, serde_json::json!({"apps": []}));
    server.pm2sync(&["compile"]).exits(0).says("0 apps");

    server.pm2sync(&["sync", "--allow-empty"]).exits(0).says("removed clock");
    assert_eq!(server.snapshot().names(), Vec::<&str>::new());
    server.pm2sync(&["sync"]).exits(0).says("in sync: 0 apps");
}

#[test]
fn the_last_apps_of_a_source_are_removed_where_that_is_allowed() {
    nothing_is_left_of(&[(APPS_FILE, APPS)], |laptop| {
        laptop.writes(APPS_FILE, "(ns apps)\n");
    });
}

#[test]
fn the_apps_of_the_last_source_are_removed_where_that_is_allowed() {
    nothing_is_left_of(&[(APPS_FILE, APPS)], |laptop| {
        laptop.deletes(APPS_FILE);
    });
}

#[test]
fn the_apps_of_an_export_that_is_empty_now_are_removed_where_that_is_allowed() {
    nothing_is_left_of(&[(APPS_FILE, APPS), (INDEX_FILE, INDEX)], |laptop| {
        laptop.writes(INDEX_FILE, "(ns index)\n(set! (.-exports js/module) (clj->js {:apps []}))\n");
    });
}

#[test]
fn where_there_never_was_an_app_it_is_told_what_is_missing() {
    let sandbox = Sandbox::holding(&[]);
    let server = sandbox.server();
    let missing = "no file matches `ecosystems/*.cljs`";
    server.pm2sync(&["sync"]).exits(4).says(missing);
    server.pm2sync(&["sync"]).exits(4).says(missing);
    server.pm2sync(&["plan"]).exits(4).says(missing);
    server.pm2sync(&["compile"]).exits(4).says(missing);

    server.writes(APPS_FILE, "(ns apps)\n(def apps [{:name \"web\"}])\n");
    server.pm2sync(&["plan"]).says("no app is defined in `ecosystems/apps.cljs`").says("`defapp`");
    server.pm2sync(&["compile"]).exits(0).says("no app is defined in `ecosystems/apps.cljs`");
}

#[test]
fn what_was_stopped_with_its_definition_runs_again_when_that_is_back() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", "[apply]\nremoved = \"stop\"\n");
    server.syncs();
    let clock = "(defapp \"clock\" {:script \"app.js\"})";
    server.edits(APPS_FILE, clock, "");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("stopped clock");
    server.syncs();
    server.edits(APPS_FILE, "(defapp \"web\"", &format!("{clock}\n(defapp \"web\""));
    server.pm2sync(&["plan"]).says("replace clock: was stopped while its definition was gone");
    let hook = server.pm2sync(&["hook", "post-commit"]).exits(0);
    hook.says("replaced clock: was stopped while its definition was gone");
    assert_eq!(server.running("clock").status, "online");

    // Once a person has had a hand in it, it is theirs to start.
    server.edits(APPS_FILE, clock, "");
    server.syncs().says("stopped clock");
    server.pm2(&["start", "clock"]);
    server.pm2(&["stop", "clock"]);
    server.edits(APPS_FILE, "(defapp \"web\"", &format!("{clock}\n(defapp \"web\""));
    server.syncs().says("in sync: 3 apps");
    assert_eq!(server.running("clock").status, "stopped");
}

#[test]
fn what_the_policy_keeps_is_nothing_to_do() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("pm2sync.toml", "[apply]\nremoved = \"keep\"\n")]);
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "");
    server.syncs().says("left clock");
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
    server.pm2sync(&["status", "--exit-code"]).exits(0).says("removed");
}
