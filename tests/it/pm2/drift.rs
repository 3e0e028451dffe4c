//! What someone changed by hand is seen, left by a hook and put right by a
//! sync; what PM2 does by itself is left alone.

use std::fs;

use serde_json::{Value, json};

use crate::support::{APP_JS, Finished, Sandbox, Workspace, until};

const CONFIG: &str = "ecosystem.config.cjs";

/// Definitions as a hand-written entry.
fn config(apps: &Value) -> String {
    format!("module.exports = {{ apps: {apps:#} }};\n")
}

/// The words of a plan for each app that it would touch.
fn planned(server: &Workspace<'_>) -> Vec<String> {
    let plan = server.pm2sync(&["plan"]).exits(0);
    plan.stdout
        .lines()
        .filter(|line| line.contains(": ") && !line.contains("in sync"))
        .map(str::to_owned)
        .collect()
}

/// The state of each app that is not in sync.
#[track_caller]
fn out_of_sync(server: &Workspace<'_>) -> Vec<(String, String)> {
    let states = server.pm2sync(&["status", "--format", "json"]).exits(0).list("apps", "state");
    // What PM2 has just restarted has yet to prove itself, which is no drift.
    states.into_iter().filter(|(_, state)| !["in sync", "not yet proven"].contains(&state.as_str())).collect()
}

fn is_one_line(finished: &Finished, line: &str) {
    assert_eq!(finished.lines_of(line).len(), 1, "`{line}` in {}", finished.all());
}

#[test]
fn a_count_that_someone_scaled_is_put_right_by_scaling_and_the_other_processes_go_on() {
    let apps = json!([
        {"name": "web", "script": "app.js", "instances": 2, "env": {"MARK": "1"}},
        {"name": "pair", "script": "app.js", "instances": 2, "exec_mode": "fork"},
        {"name": "one", "script": "app.js", "env": {"MARK": "1"}},
        {"name": "all", "script": "app.js"},
    ]);
    let apps = config(&apps).replace("\"all\"", "\"every-cpu\", \"instances\": \"max\"");
    let sandbox = Sandbox::holding(&[(CONFIG, &apps)]);
    let server = sandbox.server();
    server.syncs();
    let synced = server.snapshot();
    let first = server.running_all("one").remove(0);
    server.pm2(&["scale", "web", "3"]);
    server.pm2(&["scale", "pair", "1"]);
    server.pm2(&["scale", "one", "3"]);
    let more = server.running_all("every-cpu").len() + 1;
    server.pm2(&["scale", "every-cpu", &more.to_string()]);

    let drifted = ["every-cpu", "one", "pair", "web"].map(|name| (name.to_owned(), "drifted".to_owned()));
    assert_eq!(out_of_sync(&server), drifted);
    let too_many = format!("scale every-cpu: instances {more} → {}", more - 1);
    let words = [
        "scale web: instances 3 → 2",
        "scale pair: instances 1 → 2",
        "scale one: instances 3 → 1",
        too_many.as_str(),
    ];
    let actions = server.pm2sync(&["plan", "--format", "json"]).exits(0).list("actions", "action");
    assert!(actions.len() == 4 && actions.iter().all(|(_, action)| action == "replace"), "{actions:?}");
    assert_eq!(planned(&server), words);

    let scaled = server.snapshot();
    sandbox.laptop().edits(CONFIG, "every-cpu", "each-cpu").pushes("rename it");
    server.pulls().says("left web: instances 3 → 2; `pm2sync sync` puts it right");
    assert_eq!(server.changed_since(&scaled), ["each-cpu", "every-cpu"], "a hook only reports it");

    let before: Vec<u32> = server.running_all("web").iter().map(|app| app.pid).collect();
    let ended = server.pm2sync(&["sync"]).exits(0);
    for line in ["scaled web: instances 3 → 2", "scaled pair: instances 1 → 2", "scaled one: instances 3 → 1"]
    {
        is_one_line(&ended, line);
    }
    let web = server.running_all("web");
    assert_eq!(web.len(), 2);
    assert!(web.iter().all(|app| before.contains(&app.pid) && app.label.is_some() && app.status == "online"));
    assert!(!server.changed_since(&synced).contains(&"web".to_owned()), "the two that were there before");
    let pair = server.running_all("pair");
    assert_eq!(pair.len(), 2);
    assert!(
        pair.iter().all(|app| app.label == pair[0].label && app.label.is_some() && app.status == "online")
    );
    assert_eq!(server.running("one").pid, first.pid);
    server.pm2sync(&["sync"]).exits(0).says("in sync: 4 apps");
}

