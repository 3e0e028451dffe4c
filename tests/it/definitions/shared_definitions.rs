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
