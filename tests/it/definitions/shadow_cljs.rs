//! The contract with shadow-cljs, held by a stand-in: the packages that it
//! downloads when it runs are out of reach of the machines that run these tests.

use crate::support::{APPS, APPS_FILE, Finished, Sandbox, Workspace};

const ARTIFACT: &str = ".clobber/index.cjs";
const STAND_IN: &str = "shadow-cljs-stand-in.sh";
const BUILD: &str = "{:source-paths [\"ecosystems\"]\n :builds {:clobber {:target :node-script :main index/-main\n \
                     :output-to \".clobber/index.cjs\"}}}\n";
const SETTINGS: &str = "[compile]\ncompiler = \"shadow-cljs\"\ncommand = [\"sh\", \"shadow-cljs-stand-in.sh\", \
                        \"release\", \"clobber\"]\n";
const COMPILED: &str = "module.exports = {apps: [{name: \"web\", script: \"app.js\"}]};";

/// A shell script that does `what` in place of shadow-cljs.
fn stand_in(what: &str) -> String {
    format!("#!/bin/sh\n# A stand-in for shadow-cljs, whose packages are out of reach here.\n{what}\n")
}

/// The shell command that writes `artifact` where shadow-cljs would.
fn writes(artifact: &str) -> String {
    format!("mkdir -p .clobber\ncat > {ARTIFACT} <<'END'\n{artifact}\nEND")
}

fn with_stand_in(what: &str) -> Sandbox {
    Sandbox::holding(&[
        (APPS_FILE, APPS),
        ("shadow-cljs.edn", BUILD),
        ("pm2sync.toml", SETTINGS),
        (STAND_IN, &stand_in(what)),
    ])
}

/// Changes what the stand-in does, and a source so that it is called for.
fn now_does(server: &Workspace, what: &str) {
    server.writes(STAND_IN, &stand_in(what));
    server.edits(APPS_FILE, "(ns apps", ";; Edited.\n(ns apps");
}

#[test]
fn npx_is_called_in_the_root_with_release_and_the_build() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("shadow-cljs.edn", BUILD)]);
    let server = sandbox.laptop();
    let note = sandbox.folder().join("note");
    let notes = format!("{{ pwd; printf '%s\\n' \"$@\"; }} > '{}'\n{}", note.display(), writes(COMPILED));
    sandbox.puts_on_path("npx", &stand_in(&notes));

    let mut from_below = server.pm2sync_command(&["sync"]);
    server.runs(from_below.current_dir(server.root().join("ecosystems"))).exits(0);

    let note = std::fs::read_to_string(note).unwrap_or_default();
    assert_eq!(note, format!("{}\nshadow-cljs\nrelease\nclobber\n", server.root().display()));
    assert_eq!(server.snapshot().names(), ["web"]);
}

#[test]
fn its_output_is_shown_when_asked_for_and_else_only_when_it_fails() {
    let chatter = format!("echo shadow-cljs - config: found\n{}", writes(COMPILED));
    let sandbox = with_stand_in(&chatter);
    let server = sandbox.laptop();
    server.syncs().never_says("config: found");
    now_does(&server, &chatter);
    server.pm2sync(&["-v", "sync"]).exits(0).says("config: found");
    now_does(
        &server,
        "echo shadow-cljs - config: found\necho 'The required namespace \"x\" is not available.' >&2\nexit 1",
    );
    server.pm2sync(&["sync"]).exits(4).says("config: found").says("The required namespace");
}

/// Syncs well, then with a stand-in that does `what`: it must fail and leave all as it was.
#[track_caller]
fn fails_and_changes_nothing(what: &str) -> Finished {
    let sandbox = with_stand_in(&writes(COMPILED));
    let server = sandbox.laptop();
    server.syncs();
    let before = server.snapshot();
    let artifact = server.reads(ARTIFACT);

    now_does(&server, what);
    let failed = server.pm2sync(&["sync"]).exits(4);

    assert_eq!(server.reads(ARTIFACT), artifact);
    assert_eq!(server.snapshot(), before);
    failed
}

