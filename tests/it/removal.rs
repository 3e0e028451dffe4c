//! An owned app whose definition is gone, under each policy.

use crate::support::{APPS_FILE, Sandbox};

#[test]
fn each_policy_does_with_a_removed_app_what_it_says() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let clock = server.running("clock");
    let is_untouched = || server.running("clock").pid == clock.pid;

    server.writes("pm2sync.toml", "[apply]\nremoved = \"ask\"\n");
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

#[test]
fn a_moved_workspace_takes_its_apps_over_by_hand_and_no_hook_does() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = sandbox.snapshot();
    let moved = sandbox.folder().join("moved");
    std::fs::rename(server.root(), &moved).unwrap();
    let moved = crate::support::Workspace::at(&sandbox, moved);

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    moved.pulls();
    assert_eq!(sandbox.snapshot(), before, "a hook leaves what carries another root");

    let old = server.root().display().to_string();
    moved.pm2sync(&["plan"]).exits(0).says(&format!("was started from {old}, which is gone"));
    moved.pm2sync(&["sync"]).exits(0);
    for app in sandbox.apps() {
        assert_eq!(app.label.unwrap_or_default()["root"].as_str(), moved.root().to_str(), "{}", app.name);
    }
    moved.pm2sync(&["sync"]).exits(0).says("in sync: 3 apps");
}
