//! What went wrong once, or nearly did: each sentence holds one such case.

use std::fs;

use rustix::process::Signal;

use crate::support::{
    APPS, APPS_FILE, STUBBORN_FILE, STUBBORN_JS, Sandbox, Workspace, begin, is_free, signal, until,
};

/// The definitions `apps`, in the namespace that `APPS_FILE` has.
fn definitions(apps: &str) -> String {
    format!("(ns apps (:require [clobber.macro :refer [defapp]]))\n{apps}\n")
}

/// The port of `web`, as its process has it.
#[track_caller]
fn port(server: &Workspace) -> String {
    server.running("web").variable("PORT").unwrap_or_default()
}

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

/// Gives `worker` the options `options`, and `web` another port: `worker` is left as it runs and `web` replaced.
#[track_caller]
fn is_left_running(options: &str) {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let worker = server.running("worker");

    server.edits(APPS_FILE, "4001", "4002").edits(APPS_FILE, ":env    {:QUEUE \"first\"}", options);
    let synced = server.pm2sync(&["sync"]).exits(1).says("worker");

    assert_eq!(server.changed_since(&before), ["web"], "{}", synced.all());
    let after = server.running("worker");
    assert_eq!((after.pid, after.status.as_str()), (worker.pid, "online"), "{}", synced.all());
    assert_eq!(port(&server), "4002");
}

#[test]
fn an_app_with_a_cron_time_that_pm2_refuses_is_left_running() {
    is_left_running(":cron_restart \"every day\"");
}

#[test]
fn an_app_with_a_variable_that_would_rename_it_is_left_running() {
    is_left_running(":env {:name \"other\"}");
}

#[test]
fn an_app_whose_environment_is_a_string_is_left_running() {
    is_left_running(":env \"A=1\"");
}

#[test]
fn an_app_of_a_user_that_does_not_exist_is_left_running() {
    is_left_running(":user \"nobodyhere\"");
}

#[test]
fn an_edit_made_while_the_compiler_runs_is_synced() {
    // It reads the source first, and takes its time with it.
    let stand_in = "#!/bin/sh\n\
        port=$(sed -n 's/.*:PORT \"\\([0-9]*\\)\".*/\\1/p' ecosystems/apps.cljs)\n\
        touch ../reading\nsleep 2\nmkdir -p .clobber\n\
        echo \"module.exports = {apps: [{name: 'web', script: 'app.js', env: {PORT: '$port'}}]};\" \
        > .clobber/index.cjs\n";
    let build = "{:source-paths [\"ecosystems\"]\n :builds {:clobber {:target :node-script :main index/-main\n \
                 :output-to \".clobber/index.cjs\"}}}\n";
    let settings = "[compile]\ncompiler = \"shadow-cljs\"\ncommand = [\"sh\", \"stand-in.sh\"]\n";
    let sandbox = Sandbox::holding(&[
        (APPS_FILE, APPS),
        ("shadow-cljs.edn", build),
        ("pm2sync.toml", settings),
        ("stand-in.sh", stand_in),
    ]);
    let server = sandbox.server();
    server.syncs();
    assert_eq!(port(&server), "4001");

    let reading = sandbox.folder().join("reading");
    fs::remove_file(&reading).unwrap();
    server.edits(APPS_FILE, "4001", "4002");
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    until("the compiler has read it", || reading.exists());
    server.edits(APPS_FILE, "4002", "4003");
    sync.ends();
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]);

    assert_eq!(port(&server), "4003");
}

#[test]
fn a_sync_that_is_killed_leaves_no_app_missing_and_the_next_one_ends_its_work() {
    let names = ["one", "two", "three", "four"];
    let app = |name: &&str| {
        format!("(defapp \"{name}\" {{:script \"stubborn.js\" :kill_timeout 3000 :env {{:MARK \"old\"}}}})\n")
    };
    let apps: String = names.iter().map(app).collect();
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definitions(&apps)), (STUBBORN_FILE, STUBBORN_JS)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let pids = server.stubborn_ones();

    server.edits(APPS_FILE, "old", "new");
    let sync = begin(&mut server.pm2sync_command(&["sync"]));
    let asked = || pids.iter().filter(|&&pid| server.is_asked_to_stop(pid)).count();
    until("the second one is being stopped", || asked() == 2);
    signal(sync.pid(), Signal::KILL);
    sync.ends().exits(-1);
    until("its agent has ended", || is_free(&server.pm2_home().join("pm2sync.lock")));
    let after = server.snapshot();
    assert_eq!(after.names(), before.names(), "no app is missing");
    assert_eq!(after.differing_from(&before).len(), 2, "what was begun is finished, and no more");

    server.syncs();

    for name in names {
        let app = server.running(name);
        assert_eq!((app.status.as_str(), app.variable("MARK").as_deref()), ("online", Some("new")), "{name}");
    }
    server.syncs().never_says("replaced");
    assert_eq!(server.snapshot().names(), before.names());
}

