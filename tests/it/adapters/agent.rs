//! Changing what PM2 runs, against a real daemon.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use pm2sync::adapters::pm2::agent::{Agent, AgentConfig, Ended, ProcessIdentity, Replaced, Started};
use pm2sync::adapters::pm2::dump::read_dump;
use pm2sync::adapters::pm2::rpc::monitor_data;
use serde_json::{Value, json};

use crate::adapters::home::{Home, LIMIT, environment, environment_of, names, target, within};

#[test]
fn an_app_is_started_listed_and_deleted() {
    let home = Home::new();
    assert_eq!(home.daemon_pid(), None);
    let mut agent = home.agent();
    assert!(home.daemon_pid().is_some());
    assert_eq!(agent.list(LIMIT).unwrap(), Vec::<Value>::new());

    let app = json!({ "name": "api", "script": "idle.js", "args": "--port 1",
        "env_pm2sync": { "v": 1, "root": "/w", "definition": { "name": "api" } } });
    home.idle("api");
    let processes = home.start(&mut agent, app.clone());
    assert_eq!(processes.len(), 1);
    let env = &processes[0]["pm2_env"];
    assert_eq!(env["status"], "online");
    assert_eq!(env["pm_exec_path"], home.work().join("idle.js").to_str().unwrap());
    assert_eq!(env["pm_cwd"], home.work().to_str().unwrap());
    assert_eq!(env["exec_mode"], "fork_mode");
    assert_eq!(env["args"], json!(["--port", "1"]));
    assert_eq!(env["env_pm2sync"], app["env_pm2sync"]);

    let deleted = agent.delete(&target(&processes[0]), LIMIT).unwrap();
    assert_eq!(deleted, Ended::Ended { survivor: None });
    assert_eq!(names(&mut agent), Vec::<String>::new());
    assert_eq!(agent.delete(&target(&processes[0]), LIMIT).unwrap(), Ended::Gone);
}

/// As a machine does that has run out of memory.
#[test]
fn an_agent_that_is_killed_before_it_could_say_anything_is_said_to_be() {
    let home = Home::new();
    let node = home.work().join("node");
    fs::write(&node, "#!/bin/sh\nkill -9 $$\n").unwrap();
    fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).unwrap();
    let config = AgentConfig { node, ..home.config() };
    let error = Agent::start(None, &config, LIMIT).unwrap_err().to_string();
    assert!(error.ends_with("ended during `connect`: signal 9 killed it"), "{error}");
}

#[test]
fn names_that_the_command_line_cannot_choose_work() {
    let home = Home::new();
    let mut agent = home.agent();
    let odd = ["a b", "a,b", "a/b", "/x/", "all", "7", "é.json"];
    for name in odd {
        home.start(&mut agent, home.idle(name));
    }
    assert_eq!(names(&mut agent), odd);
    let list = agent.list(LIMIT).unwrap();
    for (at, process) in list.iter().enumerate() {
        assert_eq!(agent.delete(&target(process), LIMIT).unwrap(), Ended::Ended { survivor: None });
        assert_eq!(names(&mut agent), odd[at + 1..]);
    }
}

#[test]
fn a_start_over_a_name_that_exists_is_refused_and_changes_nothing() {
    let home = Home::new();
    let mut agent = home.agent();
    home.start(&mut agent, home.idle("api"));
    let before = agent.list(LIMIT).unwrap();
    let mut app = home.idle("api");
    app["env_pm2sync"] = json!({ "v": 1, "root": "/other" });
    let launch = home.launch(app);
    let started = Replaced::Started(agent.launch(&launch, LIMIT).unwrap());
    for replaced in [started, agent.replace(&[], &launch, true, LIMIT).unwrap()] {
        let Replaced::Started(Started::Exists { processes }) = replaced else { panic!("it was not refused") };
        assert_eq!(processes.len(), 1);
    }
    let after = agent.list(LIMIT).unwrap();
    assert_eq!(after[0]["pid"], before[0]["pid"]);
    assert_eq!(after[0]["pm2_env"]["env_pm2sync"], before[0]["pm2_env"]["env_pm2sync"]);
}

#[test]
fn copies_of_a_process_carry_its_label_and_leave_it_running() {
    let home = Home::new();
    let mut agent = home.agent();
    let mut app = home.idle("api");
    app["env_pm2sync"] = json!({ "v": 1, "root": "/w", "definition": { "name": "api" } });
    let process = home.start(&mut agent, app).remove(0);
    assert_eq!(agent.duplicate(&target(&process), 2, LIMIT).unwrap(), None);
    let list = agent.list(LIMIT).unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(list[0]["pid"], process["pid"]);
    for copy in &list {
        assert_eq!(copy["pm2_env"]["env_pm2sync"], process["pm2_env"]["env_pm2sync"]);
        assert_eq!(copy["pm2_env"]["status"], "online");
    }

    let mut stale = target(&process);
    stale.name = "other".to_owned();
    assert!(matches!(agent.duplicate(&stale, 1, LIMIT).unwrap(), Some(Ended::Changed { .. })));
    stale = ProcessIdentity { pm_id: 77, ..target(&process) };
    assert_eq!(agent.duplicate(&stale, 1, LIMIT).unwrap(), Some(Ended::Gone));
    assert_eq!(agent.list(LIMIT).unwrap().len(), 3);
}

