//! What PM2's own restart would not apply is in force after a pull.

use crate::support::{App, Sandbox};

const FILE: &str = "ecosystems/apps.cljs";

/// Syncs two apps of which one is defined as `before`, pulls it as `after`, and gives its processes. The other
/// must be the same process as before.
#[track_caller]
fn pulls_a_change(before: &str, after: &str) -> (Sandbox, Vec<App>) {
    let text = format!(
        "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
         (defapp \"web\" {before})\n\
         (defapp \"beside\" {{:script \"app.js\"}})\n"
    );
    let sandbox = Sandbox::holding(&[(FILE, &text)]);
    let laptop = sandbox.laptop();
    // A copy of the script under another name, and a folder to work in.
    let script = laptop.reads("app.js");
    laptop.writes("other.js", &script).writes("place/app.js", &script).pushes("more scripts");
    let server = sandbox.server();
    server.syncs();
    let snapshot = server.snapshot();
    assert_eq!(snapshot.names(), ["beside", "web"]);

    laptop.edits(FILE, &format!("\"web\" {before}"), &format!("\"web\" {after}")).pushes("change web");
    let pulled = server.pulls();
    assert_eq!(server.changed_since(&snapshot), ["web"], "{}", pulled.all());
    let apps = server.running_all("web");
    (sandbox, apps)
}

#[test]
fn a_changed_script_is_run() {
    let (sandbox, apps) = pulls_a_change(r#"{:script "app.js"}"#, r#"{:script "other.js"}"#);
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].script, sandbox.folder().join("server/other.js"));
}

#[test]
fn a_changed_cwd_is_where_the_process_works() {
    let (sandbox, apps) = pulls_a_change(r#"{:script "app.js"}"#, r#"{:script "app.js" :cwd "place"}"#);
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].cwd(), sandbox.folder().join("server/place"));
    assert_eq!(apps[0].script, sandbox.folder().join("server/place/app.js"));
}

#[test]
fn removed_arguments_are_gone_from_the_process() {
    let with = r#"{:script "app.js" :args ["--colour" "blue"]}"#;
    let (_sandbox, apps) = pulls_a_change(with, r#"{:script "app.js"}"#);
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].arguments(), Vec::<String>::new());
}

#[test]
fn changed_arguments_reach_the_script() {
    let with = r#"{:script "app.js" :args ["--colour" "blue"]}"#;
    let (_sandbox, apps) = pulls_a_change(with, r#"{:script "app.js" :args ["--colour" "light blue"]}"#);
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].arguments(), ["--colour", "light blue"]);
}

#[test]
fn one_instance_becomes_two_in_a_cluster() {
    let (_sandbox, apps) =
        pulls_a_change(r#"{:script "app.js" :instances 1}"#, r#"{:script "app.js" :instances 2}"#);
    assert_eq!(apps.len(), 2);
    assert!(apps.iter().all(|app| app.status == "online" && app.label.is_some()), "{apps:?}");
}

#[test]
fn one_instance_becomes_two_in_fork_mode() {
    let (_sandbox, apps) = pulls_a_change(
        r#"{:script "app.js" :instances 1 :exec_mode "fork"}"#,
        r#"{:script "app.js" :instances 2 :exec_mode "fork"}"#,
    );
    assert_eq!(apps.len(), 2);
    assert!(apps.iter().all(|app| app.status == "online"), "{apps:?}");
}

#[test]
fn two_instances_become_one() {
    let (_sandbox, apps) = pulls_a_change(
        r#"{:script "app.js" :instances 2 :exec_mode "cluster"}"#,
        r#"{:script "app.js" :instances 1 :exec_mode "cluster"}"#,
    );
    assert_eq!(apps.len(), 1);
}

#[test]
fn fork_mode_becomes_cluster_mode() {
    let (_sandbox, apps) = pulls_a_change(
        r#"{:script "app.js" :exec_mode "fork"}"#,
        r#"{:script "app.js" :exec_mode "cluster" :instances 2}"#,
    );
    assert_eq!(apps.len(), 2);
}

#[test]
fn an_option_that_pm2_only_reads_at_a_start_replaces_the_app() {
    let (_sandbox, apps) = pulls_a_change(
        r#"{:script "app.js" :kill_timeout 1000}"#,
        r#"{:script "app.js" :kill_timeout 2000}"#,
    );
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].status, "online");
}