#[test]
fn nothing_is_synced_while_an_interactive_rebase_is_in_progress() {
    let sandbox = Sandbox::with_apps();
    sandbox.sets("GIT_SEQUENCE_EDITOR", "sed -i s/^pick/edit/").sets("GIT_EDITOR", "true");
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002").commits("move web");
    server.edits(APPS_FILE, "first", "second").commits("another queue");
    let before = server.snapshot();
    let nothing = Vec::<String>::new();

    server.git(&["rebase", "-q", "-i", "HEAD~2"]).says("waiting for the rebase to end");
    assert_eq!(server.changed_since(&before), nothing, "it has begun");
    server.edits(APPS_FILE, "4002", "4003");
    server.git(&["commit", "-q", "--all", "--amend", "--no-edit"]).never_says("pm2sync");
    assert_eq!(server.changed_since(&before), nothing, "its first commit is amended");
    server.git(&["rebase", "--continue"]);
    assert_eq!(server.changed_since(&before), nothing, "it waits at its second commit");
    server.edits(APPS_FILE, "second", "third");
    server.git(&["commit", "-q", "--all", "--amend", "--no-edit"]);
    assert_eq!(server.changed_since(&before), nothing, "its second commit is amended");

    let ended = server.git(&["rebase", "--continue"]);
    server.comes_to_rest();
    assert_eq!(server.changed_since(&before), ["web", "worker"], "{}", ended.all());
    assert_eq!(port(&server), "4003");
    assert_eq!(server.running("worker").variable("QUEUE").as_deref(), Some("third"));
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_cherry_pick_is_applied() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let laptop = sandbox.laptop();
    laptop.git(&["switch", "-q", "-c", "side"]);
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");

    server.git(&["fetch", "-q"]);
    server.git(&["cherry-pick", "origin/side"]);

    assert_eq!(server.changed_since(&before), ["web"]);
    assert_eq!(port(&server), "4002");
}

#[test]
fn a_detached_checkout_is_on_no_branch_that_hooks_act_on() {
    let settings = "[hooks]\nbranches = [\"main\"]\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("pm2sync.toml", settings)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.git(&["fetch", "-q"]);
    server.git(&["checkout", "-q", "--detach", "origin/main"]).says("detached");
    assert_eq!(server.snapshot(), before);
    server.edits(APPS_FILE, "first", "second").commits("another queue");
    assert_eq!(server.snapshot(), before);

    server.git(&["checkout", "-q", "main"]);
    server.pulls();
    assert_eq!(server.changed_since(&before), ["web"]);
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
    assert_eq!(port(&server), "4001");
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
    assert_eq!(port(&server), "4002");
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

#[test]
fn an_app_of_a_workspace_that_was_moved_away_is_left_by_a_hook_and_taken_over_by_hand() {
    let one = |app: &str| definitions(&format!("(defapp \"{app}\" {{:script \"app.js\"}})"));
    let sandbox = Sandbox::with_apps();
    let gone = sandbox.workspace("gone", &[(APPS_FILE, &one("web"))]);
    let there = sandbox.workspace("there", &[(APPS_FILE, &one("clock"))]);
    gone.syncs();
    there.syncs();
    let server = sandbox.server();
    server.pm2sync(&["sync"]).says("web").says("clock");
    let before = server.snapshot();
    assert_eq!(before.names(), ["clock", "web", "worker"]);
    let owner = |app: &str| sandbox.running(app).label.unwrap_or_default()["root"].clone();
    assert_eq!(owner("web").as_str(), gone.root().to_str());

    fs::rename(gone.root(), sandbox.folder().join("moved")).unwrap();
    server.edits(APPS_FILE, "4001", "4002").commits("move web");
    assert_eq!(server.snapshot(), before, "a hook leaves it");

    let synced = server.pm2sync(&["sync"]).says("replaced web");
    assert_eq!(server.changed_since(&before), ["web"], "{}", synced.all());
    assert_eq!(port(&server), "4002");
    assert_eq!(owner("web").as_str(), server.root().to_str());
    assert_eq!(owner("clock").as_str(), there.root().to_str());
}

/// Sets `[compile] output` to `path`: refused, and nothing is written anywhere.
#[track_caller]
fn is_no_output(path: &str) {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes("pm2sync.toml", &format!("[compile]\noutput = \"{path}\"\n"));
    let held = laptop.reads(path);

    for command in ["compile", "sync"] {
        laptop.pm2sync(&[command]).exits(2).says("output");
        assert_eq!(laptop.reads(path), held);
    }
    laptop.git(&["status", "--porcelain"]).says(" M pm2sync.toml").never_says(" M .").never_says(" M e");
    assert!(!laptop.root().join(".clobber").exists());
    assert!(!laptop.has_daemon());
}

#[test]
fn an_output_that_is_a_source_is_refused() {
    is_no_output(APPS_FILE);
}

#[test]
fn an_output_in_the_git_folder_is_refused() {
    is_no_output(".git/config");
}

#[test]
fn a_kept_hook_whose_shim_was_deleted_comes_back() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let file = laptop.hook_file("post-merge");
    let theirs = "#!/usr/bin/env node\nconsole.log(\"theirs\");\n";
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, theirs).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();

    laptop.pm2sync(&["install-hooks"]).exits(0);
    assert_ne!(fs::read_to_string(&file).unwrap(), theirs);
    fs::remove_file(&file).unwrap();
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);

    assert_eq!(fs::read_to_string(&file).unwrap(), theirs);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o750);
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().contains("pm2sync");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().flatten().filter(ours).count(), 0);
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

