//! What the commands say, to people and to programs.

use std::fs;

use serde_json::json;

use crate::support::{APPS_FILE, Sandbox, Tripwires, run};

#[test]
fn a_plan_in_json_says_what_a_sync_would_do_and_why() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "\"blue\"", "\"red\"");
    server.edits(APPS_FILE, "(defapp \"clock\"", "(defapp \"bell\"");

    let plan = server.pm2sync(&["plan", "--format", "json"]).exits(0);

    assert_eq!(plan.json()["version"], 1);
    assert_eq!(plan.json()["unchanged"], 1);
    let expected = [("bell", "start"), ("clock", "remove"), ("web", "replace")];
    let expected = expected.map(|(app, action)| (app.to_owned(), action.to_owned()));
    assert_eq!(plan.list("actions", "action"), expected);
    assert_eq!(plan.reasons("actions", "web"), ["args", "env.PORT"]);
    assert_eq!(server.snapshot(), before, "a plan changes nothing");
}

#[test]
fn a_command_that_fails_says_so_in_the_document_that_was_asked_for() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    server.edits(APPS_FILE, "\"blue\"", "port");
    for command in ["sync", "plan", "status"] {
        let failed = server.pm2sync(&[command, "--format", "json"]).exits(4);
        let error = failed.json()["error"].clone();
        assert_eq!(error["message"], "the definitions do not compile; nothing was changed");
        let [said] = error["diagnostics"].as_array().unwrap().as_slice() else { panic!("{error}") };
        assert_eq!(said["path"], APPS_FILE);
        assert!(said["line"].is_number() && said["column"].is_number(), "{said}");
        assert!(said["message"].as_str().unwrap().contains("port"), "{said}");
        server.pm2sync(&[command]).exits(4).says("port");
    }
    // What else can be told is told, too.
    assert_eq!(server.pm2sync(&["status", "--format", "json"]).json()["apps"], json!([]));

    server.writes("pm2sync.toml", "sorces = []");
    for command in ["sync", "plan", "status", "history", "check"] {
        let failed = server.pm2sync(&[command, "--format", "json"]).exits(2);
        assert!(failed.json()["error"]["message"].as_str().unwrap().contains("sorces"), "{}", failed.all());
    }
    assert_eq!(server.pm2sync(&["sync"]).exits(2).stdout, "");
}

#[test]
fn every_format_that_a_command_takes_is_one_that_it_answers_in() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.laptop();
    let mut tried = Vec::new();
    for command in ["sync", "plan", "status", "history", "check"] {
        let help = server.pm2sync(&[command, "-h"]).exits(0).stdout;
        let words =
            help.split("--format <FORMAT>").nth(1).unwrap().split("[possible values: ").nth(1).unwrap();
        // A narrow help wraps the list.
        for format in words.split(']').next().unwrap().split(',').map(str::trim) {
            // What is refused before anything is done, once the format is known to be one.
            let refused: &[&str] =
                if command == "sync" { &["--only", "web", "--force", "clock"] } else { &[] };
            let answered = server.pm2sync(&[&[command, "--format", format], refused].concat());
            answered.never_says("this command answers in no");
            tried.push(format!("{command} {format}"));
        }
    }
    let expected = "sync human, sync json, plan human, plan json, plan markdown, status human, status json, \
                    history human, history json, check human, check github, check sarif, check json";
    assert_eq!(tried.join(", "), expected);
}

#[test]
fn a_plan_where_nothing_is_to_be_done_is_empty() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let plan = server.pm2sync(&["plan", "--format", "json"]).exits(0);
    assert_eq!(plan.json(), json!({"version": 1, "actions": [], "unchanged": 3}));
}

#[test]
fn plan_and_status_exit_with_3_when_asked_to_and_changes_are_pending() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    for command in ["plan", "status"] {
        server.pm2sync(&[command, "--exit-code"]).exits(0);
    }
    server.edits(APPS_FILE, "4001", "4002");
    for command in ["plan", "status"] {
        server.pm2sync(&[command, "--exit-code"]).exits(3);
        server.pm2sync(&[command]).exits(0);
    }
}

