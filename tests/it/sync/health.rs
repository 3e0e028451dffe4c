//! What becomes of a start: healthy, failed and rolled back, or not yet proven,
//! each with a real app that behaves so.

use std::time::Duration;

use crate::support::{APPS_FILE, Sandbox, Workspace, definitions, until};

/// Stays up.
const GOOD: &str = "setInterval(() => {}, 1 << 30);\n";
/// What ends is written for a shell: on a busy machine node takes longer to read
/// its script than an app has to be up to be healthy.
const CRASHES: &str = "echo 'the database is gone' >&2\nexit 1\n";
const CRASHES_SOON: &str = "sleep 0.2\nexit 1\n";
const CRASHES_LATE: &str = "sleep 1.5\nexit 1\n";
const CRASHES_IN_NODE: &str = "process.exit(1);\n";
const FINISHES: &str = "sleep 0.2\n";
const FAILS: &str = "sleep 0.2\nexit 3\n";
const SLOWLY_READY: &str = "setInterval(() => {}, 1 << 30);\nsetTimeout(() => process.send('ready'), 400);\n";
const STUBBORN: &str = "process.on('SIGINT', () => {});\nsetInterval(() => {}, 1 << 30);\n";
const LISTENS_LATE: &str = "setTimeout(() => require('http').createServer().listen(0), 700);\n";

const SCRIPTS: [(&str, &str); 10] = [
    ("good.js", GOOD),
    ("crashes.sh", CRASHES),
    ("crashes_soon.sh", CRASHES_SOON),
    ("crashes_late.sh", CRASHES_LATE),
    ("crashes.js", CRASHES_IN_NODE),
    ("finishes.sh", FINISHES),
    ("fails.sh", FAILS),
    ("slowly_ready.js", SLOWLY_READY),
    ("stubborn.js", STUBBORN),
    ("listens_late.js", LISTENS_LATE),
];

/// A machine where the apps are defined so, with `settings`.
fn machine(apps: &str, settings: &str) -> Sandbox {
    let text = definitions(apps);
    let mut files = vec![(APPS_FILE, text.as_str()), ("pm2sync.toml", settings)];
    files.extend(SCRIPTS);
    Sandbox::holding(&files)
}

/// The result that `sync --format json` gives for `web`.
#[track_caller]
fn result_of(server: &Workspace, arguments: &[&str], code: i32) -> (String, String) {
    let all: Vec<&str> = ["sync", "--format", "json"].iter().chain(arguments).copied().collect();
    let synced = server.pm2sync(&all).exits(code).json();
    let outcome = synced["outcomes"].as_array().unwrap().iter().find(|outcome| outcome["app"] == "web");
    let outcome = outcome.unwrap_or_else(|| panic!("nothing was done with web: {synced}"));
    let text = |key: &str| outcome[key].as_str().unwrap_or_default().to_owned();
    (text("result"), text("message"))
}

/// The fingerprint of the last sync that left nothing to do, as it is remembered.
fn completed(server: &Workspace) -> serde_json::Value {
    let text = std::fs::read_to_string(server.state_folder().join("synced.json")).unwrap();
    let state: serde_json::Value = serde_json::from_str(&text).unwrap();
    state["completed"].clone()
}