#[test]
fn a_delete_of_what_has_changed_is_refused() {
    let home = Home::new();
    let mut agent = home.agent();
    let process = home.start(&mut agent, home.idle("api")).remove(0);
    let stale = target(&process);
    agent.delete(&stale, LIMIT).unwrap();
    home.start(&mut agent, home.idle("api"));
    let Ended::Changed { found } = agent.delete(&stale, LIMIT).unwrap() else { panic!("it was deleted") };
    assert_eq!(found["pm_id"], process["pm_id"], "PM2 uses ids again");
    let other_name = ProcessIdentity { name: "web".into(), ..target(&found) };
    assert!(matches!(agent.delete(&other_name, LIMIT).unwrap(), Ended::Changed { .. }));
    assert_eq!(names(&mut agent), ["api"]);
}

#[test]
fn an_app_gets_the_given_environment_and_nothing_of_the_agents() {
    let home = Home::new();
    let mut config = home.config();
    config.environment.insert("OF_THE_AGENT".into(), "1".into());
    let mut agent = Agent::start(None, &config, LIMIT).unwrap();
    let mut app = home.idle("api");
    app["env"] = json!({ "DEFINED": "yes", "SHARED": "definition" });
    let mut launch = home.launch(app);
    launch.environment = environment(&[("GIVEN", "a=b\nc"), ("SHARED", "environment")]);
    let Started::Started { processes, .. } = agent.launch(&launch, LIMIT).unwrap() else {
        panic!("not started")
    };

    let mut found = environment_of(&processes[0]["pid"]);
    let text = |name: &str| found.get(&OsString::from(name)).and_then(|value| value.to_str());
    assert_eq!(text("GIVEN"), Some("a=b\nc"));
    assert_eq!(text("DEFINED"), Some("yes"));
    assert_eq!(text("SHARED"), Some("definition"));
    assert_eq!(text("PM2_HOME"), home.path().to_str());
    // Beside these, node's own for the channel to its parent, and those fields
    // of the process entry that are plain values.
    let env = &processes[0]["pm2_env"];
    let given = ["GIVEN", "DEFINED", "SHARED", "PATH", "HOME", "PM2_HOME"].map(OsString::from);
    found.retain(|name, _| !given.contains(name) && !name.to_string_lossy().starts_with("NODE_CHANNEL_"));
    let strange: Vec<_> = found.keys().filter(|name| env.get(name.to_str().unwrap()).is_none()).collect();
    assert_eq!(strange, Vec::<&OsString>::new());
    let mut recorded: Vec<_> = env["env"].as_object().unwrap().keys().map(String::as_str).collect();
    recorded.sort_unstable();
    assert_eq!(recorded, ["DEFINED", "GIVEN", "HOME", "PATH", "PM2_HOME", "SHARED", "api", "unique_id"]);
}

#[test]
fn a_registered_app_is_stopped_until_it_is_started_by_name() {
    let home = Home::new();
    let mut agent = home.agent();
    let mut app = home.idle("api");
    app["env"] = json!({ "DEFINED": "yes" });
    let processes = home.register(&mut agent, app.clone());
    assert_eq!(processes[0]["pm2_env"]["status"], "stopped");
    assert_eq!(processes[0]["pm2_env"]["env_pm2sync"], app["env_pm2sync"]);
    assert!(processes[0].get("pid").is_none_or(|pid| pid.as_u64().unwrap_or_default() == 0));

    assert!(home.pm2(&["start", "api"]).status.success());
    let running = agent.list(LIMIT).unwrap().remove(0);
    assert_eq!(running["pm2_env"]["status"], "online");
    assert_eq!(running["pm2_env"]["env_pm2sync"], app["env_pm2sync"]);
    assert_eq!(running["pm2_env"]["restart_time"], 0);
    assert_eq!(environment_of(&running["pid"]).get(&OsString::from("DEFINED")), Some(&"yes".into()));
    assert_eq!(agent.delete(&target(&running), LIMIT).unwrap(), Ended::Ended { survivor: None });
}