#[test]
fn a_dry_run_is_a_plan() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");

    let plan = server.pm2sync(&["plan", "--format", "json"]).exits(0);
    let dry = server.pm2sync(&["sync", "--dry-run", "--format", "json"]).exits(0);

    assert_eq!(dry.json(), plan.json());
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_plan_on_a_machine_without_a_daemon_starts_none() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let plan = laptop.pm2sync(&["plan", "--format", "json"]).exits(0);
    assert_eq!(plan.list("actions", "action").len(), 3);
    laptop.pm2sync(&["status"]).exits(0);
    assert!(!laptop.has_daemon());
    assert!(!laptop.pm2_home().join("rpc.sock").exists());
}

#[test]
fn a_sync_in_json_gives_every_outcome() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "(defapp \"clock\"", "(defapp \"bell\"");

    let synced = server.pm2sync(&["sync", "--format", "json"]).exits(0);

    assert_eq!(synced.json()["version"], 1);
    assert_eq!(synced.json()["unchanged"], 1);
    let actions = [("bell", "start"), ("clock", "remove"), ("web", "replace")];
    assert_eq!(synced.list("outcomes", "action"), actions.map(|(app, action)| (app.into(), action.into())));
    for (app, result) in synced.list("outcomes", "result") {
        assert!(["done", "not-proven"].contains(&result.as_str()), "{app}: {result}");
    }
    assert_eq!(synced.reasons("outcomes", "web"), ["env.PORT"]);
}

#[test]
fn a_status_in_json_lists_every_app() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();

    let status = server.pm2sync(&["status", "--format", "json"]).exits(0);

    let document = status.json();
    assert_eq!((&document["version"], &document["pending"]), (&json!(1), &json!(false)));
    let mut listed = status.list("apps", "state");
    listed.retain(|(name, state)| !name.is_empty() && !state.is_empty());
    assert_eq!(listed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["clock", "web", "worker"]);
    for app in document["apps"].as_array().into_iter().flatten() {
        let running = server.running(app["name"].as_str().unwrap_or_default());
        assert_eq!((&app["pid"], &app["pm_id"]), (&json!(running.pid), &json!(running.pm_id)));
    }
}

#[test]
fn a_status_names_the_variables_that_the_definitions_read_and_warns_of_those_that_are_unset() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp env-var]]))\n\
                (defapp \"web\" {:script \"app.js\" :env {:PORT (env-var :WEB_PORT \"1\") :KEY (env-var :WEB_KEY)}})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let server = sandbox.server();
    sandbox.sets("WEB_PORT", "s3cret");
    server.syncs();
    for arguments in [["status"].as_slice(), &["compile"]] {
        let warning = format!("warning: {APPS_FILE}:2:");
        let said =
            server.pm2sync(arguments).exits(0).says(&warning).says("the variable `WEB_KEY` is not set");
        said.never_says("WEB_PORT").never_says("s3cret");
        let all: Vec<&str> = ["-v"].iter().chain(arguments).copied().collect();
        server.pm2sync(&all).exits(0).says("the definitions read WEB_KEY, WEB_PORT").never_says("s3cret");
    }
    let status = server.pm2sync(&["status", "--format", "json"]).exits(0);
    assert_eq!(status.json()["variables"], json!(["WEB_KEY", "WEB_PORT"]));
    // Also where JavaScript made them, and as they were last where they do not compile.
    server.writes(APPS_FILE, "(((");
    let broken = server.pm2sync(&["status", "--format", "json"]).exits(4);
    assert_eq!(broken.json()["variables"], json!(["WEB_KEY", "WEB_PORT"]));
    let entry =
        "module.exports = {apps: [{name: 'web', script: 'app.js', env: {KEY: process.env.WEB_KEY}}]};\n";
    server.deletes(APPS_FILE).writes("ecosystem.config.cjs", entry);
    let status = server.pm2sync(&["status", "--format", "json"]).exits(0);
    assert_eq!(status.json()["variables"], json!(["WEB_KEY"]));
    server.pm2sync(&["-v", "status"]).exits(0).says("the definitions read WEB_KEY");
}

#[test]
fn the_first_line_of_a_status_names_the_workspace_and_the_home() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let status = server.pm2sync(&["status"]).exits(0);
    let first = status.stdout.lines().next().unwrap_or_default();
    assert!(first.contains(&*server.root().to_string_lossy()), "{first}");
    assert!(first.contains(&*server.pm2_home().to_string_lossy()), "{first}");
}