/// Syncs a good `web`, gives it the options `options`, and syncs again.
#[track_caller]
fn becomes(options: &str, settings: &str, code: i32, result: &str) -> (Sandbox, String) {
    let sandbox = machine(r#"(defapp "web" {:script "good.js"})"#, settings);
    let message = {
        let server = sandbox.server();
        server.syncs();
        server.writes(APPS_FILE, &definitions(&format!(r#"(defapp "web" {options})"#)));
        let (ended, message) = result_of(&server, &[], code);
        assert_eq!(ended, result, "{message}");
        message
    };
    (sandbox, message)
}

/// The same, where the old definition has to run again afterwards.
#[track_caller]
fn is_rolled_back(options: &str) -> String {
    let (sandbox, message) = becomes(options, "", 5, "rolled-back");
    let web = sandbox.running("web");
    assert_eq!((web.script.file_name().unwrap().to_str(), web.status.as_str()), (Some("good.js"), "online"));
    message
}

#[test]
fn an_app_that_crashes_at_once_is_rolled_back() {
    let message = is_rolled_back(r#"{:script "crashes.sh"}"#);
    assert!(message.contains("the old definition runs again"), "{message}");
}

#[test]
fn an_app_that_crashes_before_its_min_uptime_is_rolled_back() {
    is_rolled_back(r#"{:script "crashes_late.sh" :min_uptime "10s"}"#);
}

#[test]
fn a_crash_loop_with_a_restart_delay_is_rolled_back_long_before_pm2_gives_up() {
    is_rolled_back(r#"{:script "crashes_soon.sh" :restart_delay 1000}"#);
}

/// What was read before a rollback of four seconds would count after it as four seconds more that it was up.
#[test]
fn an_app_is_not_taken_for_healthy_because_another_one_was_rolled_back_meanwhile() {
    let apps = |first: &str, second: &str| {
        format!(
            r#"(defapp "first" {{:script "{first}" :min_uptime "4s"}})
               (defapp "web" {{:script "{second}" :min_uptime "3s"}})"#
        )
    };
    let sandbox = machine(&apps("good.js", "good.js"), "");
    let server = sandbox.server();
    server.syncs();
    server.writes(APPS_FILE, &definitions(&apps("crashes.sh", "crashes_soon.sh")));
    let (result, message) = result_of(&server, &[], 5);
    assert_eq!(result, "rolled-back", "{message}");
}

#[test]
fn a_job_that_ends_badly_is_rolled_back() {
    let message = is_rolled_back(r#"{:script "fails.sh" :autorestart false}"#);
    assert!(message.contains("code 3"), "{message}");
}

#[test]
fn a_job_that_ends_well_is_healthy() {
    let (sandbox, _) = becomes(r#"{:script "finishes.sh" :autorestart false}"#, "", 0, "done");
    assert_eq!(sandbox.running("web").status, "stopped");
}

#[test]
fn an_app_that_never_says_ready_is_not_proven_and_goes_on() {
    let options = r#"{:script "good.js" :wait_ready true :listen_timeout 1200}"#;
    let (sandbox, message) = becomes(options, "", 0, "not-proven");
    assert!(message.contains("never said ready"), "{message}");
    assert_eq!(sandbox.running("web").status, "online");
}

#[test]
fn an_app_that_is_slowly_ready_is_healthy() {
    becomes(r#"{:script "slowly_ready.js" :wait_ready true :listen_timeout 9000}"#, "", 0, "done");
}

#[test]
fn an_app_that_opens_its_port_late_is_healthy() {
    becomes(r#"{:script "listens_late.js"}"#, "", 0, "done");
}

#[test]
fn an_app_that_ignores_its_stop_is_replaced_all_the_same() {
    let sandbox = machine(r#"(defapp "web" {:script "stubborn.js" :kill_timeout 700})"#, "");
    let server = sandbox.server();
    server.syncs();
    let before = server.running("web");
    server.edits(APPS_FILE, "700", "800");
    assert_eq!(result_of(&server, &[], 0).0, "done");
    assert_ne!(server.running("web").pid, before.pid);
}

#[test]
fn what_is_neither_healthy_nor_failed_in_time_is_not_proven_and_never_rolled_back() {
    let settings = "[apply]\nhealth_timeout = \"1500ms\"\n";
    let options = r#"{:script "good.js" :min_uptime "1h"}"#;
    let (sandbox, message) = becomes(options, settings, 0, "not-proven");
    assert!(message.contains("after 1.5 s"), "{message}");
    let server = Workspace::at(&sandbox, sandbox.folder().join("server"));
    server.pm2sync(&["status"]).exits(0).says("not yet proven");
}

#[test]
fn a_failure_is_kept_where_the_settings_say_so() {
    let settings = "[apply]\non_failure = \"keep\"\n";
    let (sandbox, _) = becomes(r#"{:script "crashes.sh"}"#, settings, 5, "unhealthy");
    assert!(sandbox.running("web").script.ends_with("crashes.sh"));
}

#[test]
fn a_new_app_that_fails_is_unhealthy_and_its_last_words_are_shown() {
    let sandbox = machine(r#"(defapp "web" {:script "crashes.sh"})"#, "");
    let server = sandbox.server();
    server.pm2sync(&["sync"]).exits(5).says("(unhealthy)").says("    the database is gone");
    let status = server.pm2sync(&["status", "--exit-code"]).says("unhealthy");
    assert_eq!(status.code, 3, "{}", status.all());
    let journal = std::fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap();
    assert!(!journal.contains("database"), "last words are never kept");
}

#[test]
fn a_rejected_definition_is_not_tried_again_until_it_changes_or_is_forced() {
    let sandbox = machine(r#"(defapp "web" {:script "good.js"})"#, "");
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "good.js", "crashes.sh");
    server.pm2sync(&["sync"]).exits(5).says("rolled back web").says("    the database is gone");
    let settled = server.snapshot();

    server.pm2sync(&["sync"]).says("was tried and rolled back").says("--force 'web'");
    server.commits("a crash").pm2sync(&["status"]).says("rolled back");
    assert_eq!(server.changed_since(&settled), Vec::<String>::new());

    server.pm2sync(&["sync", "--force", "web"]).exits(5).says("rolled back web");
    assert_ne!(server.changed_since(&settled), Vec::<String>::new());

    server.edits(APPS_FILE, "crashes.sh", "listens_late.js");
    server.syncs().says("replaced web");
    server.edits(APPS_FILE, "listens_late.js", "good.js");
    server.syncs().says("replaced web");
    server.pm2sync(&["status", "--exit-code"]).exits(0).never_says("rolled back");
}

#[test]
fn where_the_old_process_did_not_run_well_nothing_is_rolled_back() {
    let settings = "[apply]\non_failure = \"keep\"\n";
    let sandbox = machine(r#"(defapp "web" {:script "crashes.sh"})"#, settings);
    let server = sandbox.server();
    server.pm2sync(&["sync"]).exits(5);
    server.writes("pm2sync.toml", "").edits(APPS_FILE, "crashes.sh", "crashes_soon.sh");
    assert_eq!(result_of(&server, &[], 5).0, "unhealthy");
    assert!(server.running("web").script.ends_with("crashes_soon.sh"));
}

#[test]
fn an_app_that_crashes_without_end_is_replaced_and_removed_whenever_it_is_met() {
    let settings = "[apply]\non_failure = \"keep\"\n";
    let crashing = r#"(defapp "web" {:script "crashes.js" :max_restarts 100000 :env {:N "0"}})"#;
    let sandbox = machine(crashing, settings);
    let server = sandbox.server();
    server.pm2sync(&["sync", "--no-wait"]).exits(0);
    for round in 0..8 {
        let (now, next) = (format!(":N \"{round}\""), format!(":N \"{}\"", round + 1));
        server.edits(APPS_FILE, &now, &next);
        let synced = server.pm2sync(&["sync", "--no-wait"]).exits(0).says("replaced web");
        assert_eq!(server.running_all("web").len(), 1, "{}", synced.all());
    }
    server.writes(APPS_FILE, &definitions(r#"(defapp "other" {:script "good.js"})"#));
    server.pm2sync(&["sync"]).exits(0).says("removed web");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.running_all("web").len(), 0);
}

#[test]
fn a_failing_pull_rolls_back_and_says_why_among_gits_lines() {
    let sandbox = machine(r#"(defapp "web" {:script "good.js"})"#, "");
    let server = sandbox.server();
    server.syncs();
    sandbox.laptop().edits(APPS_FILE, "good.js", "crashes.sh").pushes("a crash");
    server.pulls().says("rolled back web").says("    the database is gone");
    assert!(server.running("web").script.ends_with("good.js"));
    server
        .pm2sync(&["history"])
        .exits(0)
        .says("git pull")
        .says("(rolled-back): script good.js → crashes.sh; ")
        .says("; the old definition runs again")
        .never_says("the database is gone");
    // What was said is said once: the next hook is silent about it.
    server.writes("notes.txt", "x").commits("anything").git(&["status"]).never_says("rolled back");
}

#[test]
fn an_app_that_pm2_gave_up_on_is_left_and_reported_until_it_is_forced() {
    let sandbox = machine(r#"(defapp "web" {:script "crashes.sh" :max_restarts 2})"#, "");
    let server = sandbox.server();
    server.pm2sync(&["sync"]).exits(5);
    until("PM2 gives up", || server.running("web").status == "errored");
    server.pm2sync(&["sync"]).exits(5).says("PM2 gave up restarting it").says("--force 'web'");
    server.writes("crashes.sh", "exec sleep 100000\n");
    server.pm2sync(&["sync", "--force", "web"]).exits(0).says("replaced web");
    assert_eq!(server.running("web").status, "online");
}

#[test]
fn without_waiting_a_start_is_done_and_is_looked_at_again() {
    let sandbox = machine(r#"(defapp "web" {:script "good.js"})"#, "");
    let server = sandbox.server();
    assert_eq!(result_of(&server, &["--no-wait"], 0).0, "done");
    assert!(completed(&server).is_null(), "it was not waited for");
    server.syncs();
    assert!(completed(&server).is_string());
}

#[test]
fn the_log_that_is_shown_is_the_one_of_the_process_that_failed() {
    let sandbox = machine(r#"(defapp "web" {:script "third.sh" :instances 3 :exec_mode "fork"})"#, "");
    let server = sandbox.server();
    let third = "[ \"$NODE_APP_INSTANCE$BROKEN\" != 2yes ] || { echo 'the third fails' >&2; exit 1; }\n\
        exec sleep 100000\n";
    server.writes("third.sh", third).syncs();
    server.edits(APPS_FILE, ":instances", ":env {:BROKEN \"yes\"} :instances");
    server.pm2sync(&["sync"]).exits(5).says("rolled back web").says("the third fails");
    assert_eq!(server.running_all("web").len(), 3);
    server.edits(APPS_FILE, "yes", "no").syncs().never_says("the third fails");
}

/// Those that go on may have been restarted before, which says nothing of the copy.
#[test]
fn a_process_that_was_missing_has_to_stay_up_as_well() {
    let sandbox = machine(r#"(defapp "web" {:script "third.sh" :instances 3 :exec_mode "fork"})"#, "");
    let server = sandbox.server();
    let script = |third: &str| format!("[ $NODE_APP_INSTANCE != 2 ] || {third}\nexec sleep 100000\n");
    server.writes("third.sh", &script("true")).syncs();
    for _ in 0..3 {
        server.pm2(&["restart", "web"]);
    }
    server.pm2(&["delete", &server.running_all("web")[2].pm_id.to_string()]);
    server.pm2sync(&["sync"]).exits(0).says("scaled web: instances 2 → 3");

    server.writes("third.sh", &script("{ echo 'the third fails' >&2; exit 1; }"));
    server.pm2(&["delete", &server.running_all("web")[2].pm_id.to_string()]);
    let synced = server.pm2sync(&["sync"]).exits(5).says("unhealthy").says("the third fails");
    assert_eq!(synced.lines_of("scaled web").len(), 1, "{}", synced.all());
    let web = server.running_all("web");
    assert_eq!(web.iter().filter(|app| app.status == "online").count(), 2, "the others go on");
}
