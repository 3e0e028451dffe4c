//! Apps that come, go and are named as people name them.

use crate::support::{APPS_FILE, Sandbox, until};

#[test]
fn a_new_app_is_started_and_no_other_touched() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    let more = "(defapp \"clock\" {:script \"app.js\"})\n(defapp \"bell\" {:script \"app.js\"})";
    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", more).pushes("add a bell");
    server.pulls().says("started bell");

    assert_eq!(server.changed_since(&before), ["bell"]);
    assert_eq!(server.running("bell").status, "online");
}

#[test]
fn a_removed_app_is_deleted_and_no_other_touched() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "").pushes("no clock");
    server.pulls().says("removed clock");

    assert_eq!(server.changed_since(&before), ["clock"]);
    assert!(server.running_all("clock").is_empty());
}

#[test]
fn the_apps_of_a_removed_source_are_deleted() {
    let more = r#"(ns more (:require [clobber.macro :refer [defapp]])) (defapp "extra" {:script "app.js"})"#;
    let sandbox = Sandbox::with_apps();
    sandbox.laptop().writes("ecosystems/more.cljs", more).pushes("one more");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().deletes("ecosystems/more.cljs").pushes("one less");
    server.pulls();

    assert_eq!(server.changed_since(&before), ["extra"]);
}

#[test]
fn a_renamed_app_runs_under_its_new_name_only() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\"", "(defapp \"watch-tower\"").pushes("rename");
    server.pulls().says("removed clock").says("started watch-tower");

    assert_eq!(server.changed_since(&before), ["clock", "watch-tower"]);
    assert!(server.running_all("clock").is_empty());
    assert_eq!(server.running("watch-tower").status, "online");
}

#[test]
fn apps_with_a_slash_a_space_and_a_comma_in_their_names_are_replaced_one_by_one() {
    let text = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "devel/opencode" {:script "app.js" :env {:MARK "slash"}})
(defapp "my app"         {:script "app.js" :env {:MARK "space"}})
(defapp "one,two"        {:script "app.js" :env {:MARK "comma"}})
(defapp "one"            {:script "app.js"})
"#;
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.snapshot().names(), ["devel/opencode", "my app", "one", "one,two"]);

    for (name, mark) in [("devel/opencode", "slash"), ("my app", "space"), ("one,two", "comma")] {
        let before = server.snapshot();
        let new = format!("{mark} again");
        sandbox.laptop().edits(APPS_FILE, &format!("\"{mark}\""), &format!("\"{new}\"")).pushes("mark it");
        server.pulls().says(&format!("replaced {name}: env.MARK"));
        assert_eq!(server.changed_since(&before), [name]);
        assert_eq!(server.running(name).variable("MARK"), Some(new));
    }
}

#[test]
fn only_what_the_index_requires_is_run() {
    let index = r"
(ns index (:require [clobber.macro] [listed]))
(set! (.-exports js/module) (clj->js (clobber.macro/ecosystem)))
(defn -main [& _] nil)
";
    let app = |ns: &str| {
        format!(
            "(ns {ns} (:require [clobber.macro :refer [defapp]]))\n(defapp \"{ns}\" {{:script \"app.js\"}})\n"
        )
    };
    let sandbox = Sandbox::holding(&[
        ("ecosystems/index.cljs", index),
        ("ecosystems/listed.cljs", &app("listed")),
        ("ecosystems/unlisted.cljs", &app("unlisted")),
    ]);
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.snapshot().names(), ["listed"]);
}

#[test]
fn without_an_index_all_sources_are_loaded_in_the_order_of_their_paths() {
    let app = |ns: &str| {
        format!(
            "(ns {ns} (:require [clobber.macro :refer [defapp]]))\n(defapp \"{ns}\" {{:script \"app.js\"}})\n"
        )
    };
    let sandbox = Sandbox::holding(&[
        ("ecosystems/zebra.cljs", &app("zebra")),
        ("ecosystems/ant.cljs", &app("ant")),
        ("ecosystems/my_mole.cljs", &app("my-mole")),
    ]);
    let printed = sandbox.laptop().pm2sync(&["compile", "--print"]).exits(0).json();
    let names: Vec<_> =
        printed["apps"].as_array().into_iter().flatten().map(|app| app["name"].clone()).collect();
    assert_eq!(names, ["ant", "my-mole", "zebra"]);
}

#[test]
fn a_finished_job_is_not_started_again() {
    let text = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "job" {:script "job.js" :autorestart false :env {:ROUND "1"}})
(defapp "web" {:script "app.js"})
"#;
    let job =
        "require('fs').appendFileSync(process.env.PM2_HOME + '/rounds', process.env.ROUND); process.exit(0);";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text), ("job.js", job)]);
    let server = sandbox.server();
    server.syncs();
    let rounds = || std::fs::read_to_string(server.pm2_home().join("rounds")).unwrap_or_default();
    until("the job has ended", || server.running("job").status == "stopped");
    let before = server.snapshot();

    let again = server.pm2sync(&["sync", "--format", "json"]).exits(0);
    assert_eq!(again.list("outcomes", "action"), []);
    assert_eq!(server.snapshot(), before);
    assert_eq!(rounds(), "1");
}

#[test]
fn a_first_sync_of_one_app_does_not_let_hooks_start_the_others() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.pm2sync(&["sync", "--only", "web"]).exits(0);
    server.pm2sync(&["sync", "--only", "nope"]).exits(2);
    server
        .writes("notes.txt", "x")
        .commits("anything")
        .pm2sync(&["hook", "post-commit"])
        .says("not enrolled");
    assert_eq!(server.snapshot().names(), ["web"]);
}
