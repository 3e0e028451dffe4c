//! What PM2 keeps in another form than it is written in is no drift: such an app is
//! in sync at once, and stays so.

use crate::support::{APPS_FILE, Sandbox, definitions};

/// Syncs `apps`; a second sync, a hook with nothing edited, and one after an edited comment replace nothing.
#[track_caller]
fn is_in_sync_at_once(apps: &str) {
    let script = "setInterval(() => {}, 1 << 30); process.send?.('ready');\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definitions(apps)), ("quiet.js", script)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    assert!(server.apps().iter().all(|app| app.status == "online"), "{:?}", server.apps());

    server.syncs().never_says("replaced");
    assert_eq!(server.changed_since(&before), Vec::<String>::new(), "a second sync");
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]).never_says("replaced");
    assert_eq!(server.changed_since(&before), Vec::<String>::new(), "a hook with nothing edited");
    server.edits(APPS_FILE, "(ns apps", ";; Edited.\n(ns apps").commits("a comment");
    assert_eq!(server.changed_since(&before), Vec::<String>::new(), "a hook after an edited comment");
}

#[test]
fn options_that_are_zero_or_false_are_no_difference() {
    is_in_sync_at_once(
        r#"(defapp "zero" {:script "quiet.js" :killTimeout 0})
           (defapp "unready" {:script "quiet.js" :wait_ready false})
           (defapp "uncronned" {:script "quiet.js" :cron_restart "0"})"#,
    );
}

#[test]
fn a_port_beside_a_variable_and_variables_of_pm2_are_no_difference() {
    is_in_sync_at_once(
        r#"(defapp "both" {:script "quiet.js" :port 4100 :env {:PORT "4200"}})
           (defapp "number" {:script "quiet.js" :port 4100 :env {:PORT 4100}})
           (defapp "home" {:script "quiet.js" :env {:PM2_HOME "x"}})
           (defapp "usage" {:script "quiet.js" :env {:PM2_USAGE "x" :PM2_JSON_PROCESSING "x" :NODE_APP_INSTANCE "7"}})"#,
    );
}

#[test]
fn an_app_that_numbers_its_ports_is_in_sync_at_once() {
    is_in_sync_at_once(
        r#"(defapp "numbered" {:script "quiet.js" :instances 2 :exec_mode "cluster" :increment_var "PORT"
                               :env {:PORT 4300}})"#,
    );
}
