//! What reaches the apps, the cluster apps and the daemon, as the kernel tells
//! it: the caller's environment, and nothing that git, PM2, npm or a shell set
//! for their own children.

use std::collections::BTreeMap;

use crate::support::{APPS_FILE, ENV_JS, Sandbox, Workspace, until};

const APPS: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))

(defapp "web"  {:script "env.js" :env {:PORT "4001"}})
(defapp "pool" {:script "env.js" :instances 2 :exec_mode "cluster" :env {:PORT "4002"}})
"#;

/// What git, a shell, npm or PM2 set for their own children.
const FOREIGN: [&str; 9] =
    ["GIT_", "GITHEAD_", "npm_", "PWD", "OLDPWD", "SHLVL", "INIT_CWD", "kill_timeout", "cron_restart"];

#[test]
fn nothing_of_git_reaches_anything_after_a_merge() {
    let (sandbox, moved) = (sandbox(), "5001");
    let server = waiting_for_its_daemon(&sandbox);
    sandbox.laptop().edits(APPS_FILE, "4001", moved).pushes("move web");
    server.pulls();
    holds(&server, moved);
}

#[test]
fn nothing_of_git_reaches_anything_after_a_checkout() {
    let (sandbox, moved) = (sandbox(), "5001");
    sandbox.laptop().git(&["switch", "-q", "-c", "side"]);
    sandbox.laptop().edits(APPS_FILE, "4001", moved).pushes("move web");
    let server = waiting_for_its_daemon(&sandbox);
    server.git(&["switch", "-q", "side"]);
    holds(&server, moved);
}

#[test]
fn nothing_of_git_reaches_anything_after_a_rebase() {
    let (sandbox, moved) = (sandbox(), "5001");
    let server = waiting_for_its_daemon(&sandbox);
    server.writes("note.txt", "a note\n").git(&["add", "note.txt"]);
    server.git(&["-c", "core.hooksPath=/dev/null", "commit", "-qm", "a note"]);
    sandbox.laptop().edits(APPS_FILE, "4001", moved).pushes("move web");
    server.git(&["pull", "-q", "--rebase"]);
    holds(&server, moved);
}

#[test]
fn nothing_of_git_reaches_anything_after_a_commit() {
    let (sandbox, moved) = (sandbox(), "5001");
    let server = waiting_for_its_daemon(&sandbox);
    server.edits(APPS_FILE, "4001", moved);
    server.git(&["commit", "-qam", "move web"]);
    holds(&server, moved);
}

#[test]
fn nothing_of_a_managed_parent_reaches_its_children() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    // What PM2 gives to an app of its own, and npm and git to theirs.
    for (name, value) in [
        ("kill_timeout", "77"),
        ("cron_restart", "* * * * *"),
        ("namespace", "of-the-parent"),
        ("pm_id", "9"),
        ("NODE_APP_INSTANCE", "9"),
        ("npm_lifecycle_event", "start"),
        ("INIT_CWD", "/"),
        ("GIT_DIR", "/nowhere"),
        ("OLDPWD", "/"),
        ("SHLVL", "4"),
        ("env_pm2sync", "[object Object]"),
    ] {
        sandbox.sets(name, value);
    }
    let mut command = server.pm2sync_command(&["sync"]);
    server.runs(command.env_remove("GIT_DIR")).exits(0);
    let misleading =
        ["kill_timeout", "cron_restart", "namespace", "pm_id", "NODE_APP_INSTANCE", "GIT_DIR", "env_pm2sync"];
    for name in misleading {
        sandbox.unsets(name);
    }
    holds(&server, "4001");
    for app in server.apps() {
        assert_eq!(
            app.environment_seen().get("namespace").map(String::as_str),
            Some("default"),
            "{}",
            app.name
        );
    }
}

