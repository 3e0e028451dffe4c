//! A pause holds hooks back and nobody else; what they left is caught up with.
//! The same for branches that hooks are not for. And what the journal shows.

use std::thread::sleep;
use std::time::Duration;

use crate::support::{APPS_FILE, Sandbox, until};

#[test]
fn a_pause_holds_hooks_back_in_one_line_and_resume_catches_up() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.pm2sync(&["pause", "a release by hand"]).exits(0).says("a release by hand");

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    let pull = server.pulls();
    let lines = pull.lines_of("pm2sync: ");
    assert_eq!(lines.len(), 1, "{}", pull.all());
    assert!(lines[0].contains("paused") && lines[0].contains("a release by hand"), "{}", lines[0]);
    assert_eq!(server.snapshot(), before);
    assert!(server.state_folder().join("pending").exists());

    server.pm2sync(&["status", "--exit-code"]).exits(3).says("paused since").says("a release by hand");
    let status = server.pm2sync(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["paused"]["reason"], "a release by hand", "{status}");
    assert_eq!(status["pending"], true, "{status}");

    server.pm2sync(&["resume"]).exits(0).says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"]);
    let status = server.pm2sync(&["status", "--exit-code", "--format", "json"]).exits(0).json();
    assert!(status["paused"].is_null(), "{status}");
    server.pm2sync(&["resume"]).exits(0).says("not paused").never_says("replaced");
}

#[test]
fn while_paused_a_sync_by_hand_works_and_the_pause_goes_on() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2sync(&["pause"]).exits(0);
    server.edits(APPS_FILE, "4001", "4002");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("paused");
    server.syncs().says("replaced web");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();

    server.edits(APPS_FILE, "4002", "4003");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("paused").never_says("replaced");
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4002"));
}

#[test]
fn a_pause_for_a_time_ends_by_itself() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002");
    server.pm2sync(&["pause", "--for", "1s"]).exits(0).says("until");
    sleep(Duration::from_millis(1100));
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web").never_says("paused");
    server.pm2sync(&["status", "--exit-code"]).exits(0).never_says("paused");

    server.pm2sync(&["pause", "--for", "1h"]).exits(0);
    server.pm2sync(&["status"]).exits(0).says("paused since");
    for wrong in ["1", "soon", "-1s", "99999999999h"] {
        server.pm2sync(&["pause", &format!("--for={wrong}")]).exits(2);
    }
}

#[test]
fn a_pause_in_the_place_of_another_says_what_held_before_and_what_holds_now() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.pm2sync(&["pause", "--for", "2h", "a release by hand"]).exits(0).never_says("this replaces it");

    let said = server.pm2sync(&["pause", "a holiday"]).exits(0);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", said.all());
    assert!(lines[0].starts_with("was paused since ") && lines[0].contains(" until "), "{}", lines[0]);
    assert!(lines[0].ends_with(": a release by hand; this replaces it"), "{}", lines[0]);
    assert!(lines[1].contains(": a holiday") && !lines[1].contains(" until "), "{}", lines[1]);
    server.pm2sync(&["status"]).exits(0).says("a holiday").never_says("a release by hand");

    server.pm2sync(&["resume"]).exits(0);
    server.pm2sync(&["pause"]).exits(0).never_says("this replaces it");
}

#[test]
fn a_pause_begun_while_a_worker_waits_holds_it_back() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4100").commits("mine");
    let before = server.snapshot();
    sandbox.laptop().edits(APPS_FILE, "4001", "4200").pushes("theirs");
    let mut pull = server.command("git", server.root());
    server.runs(pull.args(["pull", "--rebase"])).says("waiting for the rebase");
    server.pm2sync(&["pause"]).exits(0);
    server.writes(APPS_FILE, &crate::support::APPS.replace("4001", "4300")).git(&["add", APPS_FILE]);
    sandbox.sets("GIT_EDITOR", "true");
    server.git(&["rebase", "--continue"]).says("paused");
    assert_eq!(server.snapshot(), before);
    until("the worker has seen the pause", || server.workers().is_empty());
    server.pm2sync(&["resume"]).exits(0).says("replaced web");
    server.comes_to_rest();
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4300"));
}