#[test]
fn a_registered_app_can_be_deleted_before_it_ever_ran() {
    let home = Home::new();
    let mut agent = home.agent();
    let mut app = home.idle("web");
    app["instances"] = 2.into();
    let processes = home.register(&mut agent, app);
    assert_eq!(processes.len(), 2);
    for (instance, process) in processes.iter().enumerate() {
        assert_eq!(process["pm2_env"]["NODE_APP_INSTANCE"], instance);
        let unique_id = process["pm2_env"]["env"]["unique_id"].as_str().unwrap().to_owned();
        let pm_id = process["pm_id"].as_u64().unwrap();
        let target = ProcessIdentity { pm_id, unique_id, name: "web".into() };
        assert_eq!(agent.delete(&target, LIMIT).unwrap(), Ended::Ended { survivor: None });
    }
    assert_eq!(names(&mut agent), Vec::<String>::new());
}

#[test]
fn a_cluster_is_started_whole_and_its_processes_share_a_unique_id() {
    let home = Home::new();
    let mut agent = home.agent();
    let mut app = home.idle("web");
    app["instances"] = 2.into();
    let processes = home.start(&mut agent, app);
    assert_eq!(processes.len(), 2);
    assert!(processes.iter().all(|process| process["pm2_env"]["exec_mode"] == "cluster_mode"));
    assert_eq!(target(&processes[0]).unique_id, target(&processes[1]).unique_id);
    agent.delete(&target(&processes[0]), LIMIT).unwrap();
    assert_eq!(names(&mut agent), ["web"]);
}

#[test]
fn what_pm2_refuses_comes_in_its_own_words() {
    let home = Home::new();
    let mut agent = home.agent();
    let failed = |started: Started| match started {
        Started::Failed { message, processes } => {
            assert_eq!(processes, Vec::<Value>::new());
            message
        }
        other => panic!("not refused: {other:?}"),
    };
    let app = json!({ "name": "api", "script": "absent.js" });
    let message = failed(agent.launch(&home.launch(app), LIMIT).unwrap());
    assert_eq!(message, format!("Script not found: {}", home.work().join("absent.js").display()));

    let mut app = home.idle("api");
    app["kill_timeout"] = "2s".into();
    let message = failed(agent.launch(&home.launch(app), LIMIT).unwrap());
    assert!(message.contains("kill_timeout"), "{message}");

    let mut app = home.idle("api");
    app["interpreter"] = "no-such-interpreter".into();
    let message = failed(agent.launch(&home.launch(app), LIMIT).unwrap());
    assert!(message.contains("no-such-interpreter"), "{message}");
    assert!(agent.launch(&home.launch(json!({ "script": "idle.js" })), LIMIT).is_err());
    home.start(&mut agent, home.idle("api"));
}

#[test]
fn text_cut_inside_a_character_spoils_no_list() {
    let home = Home::new();
    let mut agent = home.agent();
    home.file(
        "metric.js",
        r"process.send({type: 'axm:monitor', data: {m: {value: '\ud83d'}}}); setInterval(() => {}, 1000)",
    );
    home.start(&mut agent, json!({ "name": "metric", "script": "metric.js" }));
    let metric =
        || monitor_data(&home.socket(), LIMIT).unwrap()[0]["pm2_env"]["axm_monitor"]["m"]["value"].clone();
    assert!(within(LIMIT, || metric() == "\u{fffd}"), "{}", metric());
    assert_eq!(names(&mut agent), ["metric"]);
}

#[test]
fn a_save_writes_the_dump_whole_also_of_an_empty_list() {
    let home = Home::new();
    let mut agent = home.agent();
    let dump = || read_dump(&home.path()).unwrap().unwrap();
    home.start(&mut agent, home.idle("api"));
    agent.save(LIMIT).unwrap();
    assert_eq!(dump()[0]["name"], "api");
    assert_eq!(dump()[0]["env_pm2sync"]["root"], "/w", "the label comes back after a reboot");

    let file = home.path().join("dump.pm2");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let before = fs::metadata(&file).unwrap().ino();
    let process = agent.list(LIMIT).unwrap().remove(0);
    agent.delete(&target(&process), LIMIT).unwrap();
    agent.save(LIMIT).unwrap();
    assert_eq!(dump(), json!([]));
    let after = fs::metadata(&file).unwrap();
    assert_ne!(after.ino(), before, "it was written in place");
    assert_eq!(after.mode() & 0o777, 0o666);
    let left = fs::read_dir(home.path()).unwrap().flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("pm2sync-")), "{left:?}");
}

#[test]
fn a_save_that_fails_is_an_error_and_the_agent_goes_on() {
    let home = Home::new();
    let mut agent = home.agent();
    home.start(&mut agent, home.idle("api"));
    fs::create_dir(home.path().join("dump.pm2")).unwrap();
    let error = agent.save(LIMIT).unwrap_err().to_string();
    assert!(error.contains("dump.pm2"), "{error}");
    assert_eq!(names(&mut agent), ["api"]);
}