#[test]
fn what_is_compiled_is_printed_as_one_document_and_nothing_is_written() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let printed = laptop.pm2sync(&["compile", "--print"]).exits(0).json();
    let expected = json!({"apps": [
        {"name": "web", "script": "app.js", "args": ["--colour", "blue"], "env": {"PORT": "4001", "STALE": "yes"}},
        {"name": "worker", "script": "app.js", "env": {"QUEUE": "first"}},
        {"name": "clock", "script": "app.js"},
    ]});
    assert_eq!(printed, expected);
    assert!(!laptop.root().join(".clobber").exists());
}

#[test]
fn only_the_chosen_app_is_synced() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, "first", "second");

    server.pm2sync(&["sync", "--only", "worker"]).exits(0);
    assert_eq!(server.changed_since(&before), ["worker"]);

    server.syncs();
    assert_eq!(server.changed_since(&before), ["web", "worker"], "the rest is not forgotten");
}

#[test]
fn a_forced_app_is_replaced_although_nothing_changed() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.pm2sync(&["sync", "--force", "clock"]).exits(0).says("replaced clock");
    assert_eq!(server.changed_since(&before), ["clock"]);
}

#[test]
fn removed_apps_can_be_kept_or_stopped() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "");

    server.pm2sync(&["sync", "--removed", "keep"]).exits(0);
    assert_eq!(server.snapshot(), before);
    server.pm2sync(&["sync", "--removed", "stop"]).exits(0);
    assert_eq!(server.running("clock").status, "stopped");
    server.pm2sync(&["sync", "--removed", "delete"]).exits(0);
    assert!(server.running_all("clock").is_empty());
}

#[test]
fn what_is_read_by_a_program_has_no_colours_in_it() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002");
    for arguments in [["plan"].as_slice(), &["status"], &["sync"], &["nonsense"], &["--help"]] {
        server.pm2sync(arguments).never_says("\u{1b}[");
    }
}

#[test]
fn the_answer_is_on_stdout_and_a_quiet_sync_says_only_what_it_did() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let synced = server.syncs();
    assert!(synced.stdout.contains("started web"), "{}", synced.all());
    assert_eq!(server.pm2sync(&["-q", "sync"]).exits(0).stderr, "");
}

#[test]
fn another_folder_can_be_named() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let root = server.root().to_string_lossy().into_owned();
    let mut command = server.pm2sync_command(&["-C", &root, "plan", "--format", "json"]);
    let plan = server.runs(command.current_dir(sandbox.folder())).exits(0);
    assert_eq!(plan.json()["unchanged"], 3);
}

#[test]
fn wrong_usage_exits_with_2() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["sink"]).exits(2).says("sync");
    laptop.pm2sync(&["sync", "--format", "yaml"]).exits(2);
    laptop.pm2sync(&["sync", "--only", "wob"]).exits(2).says("web");
}

#[test]
fn every_command_reads_pm2_without_its_command_line() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let wires = Tripwires::lay(&sandbox.folder().join("wires"));
    for arguments in [["plan"].as_slice(), &["status"], &["sync"]] {
        let mut command = server.pm2sync_command(arguments);
        server.runs(command.env("PATH", wires.path())).exits(0);
    }
    assert_eq!(wires.started(), "");
}

#[test]
fn completions_are_printed_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_pm2sync"), sandbox.folder());
        let printed = run(command.args(["completions", shell])).exits(0);
        assert!(printed.stdout.contains("install-hooks") && printed.stderr.is_empty(), "{shell}");
    }
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_pm2sync"), sandbox.folder());
    let script = run(command.args(["completions", "bash"])).stdout;
    fs::write(sandbox.folder().join("completions"), script).unwrap();
    let mut bash = sandbox.command("bash", sandbox.folder());
    let asked = ". ./completions; COMP_WORDS=(pm2sync ins); COMP_CWORD=1; _pm2sync pm2sync ins pm2sync; echo ${COMPREPLY[@]}";
    assert_eq!(run(bash.args(["-c", asked])).exits(0).stdout, "install-hooks\n");
}
