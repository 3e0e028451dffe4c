//! Machines that are set up in another way than the one where this was written:
//! what a parent hands on, where the user's own folders are, and how long paths
//! may get.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::{APPS_FILE, Sandbox, for_someone_else};

/// A workspace without sources, whose definitions node reads.
const PLAIN: (&str, &str) =
    ("ecosystem.config.cjs", r#"module.exports = {apps: [{name: "web", script: "app.js"}]};"#);

/// A Python service, and some supervisors, ignore the ends of their children; that is inherited.
#[test]
fn a_parent_that_ignores_the_ends_of_its_children_changes_nothing() {
    let sandbox = Sandbox::holding(&[PLAIN]);
    let server = sandbox.server();
    let ignoring = |command: &str| {
        let mut shell = server.shell();
        let words = format!("trap '' CHLD; exec \"$0\" {command}");
        server.runs(shell.args(["-c", &words, env!("CARGO_BIN_EXE_pm2sync")]))
    };
    ignoring("sync").exits(0).says("started web");
    ignoring("doctor").says("version 7.0.4").never_says("cannot wait for a program");
    server.edits("ecosystem.config.cjs", "\"app.js\"", "\"app.js\", args: [\"new\"]");
    ignoring("hook post-commit").exits(0).says("replaced web");
}

/// What a service manager, a cron table, a script or a user's own settings hand on.
#[test]
fn however_it_is_started_a_sync_does_its_work() {
    let sandbox = Sandbox::holding(&[PLAIN, ("loud.js", "console.log('loud'); console.error('and clear');")]);
    let server = sandbox.server();
    let mut last = "\"app.js\"".to_owned();
    for (number, words) in [
        "exec \"$0\" sync <&-",
        "exec \"$0\" sync >&-",
        "exec \"$0\" sync <&- >&- 2>&-",
        "\"$0\" sync 2>&1 | true",
        "exec \"$0\" sync >/dev/full 2>&1",
        "trap '' PIPE HUP TERM; exec \"$0\" sync",
        "ulimit -n 64; exec \"$0\" sync",
        "ulimit -s 512; exec \"$0\" sync",
        "umask 000; exec \"$0\" sync",
        "umask 077; exec \"$0\" sync",
        "TZ=Pacific/Kiritimati LANG=C TERM= exec \"$0\" sync",
        "touch -d 2099-01-01T00:00:00 ecosystem.config.cjs .git/pm2sync/*; exec \"$0\" sync",
        "touch -d 1969-01-01T00:00:00 ecosystem.config.cjs .git/pm2sync/*; exec \"$0\" sync",
        "NODE_OPTIONS='--require ./loud.js' exec \"$0\" sync",
        "NODE_OPTIONS='--inspect=0 --pending-deprecation' exec \"$0\" sync",
    ]
    .iter()
    .enumerate()
    {
        let next = format!("\"app.js\", args: [\"{number}\"]");
        server.edits("ecosystem.config.cjs", &last, &next);
        last = next;
        server.runs(server.shell().args(["-c", words, env!("CARGO_BIN_EXE_pm2sync")])).exits(0);
        assert_eq!(server.running("web").arguments(), [number.to_string()], "{words}");
        server.pm2sync(&["status", "--exit-code"]).exits(0);
    }
}

#[test]
fn a_home_of_pm2_that_cannot_be_made_is_named_with_the_way_out() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let file = server.root().join("app.js");
    for home in ["/proc/pm2".into(), file.join("pm2")] {
        sandbox.sets("PM2_HOME", home.clone());
        server.pm2sync(&["sync"]).exits(1).says(&home.to_string_lossy()).says("set `[pm2] home`");
        let said = server.pm2sync(&["doctor"]).exits(1);
        let line = said.lines_of("wrong  pm2 home").pop().unwrap_or_else(|| panic!("{}", said.all()));
        assert!(line.contains("set `[pm2] home`"), "{line}");
    }
}

/// `sudo pm2sync sync`, once, is enough.
#[test]
fn a_state_folder_of_another_user_is_named_with_the_way_out() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let folder = server.state_folder();
    for (arguments, code) in [(["sync"].as_slice(), 1), (&["status"], 1), (&["hook", "post-commit"], 0)] {
        let mut command = for_someone_else(&sandbox, &server, arguments, &folder);
        let said = server.runs(&mut command).exits(code);
        said.says("Permission denied").says("must be yours").says("`chown -R`");
    }
    // So that it can be cleared away.
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
}

/// PM2 itself looks at the user's entry then.
#[test]
fn an_empty_variable_for_the_home_of_the_user_is_none() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let told = |command: &mut std::process::Command| {
        let status = server.runs(command.env_remove("PM2_HOME")).exits(0);
        status.stdout.lines().next().unwrap().to_owned()
    };
    let unset = told(server.pm2sync_command(&["status"]).env_remove("HOME"));
    assert_eq!(told(server.pm2sync_command(&["status"]).env("HOME", "")), unset);
    assert!(!unset.contains(&*sandbox.folder().join("server/.pm2").to_string_lossy()), "{unset}");
}

#[test]
fn nothing_needs_a_folder_for_what_passes() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let long = format!("/tmp/{}", "long/".repeat(200));
    for (folder, port) in [("/proc", "4002"), ("/nowhere", "4003"), (long.as_str(), "4004"), ("", "4005")] {
        sandbox.sets("TMPDIR", folder);
        let text = fs::read_to_string(server.root().join(APPS_FILE)).unwrap();
        let (before, rest) = text.split_once(":PORT \"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        server.writes(APPS_FILE, &format!("{before}:PORT \"{port}\"{after}"));
        server.syncs().says("replaced web");
        server.pm2sync(&["check", "--diff"]).exits(0);
    }
}

/// A container may have room for few threads; without memory for their stacks there is none for any.
#[test]
fn where_no_thread_can_be_started_it_is_an_error_and_no_panic() {
    let sandbox = Sandbox::holding(&[PLAIN]);
    let server = sandbox.server();
    server.syncs();
    for kilobytes in (16_000..64_000).step_by(2_000) {
        for command in ["plan", "status", "doctor", "check --worktree"] {
            let words = format!("ulimit -v {kilobytes}; exec \"$0\" {command}");
            let said = server.runs(server.shell().args(["-c", &words, env!("CARGO_BIN_EXE_pm2sync")]));
            assert!(said.code != 101, "{kilobytes}: {}", said.all());
        }
    }
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_sync_that_cannot_reach_pm2_fails_also_where_nothing_was_edited() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    fs::write(sandbox.folder().join("file"), "").unwrap();
    sandbox.sets("PM2SYNC_PM2_HOME", sandbox.folder().join("file"));
    server.pm2sync(&["sync"]).exits(1).says("PM2");
}

#[test]
fn a_hook_that_would_drive_another_pm2_than_the_last_sync_does_nothing_and_says_so() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let other = sandbox.folder().join("pm2b");
    sandbox.watches_over(other.clone());
    sandbox.sets("PM2_HOME", &other);
    server
        .edits(APPS_FILE, "4001", "4002")
        .commits("move web")
        .pm2sync(&["hook", "post-commit"])
        .says("pm2b");
    assert!(!other.join("rpc.sock").exists());
    sandbox.unsets("PM2_HOME");
    assert_eq!(server.changed_since(&before), Vec::<String>::new());
    server.pm2sync(&["hook", "post-commit"]).says("replaced web");
}