#[test]
fn what_a_restart_of_another_file_put_in_force_is_seen_and_put_right() {
    let apps = json!([
        {"name": "variable", "script": "app.js", "env": {"PORT": "4001", "KEEP": "k"}},
        {"name": "arguments", "script": "app.js", "args": ["--colour", "blue"]},
        {"name": "flags", "script": "app.js", "node_args": ["--no-warnings"]},
        {"name": "timeout", "script": "app.js", "kill_timeout": 2000},
        {"name": "more", "script": "app.js"},
        {"name": "shell", "script": "tool.sh"},
        {"name": "harmless", "script": "app.js", "env": {"SAME": "s"}},
    ]);
    let by_hand = json!([
        {"name": "variable", "script": "app.js", "env": {"PORT": "4002", "KEEP": "k"}},
        {"name": "arguments", "script": "app.js", "args": ["--colour", "red"]},
        {"name": "flags", "script": "app.js", "node_args": ["--trace-warnings"]},
        {"name": "timeout", "script": "app.js", "kill_timeout": 3000},
        {"name": "more", "script": "app.js", "max_memory_restart": "1G", "autorestart": false, "namespace": "x"},
        {"name": "shell", "script": "tool.sh", "interpreter": "/bin/sh"},
        // Shown in PM2's list from then on, and not in force.
        {"name": "harmless", "script": "other.js", "cwd": "/tmp", "instances": 3, "watch": true, "out_file": "x.log",
            "env": {"SAME": "s"}},
    ]);
    let files = [(CONFIG, config(&apps)), ("hand.config.cjs", config(&by_hand))];
    let tool = "#!/bin/bash\nsleep 100000\n";
    let sandbox =
        Sandbox::holding(&[(CONFIG, &files[0].1), ("hand.config.cjs", &files[1].1), ("tool.sh", tool)]);
    let server = sandbox.server();
    server.syncs();
    let synced = server.snapshot();
    let mut restart = sandbox.command("pm2", server.root());
    server.runs(restart.args(["restart", "hand.config.cjs"])).exits(0);

    let words = [
        "replace variable: env.PORT changed",
        "replace arguments: args changed",
        "replace flags: node_args changed",
        "replace timeout: kill_timeout 3000 → 2000",
        "replace more: autorestart, max_memory_restart, namespace removed",
        "replace shell: exec_interpreter removed",
    ];
    assert_eq!(planned(&server), words);
    let states = out_of_sync(&server);
    assert_eq!(states.len(), 6);
    assert!(states.iter().all(|(_, state)| state == "drifted"), "{states:?}");

    let harmless = server.running("harmless").pid;
    server.syncs();
    assert_eq!(server.running("harmless").pid, harmless);
    assert_eq!(server.running("variable").variable("PORT").as_deref(), Some("4001"));
    assert_eq!(server.running("arguments").arguments(), ["--colour", "blue"]);
    assert_eq!(server.changed_since(&synced).len(), 7);
    assert_eq!(planned(&server), Vec::<String>::new());
}

