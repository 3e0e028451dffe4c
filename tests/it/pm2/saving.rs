//! What a reboot brings back: `pm2 save` after a sync that changed something,
//! where someone saves at all and nobody else's apps are touched by it.

use std::fs;

use serde_json::Value;

use crate::support::{APPS_FILE, Sandbox};

/// The names in PM2's dump, and the port of `web` in it.
fn saved(sandbox: &Sandbox) -> (Vec<String>, String) {
    let text = fs::read_to_string(sandbox.pm2_home().join("dump.pm2")).unwrap();
    let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut names: Vec<_> = entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    let web = entries.iter().find(|entry| entry["name"] == "web");
    (names, web.map(|web| web["env"]["PORT"].as_str().unwrap().to_owned()).unwrap_or_default())
}

#[test]
fn where_nobody_saves_nothing_is_saved() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs().never_says("pm2 save");
    assert!(!sandbox.pm2_home().join("dump.pm2").exists());
}

#[test]
fn a_change_is_saved_where_someone_saves_and_survives_a_resurrection() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    sandbox.starts_by_hand("stranger");
    server.syncs();
    server.pm2(&["save"]);

    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "");
    server.syncs().says("replaced web").says("removed clock").never_says("pm2 save");
    assert_eq!(saved(&sandbox), (["stranger", "web", "worker"].map(str::to_owned).into(), "4002".to_owned()));

    server.ends_daemon();
    server.pm2(&["resurrect"]);
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
}

#[test]
fn what_others_do_is_not_saved_for_them() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["save"]);
    sandbox.starts_by_hand("stranger");

    server.edits(APPS_FILE, "4001", "4002");
    server.syncs().says("`pm2 save` was not done").says("stranger");
    assert_eq!(saved(&sandbox).1, "4001");
    server.syncs().never_says("pm2 save");
}
