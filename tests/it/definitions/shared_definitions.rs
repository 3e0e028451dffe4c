//! An edit concerns the apps whose definitions it really changes: all of them,
//! and none besides.

use crate::support::{APPS_FILE, Sandbox};

const COMMON: &str = r#"
(ns common)
(def queue "first")
(def unused "nobody")
"#;

const WORKERS: &str = r#"
(ns workers (:require [clobber.macro :refer [defapp]] [common]))
(defapp "reader" {:script "app.js" :env {:QUEUE common/queue}})
(defapp "writer" {:script "app.js" :env {:QUEUE common/queue}})
(defapp "apart"  {:script "app.js" :env {:QUEUE "own"}})
"#;

fn two_that_share() -> Sandbox {
    Sandbox::holding(&[("ecosystems/common.cljs", COMMON), ("ecosystems/workers.cljs", WORKERS)])
}

#[test]
fn an_edit_of_a_shared_def_replaces_the_two_apps_that_use_it() {
    let sandbox = two_that_share();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits("ecosystems/common.cljs", "first", "second").pushes("another queue");
    server.pulls();

    assert_eq!(server.changed_since(&before), ["reader", "writer"]);
    assert_eq!(server.running("reader").variable("QUEUE").as_deref(), Some("second"));
    assert_eq!(server.running("writer").variable("QUEUE").as_deref(), Some("second"));
}

#[test]
fn an_edit_of_a_def_that_nobody_uses_replaces_nothing() {
    let sandbox = two_that_share();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits("ecosystems/common.cljs", "nobody", "still nobody").pushes("rename it");
    server.pulls();

    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_comment_and_a_whitespace_edit_replace_nothing() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "(defapp \"web\"", ";; The front.\n(defapp   \"web\"\n").pushes("comment");
    let pulled = server.pulls();

    assert_eq!(server.snapshot(), before);
    for word in ["replaced", "started", "removed"] {
        assert!(!pulled.all().contains(word), "{}", pulled.all());
    }
}

#[test]
fn the_same_values_written_another_way_replace_nothing() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    let env = r#"{:PORT "4001" :STALE "yes"}"#;
    let same = r#"(merge {:STALE "yes"} {:PORT (str (+ 4000 1))})"#;
    sandbox.laptop().edits(APPS_FILE, env, same).pushes("compute it");
    server.pulls();

    assert_eq!(server.snapshot(), before);
}

const SHARED_FILE: &str = "ecosystems/lib/shared.cljs";
const SHARED: &str = "(ns lib.shared)\n(def port \"4001\")\n";

/// Two apps, of which `web` takes its port from a namespace that is not among the sources.
fn with_shared() -> Sandbox {
    let apps = "(ns apps (:require [clobber.macro :refer [defapp]]\n [lib.shared :as shared]))\n\
                (defapp \"web\" {:script \"app.js\" :env {:PORT shared/port}})\n\
                (defapp \"clock\" {:script \"app.js\"})\n";
    Sandbox::holding(&[(APPS_FILE, apps), (SHARED_FILE, SHARED)])
}

#[test]
fn a_required_file_that_is_no_source_is_broken_and_mended_by_pulls() {
    let sandbox = with_shared();
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.port(), "4001");
    let before = server.snapshot();
    let artifact = server.reads(".clobber/index.cjs");
    let laptop = sandbox.laptop();

    laptop.edits(SHARED_FILE, "\"4001\")", "\"4002\"").pushes("lose a bracket");
    server.pulls().says(SHARED_FILE);
    assert_eq!(server.snapshot(), before);
    assert_eq!(server.reads(".clobber/index.cjs"), artifact);

    laptop.edits(SHARED_FILE, "\"4002\"", "\"4002\")").pushes("find it again");
    let pulled = server.pulls().says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
    assert_eq!(server.port(), "4002");
}

#[test]
fn a_forced_app_is_replaced_once_though_a_require_was_removed() {
    let sandbox = with_shared();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.edits(APPS_FILE, "\n [lib.shared :as shared]", "").edits(APPS_FILE, "shared/port", "\"4001\"");
    let forced = server.pm2sync(&["sync", "--force", "web"]).exits(0);

    assert_eq!(forced.lines_of("replaced web").len(), 1, "{}", forced.all());
    assert_eq!(server.changed_since(&before), ["web"]);
    let web = server.running("web");
    // PM2 gives each new entry the next id.
    let highest = server.apps().iter().map(|app| app.pm_id).max();
    assert_eq!((Some(web.pm_id), highest), (Some(2), Some(2)), "replaced once only");
    server.syncs().never_says("replaced");
}