#[test]
fn an_app_of_pm2_can_sync_its_own_daemon() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    let done = sandbox.folder().join("done");
    server.writes(
        "syncs.sh",
        &format!("'{}' sync && echo ok > '{}'\nsleep 1000\n", env!("CARGO_BIN_EXE_pm2sync"), done.display()),
    );
    server
        .runs(
            server
                .shell()
                .args(["-c", "pm2 start syncs.sh --interpreter sh --kill-timeout 77 --name parent"]),
        )
        .exits(0);
    until("the app has synced", || done.exists());
    let web = server.running("web").environment_seen();
    assert!(!web.contains_key("kill_timeout"));
    assert_eq!(web.get("name").map(String::as_str), Some("web"));
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4001"));
}

#[test]
fn a_bare_environment_is_enough_and_nothing_is_added() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    // As cron has it, but for PATH, where node and PM2 lie elsewhere here.
    let mut command = server.pm2sync_command(&["sync"]);
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap().to_owned();
    command.env_clear().env("PATH", path).env("HOME", sandbox.folder().join("home"));
    sandbox.watches_over(sandbox.folder().join("home/.pm2"));
    server.runs(&mut command).exits(0);

    let home = sandbox.folder().join("home/.pm2");
    sandbox.sets("PM2_HOME", home.clone());
    let web = server.apps().into_iter().find(|app| app.name == "web").unwrap();
    let given = web.environment();
    assert_eq!(given.get("PM2_HOME").map(String::as_str), home.to_str());
    assert!(!given.contains_key("LANG"), "{:?}", given.keys());
}

#[test]
fn a_bare_environment_without_node_says_what_is_missing() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    let mut command = server.pm2sync_command(&["sync"]);
    let bare = sandbox.folder().join("bare");
    std::fs::create_dir(&bare).unwrap();
    command.env_clear().env("PATH", &bare).env("HOME", sandbox.folder().join("home"));
    server.runs(&mut command).exits(1).says("PATH");
}

#[test]
fn a_list_limits_what_is_inherited_but_not_what_a_definition_names() {
    let sandbox = sandbox();
    sandbox.sets("CHATTER", "no").sets("GIT_AUTHOR_NAME", "wanted");
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", "[env]\ninherit = [\"LANG\", \"GIT_AUTHOR_NAME\"]\n");
    server.edits(APPS_FILE, r#":PORT "4001""#, r#":PORT "4001" :GIT_DIR "/by/definition""#);
    server.syncs();

    for app in server.apps() {
        let seen = app.environment_seen();
        assert_eq!(seen.get("LANG").map(String::as_str), Some("C.UTF-8"), "{}", app.name);
        assert_eq!(seen.get("GIT_AUTHOR_NAME").map(String::as_str), Some("wanted"), "{}", app.name);
    }
    let web = server.running("web").environment();
    assert!(!web.contains_key("CHATTER") && !web.contains_key("HOME"), "{:?}", web.keys());
    assert_eq!(web.get("GIT_DIR").map(String::as_str), Some("/by/definition"));
    server.syncs().never_says("replaced");
}

#[test]
fn the_variables_of_a_file_are_read_as_people_write_them() {
    let text = r#"
(ns apps (:require [clobber.macro :refer [defapp env-var]]))
(defapp "web" {:script "env.js" :env {:A (env-var :A "") :B (env-var :B "") :C (env-var :C "") :D (env-var :D "")}})
"#;
    let sandbox = Sandbox::holding(&[(APPS_FILE, text), ("env.js", ENV_JS)]);
    let server = sandbox.laptop();
    server.writes(
        ".env",
        "\u{feff}A=one\r\n# a note\r\nexport B=\"two words\"\r\nC='$A \"x\"'\r\nD=a=b # why\r\n",
    );
    server.syncs();
    let web = server.running("web").environment();
    let seen: Vec<_> = ["A", "B", "C", "D"].iter().map(|name| web[*name].as_str()).collect();
    assert_eq!(seen, ["one", "two words", "$A \"x\"", "a=b"]);

    server.writes(".env", "A=one\n\nTOKEN s3cret\n");
    server.pm2sync(&["sync"]).exits(2).says(".env:3").never_says("s3cret");
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("env.js", ENV_JS)]);
    sandbox.sets("OF_THE_USER", "yes");
    sandbox
}

