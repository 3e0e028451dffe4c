//! Each way in which a process can differ, and what is no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::drift;
use crate::core::definition::testing::definition;
use crate::core::pm2::effective::effective;
use crate::core::pm2::effective::machine::Machine;
use crate::core::pm2::running::Running;
use crate::core::reason::words::InOneLine;

fn machine() -> Machine {
    Machine {
        root: PathBuf::from("/w"),
        files: BTreeSet::from([PathBuf::from("/w/a.js")]),
        folders: BTreeSet::from([PathBuf::from("/w")]),
        executables: BTreeSet::new(),
        programs: BTreeMap::from([("sleep".to_owned(), PathBuf::from("/bin/sleep"))]),
    }
}

fn options() -> Value {
    json!({"name": "a", "script": "a.js", "instances": 2, "exec_mode": "fork", "args": "x",
        "env": {"PORT": 1, "SAME": "s"}, "kill_timeout": 2000, "out_file": "logs/a.log", "increment_var": "N",
        "max_restarts": 3, "log": true})
}

/// What PM2 shows for them.
fn process() -> Value {
    json!({"name": "a", "pm_id": 1, "pid": 5, "pm2_env": {"status": "online", "pm_exec_path": "/w/a.js",
        "pm_cwd": "/w", "exec_mode": "fork_mode", "args": ["x"], "exec_interpreter": "node", "node_args": [],
        "namespace": "default", "autorestart": true, "treekill": true, "kill_timeout": 2000, "max_restarts": 3,
        "pm_out_log_path": "/w/logs/a-1.log", "pm_err_log_path": "/home/logs/a-error-1.log",
        "pm_log_path": "/home/logs/a-1.log", "pm_pid_path": "/home/pids/a-1.pid",
        "env": {"PORT": 1, "SAME": "s"}}})
}

/// What is said of a good process and another one with these fields.
fn with(options: &Value, fields: &Value) -> String {
    let definition = definition(options);
    let effective = effective(&definition, &machine()).unwrap();
    let mut other = process();
    for (field, value) in fields.as_object().unwrap() {
        match field.as_str() {
            "pid" => other["pid"] = value.clone(),
            field => other["pm2_env"][field] = value.clone(),
        }
    }
    let running = Running::parse(&json!([process(), other]));
    InOneLine(&drift(&definition, &effective, running.get("a").unwrap())).to_string()
}

#[test]
fn every_way_in_which_one_of_the_processes_differs_is_named() {
    let ways = [
        (json!({"pm_exec_path": "/w/old.js"}), "script /w/old.js → /w/a.js"),
        (json!({"pm_cwd": "/x"}), "cwd /x → /w"),
        (json!({"exec_mode": "cluster_mode"}), "exec_mode cluster_mode → fork_mode"),
        (json!({"exec_interpreter": "bash"}), "exec_interpreter removed"),
        (json!({"args": ["y"]}), "args changed"),
        (json!({"node_args": ["--inspect"]}), "node_args removed"),
        (json!({"env": {"PORT": 2, "SAME": "s"}}), "env.PORT changed"),
        (json!({"env": {"PORT": 1}}), "env.SAME added"),
        (json!({"env": {"PORT": 1, "SAME": "s"}, "PORT": "2"}), "env.PORT changed"),
        (json!({"pm_out_log_path": "/x/a-1.log"}), "out_file /x/a-1.log → /w/logs/a.log"),
        (json!({"pm_err_log_path": "/home/logs/b-1.log"}), "error_file /home/logs/b-1.log → a-error.log"),
        (json!({"pm_log_path": "/home/logs/b.log"}), "log_file /home/logs/b.log → a.log"),
        (json!({"pm_pid_path": "/home/pids/b-1.pid"}), "pid_file /home/pids/b-1.pid → a.pid"),
        (json!({"kill_timeout": 1600}), "kill_timeout 1600 → 2000"),
        (json!({"max_restarts": 5}), "max_restarts 5 → 3"),
        (json!({"autorestart": false}), "autorestart removed"),
        (json!({"cron_restart": "* * * * *"}), "cron_restart removed"),
        (json!({"namespace": "other"}), "namespace removed"),
        (json!({"pid": null}), "no process runs, though PM2 calls it online"),
    ];
    for (fields, said) in ways {
        assert_eq!(with(&options(), &fields), said, "{fields}");
    }
}

#[test]
fn what_pm2_does_by_itself_is_no_drift() {
    let does = [
        json!({"restart_time": 7, "unstable_restarts": 3, "prev_restart_delay": 0, "exit_code": 1}),
        json!({"status": "stopped", "pid": 0}),
        json!({"status": "waiting restart", "pid": 0}),
        json!({"status": "launching", "pid": null}),
        json!({"watch": false, "filter_env": [], "merge_logs": true, "instances": 7}),
        json!({"PORT": "1", "SAME": "s", "OTHER": "o"}),
        json!({"env": {"SAME": "s"}, "PORT": 1}),
        json!({"script": "other.js", "cwd": "/x", "out_file": "x.log"}),
        json!({"exec_interpreter": "/usr/bin/node"}),
        json!({"pm_out_log_path": "/w/logs/a-77.log"}),
        json!({"wait_ready": false, "time": null}),
    ];
    for fields in does {
        assert_eq!(with(&options(), &fields), "", "{fields}");
    }
}

#[test]
fn an_option_that_an_older_pm2_does_not_know_never_drifts() {
    let mut options = options();
    options["stop_exit_codes"] = json!([3, 4]);
    assert_eq!(with(&options, &json!({})), "");
}

#[test]
fn a_count_that_the_daemon_decides_is_the_one_that_it_has_counted() {
    for count in [json!("max"), json!(0), json!(-1)] {
        let mut options = options();
        options["instances"] = count;
        assert_eq!(with(&options, &json!({})), "", "it shows none after a `resurrect`");
        assert_eq!(with(&options, &json!({"instances": 2})), "");
        assert_eq!(with(&options, &json!({"instances": 0})), "", "as a `restart FILE` leaves it");
        assert_eq!(with(&options, &json!({"instances": 3})), "instances 2 → 3");
    }
    let mut one = options();
    one.as_object_mut().unwrap().remove("instances");
    assert_eq!(with(&one, &json!({})), "instances 2 → 1");
    assert_eq!(with(&one, &json!({"status": "stopped"})), "instances 2 → 1", "the other one runs");
}

#[test]
fn a_program_of_path_may_lie_in_another_folder() {
    let options = json!({"name": "a", "script": "sleep", "args": "x", "instances": 2, "interpreter": "none"});
    let drift = with(&options, &json!({"pm_exec_path": "/usr/local/bin/sleep", "exec_interpreter": "none"}));
    assert!(!drift.contains("/usr/local/bin"), "{drift}");
}