#[test]
fn paths_and_log_files_a_ghost_and_what_was_deleted_are_put_right() {
    let apps = json!([
        {"name": "path", "script": "app.js"},
        {"name": "folder", "script": "app.js", "cwd": "place", "instances": 2, "exec_mode": "fork"},
        {"name": "logs", "script": "app.js", "out_file": "out.log"},
        {"name": "ghost", "script": "../app.js", "cwd": "haunted"},
        {"name": "deleted", "script": "app.js"},
        {"name": "beside", "script": "app.js"},
    ]);
    let sandbox = Sandbox::holding(&[
        (CONFIG, &config(&apps)),
        ("place/app.js", APP_JS),
        ("place/other.js", APP_JS),
        ("haunted/here", ""),
    ]);
    let server = sandbox.server();
    server.syncs();
    // Nothing but a dump can change these and keep the label.
    server.pm2(&["save"]);
    server.pm2_kills_its_daemon();
    let dump = server.pm2_home().join("dump.pm2");
    let mut entries: Vec<Value> = serde_json::from_str(&fs::read_to_string(&dump).unwrap()).unwrap();
    let root = server.root().to_string_lossy().into_owned();
    let last_folder = entries.iter().rposition(|entry| entry["name"] == "folder").unwrap();
    entries[last_folder]["pm_cwd"] = root.as_str().into();
    for entry in &mut entries {
        match entry["name"].as_str().unwrap() {
            "path" => entry["pm_exec_path"] = format!("{root}/place/other.js").into(),
            "logs" => entry["pm_out_log_path"] = format!("{root}/elsewhere.log").into(),
            _ => {}
        }
    }
    fs::write(&dump, serde_json::to_string(&entries).unwrap()).unwrap();
    server.pm2(&["resurrect"]);
    fs::rename(server.root().join("haunted"), server.root().join("gone")).unwrap();
    let mut restart = sandbox.command("pm2", server.root());
    server.runs(restart.args(["restart", "ghost"]));
    fs::rename(server.root().join("gone"), server.root().join("haunted")).unwrap();
    assert_eq!((server.running("ghost").pid, server.running("ghost").status.as_str()), (0, "online"));
    server.pm2(&["delete", "deleted"]);
    let beside = server.running("beside").pid;

    let words = [
        format!("replace path: script {root}/place/other.js → {root}/app.js"),
        format!("replace folder: cwd {root} → {root}/place"),
        format!("replace logs: out_file {root}/elsewhere.log → {root}/out.log"),
        "replace ghost: no process runs, though PM2 calls it online".to_owned(),
        "start deleted: not running".to_owned(),
    ];
    assert_eq!(planned(&server), words);

    server.syncs();
    assert_eq!(planned(&server), Vec::<String>::new());
    assert_eq!(server.running("path").script, server.root().join("app.js"));
    for folder in server.running_all("folder") {
        assert_eq!(folder.cwd(), server.root().join("place"));
    }
    assert_ne!(server.running("ghost").pid, 0);
    assert_eq!(server.running("deleted").status, "online");
    assert_eq!(server.running("beside").pid, beside);
}

#[test]
fn what_pm2_does_by_itself_is_no_drift() {
    let apps = json!([
        {"name": "web", "script": "app.js", "env": {"PORT": "4001"}, "args": "--a", "out_file": "logs/web.log"},
        {"name": "cluster", "script": "app.js", "instances": 2, "out_file": "logs/cluster.log", "port": 4002},
        {"name": "pair", "script": "app.js", "instances": 2, "exec_mode": "fork", "increment_var": "N", "env": {"N": "5"}},
        {"name": "watched", "script": "app.js", "watch": ["never"], "ignore_watch": ["logs"]},
        {"name": "crashes", "script": "crash.sh", "max_restarts": 1000, "restart_delay": 50},
        {"name": "job", "script": "job.js", "autorestart": false},
        {"name": "rare", "script": "job.js", "autorestart": false, "cron_restart": "0 0 1 1 *"},
        {"name": "shell", "script": "tool.sh"},
        {"name": "program", "script": "sleep", "args": "100000", "interpreter": "none"},
        {"name": "timed", "script": "app.js", "time": true, "min_uptime": "1s", "max_memory_restart": "1G",
            "stop_exit_codes": [3], "killTimeout": 0, "kill_retry_time": 50, "treekill": false, "automation": false},
    ]);
    let sandbox = Sandbox::holding(&[
        (CONFIG, &config(&apps)),
        ("job.js", "process.exit(0)"),
        // Before it could count as healthy, on a machine where node takes long to start, too.
        ("crash.sh", "sleep 0.3\nexit 1\n"),
        ("tool.sh", "#!/bin/bash\nsleep 100000\n"),
    ]);
    let server = sandbox.server();
    // One of them never stays up.
    server.pm2sync(&["sync"]).exits(5);
    let is_in_sync = |after: &str| {
        let plan = server.pm2sync(&["plan"]).exits(0);
        assert!(plan.stdout.starts_with("nothing to do: 10 apps in sync"), "after {after}: {}", plan.all());
    };
    let jobs_end = || {
        let has_ended = |name| server.running(name).status == "stopped";
        until("the jobs have ended", || has_ended("job") && has_ended("rare"));
    };
    jobs_end();
    is_in_sync("a start");
    // Not what keeps ending: PM2 fails where its own restart of that comes in between.
    let all_but_one = "restart web cluster pair watched job rare shell program timed --update-env";
    let all_but_one: Vec<&str> = all_but_one.split(' ').collect();
    for arguments in [
        &["restart", "web"][..],
        &["reload", "cluster"],
        &all_but_one,
        &["stop", "watched", "web"],
        &["start", "watched"],
    ] {
        server.pm2(arguments);
        is_in_sync(&arguments.join(" "));
    }
    jobs_end();
    let mut states = out_of_sync(&server);
    states.retain(|(name, _)| name != "crashes");
    assert_eq!(states, [("web".to_owned(), "stopped".to_owned())]);
    server.pm2(&["save"]);
    server.pm2_kills_its_daemon();
    server.pm2(&["resurrect"]);
    is_in_sync("save and resurrect");

    sandbox.puts_on_path("sleep", "#!/bin/sh\nexec /bin/sleep \"$@\"\n");
    is_in_sync("another `sleep` on PATH");
    let before: Vec<_> = server.apps().into_iter().filter(|app| app.name != "crashes").collect();
    server.pm2sync(&["sync"]).exits(5).says("left crashes (unhealthy)").says("9 apps unchanged");
    for app in before {
        assert!(server.running_all(&app.name).iter().any(|now| now.pid == app.pid), "{}", app.name);
    }
}