/// An enrolled server whose daemon has died: the next hook has to start it.
fn waiting_for_its_daemon(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    server.syncs();
    sandbox.ends_daemon();
    server
}

/// Fails unless all runs with `port` for `web`, and nothing foreign is in any
/// environment: the daemon's, what the kernel gave the apps, what they see.
#[track_caller]
fn holds(server: &Workspace<'_>, port: &str) {
    server.comes_to_rest();
    assert_eq!(server.running("web").environment_seen()["PORT"], port);
    assert_eq!(server.running_all("pool").len(), 2);
    is_clean("the daemon", &environment_of(server.daemon_pid()));
    for app in server.apps() {
        assert_eq!(
            app.environment_seen().get("OF_THE_USER").map(String::as_str),
            Some("yes"),
            "{}",
            app.name
        );
        is_clean(&app.name, &app.environment());
        is_clean(&app.name, &app.environment_seen());
    }
}

#[track_caller]
fn is_clean(whose: &str, environment: &BTreeMap<String, String>) {
    let is =
        |name: &str, foreign: &str| name == foreign || (foreign.ends_with('_') && name.starts_with(foreign));
    let found: Vec<_> =
        environment.keys().filter(|name| FOREIGN.iter().any(|foreign| is(name, foreign))).collect();
    assert_eq!(found, Vec::<&String>::new(), "{whose}");
    let git = environment.get("PATH").is_some_and(|path| path.contains("git-core"));
    assert!(!git, "git's own folder is in the PATH of {whose}");
}

fn environment_of(pid: u32) -> BTreeMap<String, String> {
    let bytes = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.split('\0')
        .filter_map(|pair| pair.split_once('='))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

#[test]
fn a_hook_in_a_bare_environment_takes_from_no_app_what_it_had_inherited() {
    let sandbox = sandbox();
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, ":PORT", ":STALE \"yes\" :PORT").pushes("more of it");
    let server = sandbox.server();
    sandbox.sets("NODE_ENV", "production").sets("MODE", "of a person");
    server.syncs();
    let seen = || ["pool", "web"].map(|name| server.running_all(name)[0].environment_seen());
    let before = seen();

    sandbox.unsets("NODE_ENV").unsets("OF_THE_USER").sets("MODE", "of the hook");
    laptop.edits(APPS_FILE, ":STALE \"yes\" ", "").edits(APPS_FILE, "400", "500").pushes("move both");
    server.pulls().says("replaced web").says("replaced pool").never_says("production");
    for (before, after) in before.iter().zip(seen()) {
        let lost: Vec<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
        let new: Vec<_> = after.keys().filter(|name| !before.contains_key(*name)).collect();
        assert_eq!(format!("{lost:?} {new:?}"), r#"["STALE"] []"#);
        assert_eq!((after["NODE_ENV"].as_str(), after["MODE"].as_str()), ("production", "of the hook"));
        assert!(after["PORT"].starts_with("500"));
        is_clean("the app", &after);
    }

    laptop.writes("pm2sync.toml", "[env]\ninherit = [\"OF_THE_USER\"]\n[hooks]\nwait = \"90s\"\n");
    laptop.edits(APPS_FILE, "5001", "6001").pushes("a list");
    server.pulls().says("replaced web");
    let web = server.running("web").environment_seen();
    assert_eq!(web.get("OF_THE_USER").map(String::as_str), Some("yes"));
    assert!(!web.contains_key("NODE_ENV") && !web.contains_key("MODE"));

    server.pm2sync(&["sync", "--force", "web"]).exits(0);
    let web = server.running("web").environment_seen();
    assert!(!web.contains_key("OF_THE_USER"), "a person's environment is what is meant");
}