#[test]
fn hooks_act_on_the_branches_that_the_settings_name_and_a_sync_by_hand_on_all() {
    let settings = "[hooks]\nbranches = [\"main\", \"release/*\"]\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, crate::support::APPS), ("pm2sync.toml", settings)]);
    let server = sandbox.server();
    server.syncs();
    let port = || server.running("web").variable("PORT").unwrap_or_default();

    server.git(&["switch", "-q", "-c", "trial"]);
    server.edits(APPS_FILE, "4001", "4002");
    server.git(&["add", "--all"]);
    let commit = server.git(&["commit", "-q", "-m", "a trial"]).says("not on branch `trial`");
    assert_eq!(commit.lines_of("pm2sync: ").len(), 1, "{}", commit.all());
    assert_eq!(port(), "4001");
    server.syncs().says("replaced web");
    assert_eq!(port(), "4002");

    server.git(&["checkout", "-q", "--detach", "main"]).says("a detached HEAD");
    assert_eq!(port(), "4002");
    server.git(&["switch", "-q", "-c", "release/1"]).says("replaced web");
    assert_eq!(port(), "4001");
}

#[test]
fn the_history_tells_why_a_sync_failed_and_never_what_an_entry_threw() {
    let entry = "module.exports = {apps: [{name: 'web', script: 'app.js'}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", entry)]);
    let server = sandbox.server();
    sandbox.sets("TOKEN", "s3cret");
    server.syncs();
    server.writes("ecosystem.config.cjs", "throw new Error(`no ${process.env.TOKEN}`);\n");
    server.pm2sync(&["sync"]).exits(4).says("s3cret");
    server.writes("ecosystem.config.cjs", &entry.replace("app.js'", "gone.js'"));
    server.pm2sync(&["sync"]).exits(1);

    let history = server.pm2sync(&["history"]).exits(0).says("it threw an error at ").never_says("s3cret");
    assert!(history.stdout.contains("leave web (left): "), "{}", history.all());
    let json = server.pm2sync(&["history", "--format", "json"]).exits(0).never_says("s3cret").json();
    let failure = json["syncs"][1]["failure"].as_str().unwrap_or_default().to_owned();
    assert!(failure.contains("ecosystem.config.cjs") && failure.contains("it threw an error at "), "{json}");
    assert!(json["syncs"][0]["apps"][0]["why"].as_str().is_some_and(|why| why.contains("gone.js")), "{json}");
    assert!(
        !std::fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap().contains("s3cret")
    );
}

#[test]
fn the_history_tells_of_each_sync_the_newest_first() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.pm2sync(&["history"]).exits(0).says("no sync yet");
    assert!(!server.state_folder().join("synced.json").exists(), "only a sync enrols");
    server.syncs();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    server.writes(APPS_FILE, "(((");
    server.pm2sync(&["sync"]).exits(4);

    let human = server.pm2sync(&["history"]).exits(0);
    let heads: Vec<_> = human.stdout.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(heads.len(), 3, "{}", human.all());
    assert!(heads[0].contains("pm2sync sync") && heads[0].contains(APPS_FILE), "{}", human.all());
    assert!(heads[1].contains("git pull") && heads[1].contains(APPS_FILE), "{}", human.all());
    assert!(human.stdout.contains("replace web: env.PORT"), "{}", human.all());
    assert!(!human.all().contains("4002"), "a value is shown: {}", human.all());

    let json = server.pm2sync(&["history", "--format", "json"]).exits(0).json();
    assert_eq!(json["version"], 1, "{json}");
    let text = json.to_string();
    assert!(text.contains("git pull") && text.contains("env.PORT") && !text.contains("4002"), "{json}");
    let one = server.pm2sync(&["history", "-n", "1"]).exits(0);
    assert_eq!(one.stdout.lines().filter(|line| !line.starts_with(' ')).collect::<Vec<_>>(), [heads[0]]);
    assert_eq!(server.pm2sync(&["history", "-n", "0", "--format", "json"]).exits(0).json()["version"], 1);
}