#[test]
fn when_it_fails_the_artifact_and_every_process_are_as_before() {
    fails_and_changes_nothing(&format!("{}\nexit 1", writes("half of an artifact")));
}

#[test]
fn a_failure_that_removes_the_artifact_is_undone_too() {
    fails_and_changes_nothing("rm -r .clobber\necho no more >&2\nexit 1").says("no more");
}

#[test]
fn a_warning_is_a_failure_although_it_exits_with_0() {
    let warning = "echo '------ WARNING #1 - :undeclared-var --------------------------------------'\n\
                   echo ' File: ecosystems/apps.cljs:3:2'\n\
                   echo ' Use of undeclared Var apps/nothing'";
    let what = format!("{warning}\n{}", writes("module.exports = {apps: [{name: \"web\", script: null}]};"));
    fails_and_changes_nothing(&what).says("Use of undeclared Var apps/nothing");
}

#[test]
fn a_warning_can_be_allowed() {
    let warning =
        "echo '------ WARNING #1 - :undeclared-var -----'\necho ' Use of undeclared Var apps/nothing'";
    let sandbox = with_stand_in(&format!("{warning}\n{}", writes(COMPILED)));
    let server = sandbox.laptop();
    server.edits("pm2sync.toml", "[compile]", "[compile]\nwarnings = \"show\"");
    server.syncs().says("Use of undeclared Var");
    assert_eq!(server.snapshot().names(), ["web"]);
}

#[test]
fn an_artifact_that_throws_when_it_is_loaded_is_a_failure() {
    fails_and_changes_nothing(&writes("throw new Error(\"apps.nothing is not a function\");"))
        .says("apps.nothing is not a function");
}

#[test]
fn an_artifact_without_apps_is_a_failure() {
    fails_and_changes_nothing(&writes("module.exports = {};")).says("apps");
}

#[test]
fn an_artifact_that_ends_the_process_is_a_failure() {
    fails_and_changes_nothing(&writes("process.exit(0);"));
}

#[test]
fn an_artifact_that_is_never_done_is_a_failure() {
    // Waits for ever, and without using the processor.
    fails_and_changes_nothing(&writes("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"));
}

#[test]
fn a_command_that_cannot_be_started_is_named() {
    let sandbox = with_stand_in("");
    let server = sandbox.laptop();
    server.edits("pm2sync.toml", "\"sh\"", "\"no-such-program\"");
    server.pm2sync(&["sync"]).exits(4).says("no-such-program");
}

#[test]
fn an_artifact_that_prints_when_it_is_loaded_is_read_all_the_same() {
    let noise = "console.log('{:apps [{:name \"not this\"}]}'); console.error('nor this');\n";
    let sandbox = with_stand_in(&writes(&format!("{noise}{COMPILED}")));
    let server = sandbox.laptop();
    let synced = server.pm2sync(&["sync", "--format", "json"]).exits(0);
    assert_eq!(synced.list("outcomes", "action"), [("web".into(), "start".into())]);
    let printed = server.pm2sync(&["compile", "--print"]).exits(0).json();
    assert_eq!(printed, serde_json::json!({"apps": [{"name": "web", "script": "app.js"}]}));
}

#[test]
fn it_is_not_called_again_for_what_is_compiled_already() {
    let sandbox = with_stand_in(&format!("echo again >> calls\n{}", writes(COMPILED)));
    let server = sandbox.laptop();
    server.syncs();
    server.syncs();
    assert_eq!(server.reads("calls"), "again\n");
}

#[test]
fn the_time_it_takes_is_shown_on_a_terminal() {
    let sandbox = with_stand_in(&format!("sleep 3\n{}", writes(COMPILED)));
    let server = sandbox.laptop();
    // `script` gives the program a terminal.
    let mut command = sandbox.command("script", server.root());
    let line = format!("{} compile", env!("CARGO_BIN_EXE_pm2sync"));
    let shown = server.runs(command.env("TERM", "xterm").args(["-qec", &line, "/dev/null"])).exits(0);
    assert!(["1 s", "2 s", "1s", "2s"].iter().any(|time| shown.all().contains(time)), "{}", shown.all());
}