#[test]
fn a_name_that_holds_a_line_end_and_an_escape_is_one_plain_line() {
    let text = definitions(r#"(defapp "a\u001b[31m\n::error::b" {:script "app.js"})"#);
    let sandbox = Sandbox::holding(&[(APPS_FILE, &text)]);
    let planned = sandbox.laptop().pm2sync(&["plan"]);
    assert!(!planned.all().contains('\u{1b}'), "{}", planned.all());
    assert_eq!(planned.lines_of("::error"), Vec::<String>::new());
}

#[test]
fn what_an_entry_throws_is_not_kept_and_not_among_gits_lines() {
    let good = "module.exports = {apps: [{name: 'web', script: 'app.js'}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", good)]);
    sandbox.sets("CFG", "hunter2secret");
    let server = sandbox.server();
    server.syncs();
    server.writes("ecosystem.config.cjs", &format!("JSON.parse(process.env.CFG);\n{good}"));
    server.commits("a throw");
    let journal = fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap();
    for told in [&journal, &sandbox.transcript()] {
        assert!(told.contains("it threw an error at") && !told.contains("hunter2"), "{told}");
    }
    server.pm2sync(&["sync"]).exits(4).says("is not valid JSON");
}

#[test]
fn a_text_of_the_sources_is_in_no_message() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, ":PORT \"4001\"", ":PORT :KEY \"sk-live-5\"").commits("a forgotten value");
    server.pm2sync(&["sync"]).exits(4).says("has none").never_says("sk-live");
    let journal = fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap();
    assert!(!journal.contains("sk-live") && !sandbox.transcript().contains("sk-live"), "{journal}");
}

#[test]
fn what_the_policy_keeps_is_nothing_to_do() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("pm2sync.toml", "[apply]\nremoved = \"keep\"\n")]);
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "");
    server.syncs().says("left clock");
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
    server.pm2sync(&["status", "--exit-code"]).exits(0).says("removed");
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

#[test]
fn a_good_script_that_becomes_a_ghost_is_rolled_back() {
    let apps = definitions(r#"(defapp "tool" {:script "./tool" :interpreter "none" :env {:N "1"}})"#);
    let good = "#!/bin/sh\nexec sleep 100000\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, &apps), ("tool", good), ("good", good)]);
    let server = sandbox.server();
    let may_run = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(server.root().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    may_run("tool");
    may_run("good");
    server.edits(APPS_FILE, "./tool", "./good").syncs();
    server.writes("tool", "#!/nope/sh\n").edits(APPS_FILE, "./good", "./tool");
    server.pm2sync(&["sync"]).exits(5).says("rolled back tool");
    assert_ne!(server.running("tool").pid, 0);
}

#[test]
fn an_app_that_numbers_its_ports_is_in_sync_at_once() {
    is_in_sync_at_once(
        r#"(defapp "numbered" {:script "quiet.js" :instances 2 :exec_mode "cluster" :increment_var "PORT"
                               :env {:PORT 4300}})"#,
    );
}
