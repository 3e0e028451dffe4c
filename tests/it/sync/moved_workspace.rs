//! A workspace that was moved, or moved away: its apps are left by hooks and taken
//! over by hand.

use std::fs;

use crate::support::{APPS_FILE, Sandbox, Workspace, definitions};

#[test]
fn a_moved_workspace_takes_its_apps_over_by_hand_and_no_hook_does() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = sandbox.snapshot();
    let moved = sandbox.folder().join("moved");
    fs::rename(server.root(), &moved).unwrap();
    let moved = Workspace::at(&sandbox, moved);

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

#[test]
fn an_app_of_a_workspace_that_was_moved_away_is_left_by_a_hook_and_taken_over_by_hand() {
    let one = |app: &str| definitions(&format!("(defapp \"{app}\" {{:script \"app.js\"}})"));
    let sandbox = Sandbox::with_apps();
    let gone = sandbox.workspace("gone", &[(APPS_FILE, &one("web"))]);
    let there = sandbox.workspace("there", &[(APPS_FILE, &one("clock"))]);
    gone.syncs();
    there.syncs();
    let server = sandbox.server();
    server.pm2sync(&["sync"]).says("web").says("clock");
    let before = server.snapshot();
    assert_eq!(before.names(), ["clock", "web", "worker"]);
    let owner = |app: &str| sandbox.running(app).label.unwrap_or_default()["root"].clone();
    assert_eq!(owner("web").as_str(), gone.root().to_str());

    fs::rename(gone.root(), sandbox.folder().join("moved")).unwrap();
    server.edits(APPS_FILE, "4001", "4002").commits("move web");
    assert_eq!(server.snapshot(), before, "a hook leaves it");

    let synced = server.pm2sync(&["sync"]).says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"], "{}", synced.all());
    assert_eq!(server.port(), "4002");
    assert_eq!(owner("web").as_str(), server.root().to_str());
    assert_eq!(owner("clock").as_str(), there.root().to_str());
}