#[test]
fn an_app_that_pm2_gave_up_on_is_left_until_its_definition_changes_or_it_is_forced() {
    let apps = json!([
        {"name": "broken", "script": "crash.sh", "max_restarts": 1, "env": {"MARK": "1"}},
        {"name": "web", "script": "app.js"},
    ]);
    let sandbox = Sandbox::holding(&[(CONFIG, &config(&apps)), ("crash.sh", "exit 1\n")]);
    let server = sandbox.server();
    server.pm2sync(&["sync"]);
    until("PM2 gives up", || server.running("broken").status == "errored");
    let way_out = "its error log says why; `pm2sync sync --force 'broken'` tries again";
    assert_eq!(planned(&server), [format!("leave broken: PM2 gave up restarting it; {way_out}")]);
    let forced = server.pm2sync(&["sync", "--dry-run", "--force", "broken"]).exits(0);
    is_one_line(&forced, "replace broken: forced");
    server.edits(CONFIG, "\"MARK\": \"1\"", "\"MARK\": \"2\"");
    assert_eq!(planned(&server), ["replace broken: env.MARK changed"]);
}

/// A copy of a process gets one more than the highest number there is.
#[test]
fn processes_that_are_numbered_get_the_numbers_of_their_definition_again() {
    let apps = json!([{"name": "web", "script": "app.js", "instances": 3, "exec_mode": "fork",
        "increment_var": "PORT", "env": {"PORT": 4001}}]);
    let sandbox = Sandbox::holding(&[(CONFIG, &config(&apps))]);
    let server = sandbox.server();
    server.syncs();
    let ports = || {
        let web = server.running_all("web");
        web.iter().map(|app| app.environment()["PORT"].clone()).collect::<Vec<_>>()
    };
    let defined = ["4001", "4002", "4003"];
    assert_eq!(ports(), defined);
    let first = server.running_all("web").remove(0);
    let id = |place: usize| server.running_all("web")[place].pm_id.to_string();

    server.pm2(&["scale", "web", "5"]);
    server.pm2sync(&["sync"]).exits(0).says("scaled web: instances 5 → 3");
    server.pm2(&["delete", &id(2)]);
    server.pm2sync(&["sync"]).exits(0).says("scaled web: instances 2 → 3");
    assert_eq!(ports(), defined);
    assert_eq!(server.running_all("web")[0].pid, first.pid, "no number is missing among those that stay");

    server.pm2(&["delete", &id(1)]);
    server.pm2sync(&["sync"]).exits(0).says("replaced web: instances 2 → 3; env.PORT changed");
    assert_eq!(ports(), defined);

    server.pm2(&["delete", &id(0)]);
    server.pm2(&["scale", "web", "3"]);
    assert_eq!(ports(), ["4002", "4003", "4004"]);
    assert_eq!(planned(&server), ["replace web: env.PORT changed"]);
    server.syncs();
    assert_eq!(ports(), defined);
    assert_eq!(planned(&server), Vec::<String>::new());
}
