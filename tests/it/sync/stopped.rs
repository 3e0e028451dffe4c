//! A stopped app gets its new definition without being run, and is started by
//! whoever would have started it before.

use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::support::{APPS_FILE, App, Sandbox};

const APPS: &str = r#"(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "fork"    {:script "app.js" :env {:MARK "old"}})
(defapp "pair"    {:script "app.js" :env {:MARK "old"} :instances 2 :exec_mode "fork"})
(defapp "cluster" {:script "app.js" :env {:MARK "old"} :instances 2})
(defapp "nightly" {:script "app.js" :env {:MARK "old"} :cron_restart "0 0 1 1 *"})
(defapp "same"    {:script "app.js" :env {:OTHER "o"}})
"#;

/// The process's `MARK`; one of a cluster gets all its variables in one, as JSON.
fn mark(app: &App) -> Option<String> {
    app.variable("MARK").or_else(|| {
        let all: Value = serde_json::from_str(&app.variable("pm2_env")?).ok()?;
        Some(all["MARK"].as_str()?.to_owned())
    })
}

#[test]
fn a_new_definition_is_put_in_place_without_running_it_and_runs_when_it_is_started() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS)]);
    let server = sandbox.server();
    server.syncs();
    server.pm2(&["stop", "all"]);
    let stopped = || server.apps().iter().all(|app| app.status == "stopped" && app.pid == 0);
    assert!(stopped());
    server.pm2sync(&["sync"]).exits(0).says("in sync: 5 apps");
    assert!(stopped(), "an unchanged app stays stopped");

    server.edits(APPS_FILE, "old", "new");
    let synced = server.pm2sync(&["sync"]).exits(0);
    for name in ["fork", "pair", "cluster", "nightly"] {
        let line = format!("replaced {name}: env.MARK changed; it stays stopped");
        assert_eq!(synced.lines_of(&line).len(), 1, "{}", synced.all());
    }
    assert!(stopped(), "{:?}", server.apps());
    assert_eq!(server.running_all("cluster").len(), 2);
    server.pm2sync(&["plan"]).exits(0).says("nothing to do: 5 apps in sync");

    server.pm2(&["start", "fork", "pair", "cluster"]);
    for (name, count) in [("fork", 1), ("pair", 2), ("cluster", 2)] {
        let apps = server.running_all(name);
        assert_eq!(apps.len(), count, "{name}");
        for app in apps {
            assert_eq!((app.status.as_str(), mark(&app).as_deref()), ("online", Some("new")), "{name}");
        }
    }
    server.pm2sync(&["plan"]).exits(0).says("nothing to do: 5 apps in sync");

    server.edits(APPS_FILE, "0 0 1 1 *", "*/2 * * * * *");
    server.pm2sync(&["sync"]).exits(0).says("it stays stopped");
    let started = (0..200).any(|_| {
        sleep(Duration::from_millis(50));
        server.running("nightly").status == "online"
    });
    assert!(started, "cron starts it");
    assert_eq!(server.running("same").status, "stopped");
}

#[test]
fn one_process_that_someone_stopped_stays_so_and_is_shown_until_the_definition_changes() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS)]);
    let server = sandbox.server();
    server.syncs();
    let first = server.running_all("cluster").remove(0);
    server.pm2(&["stop", &first.pm_id.to_string()]);

    let status = server.pm2sync(&["status", "--format", "json"]).exits(0);
    let stands = |key: &str| {
        let apps = status.list("apps", key);
        apps.into_iter().find(|(name, _)| name == "cluster").unwrap().1
    };
    assert_eq!((stands("state"), stands("why")), ("stopped".to_owned(), "1 of its 2 processes".to_owned()));
    server.pm2sync(&["sync"]).exits(0).says("in sync: 5 apps");
    assert_eq!(server.running_all("cluster")[0].status, "stopped");

    server.edits(APPS_FILE, "old", "new").syncs();
    let cluster = server.running_all("cluster");
    assert_eq!(cluster.len(), 2);
    assert!(cluster.iter().all(|app| app.status == "online" && mark(app).as_deref() == Some("new")));
}
