//! The agent and the daemon behind it: one that it spawns must be clean and
//! outlive it, and one that dies or hangs must not make it hang.

use std::ffi::OsString;
use std::fs;
use std::time::Duration;

use pm2sync::adapters::pm2::agent::{Agent, Replaced, Started};
use pm2sync::adapters::pm2::rpc::{RpcError, monitor_data};
use pm2sync::adapters::process::{Program, Status, run};
use rustix::process::{Pid, Signal, getpgid, getpid, kill_process, test_kill_process};
use serde_json::json;

use crate::adapters::home::{Home, LIMIT, end_processes_of, environment_of, names, target, within};

#[test]
fn a_daemon_that_the_agent_spawns_is_clean_and_outlives_it() {
    let home = Home::new();
    let agent = home.agent();
    let pid = home.daemon_pid().unwrap();
    drop(agent);

    let mut found = environment_of(&json!(pid.as_raw_nonzero().get()));
    for name in
        ["PATH", "HOME", "PM2_HOME", "SILENT", "_", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"]
    {
        assert!(found.remove(&OsString::from(name)).is_some(), "{name}");
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), Vec::<&OsString>::new());

    std::thread::sleep(Duration::from_millis(200));
    assert!(test_kill_process(pid).is_ok(), "the daemon ended with the agent");
    let process = format!("/proc/{}", pid.as_raw_nonzero());
    let stat = fs::read_to_string(format!("{process}/stat")).unwrap();
    let session = stat.rsplit(')').next().unwrap().split_whitespace().nth(3).unwrap();
    assert_eq!(session, pid.as_raw_nonzero().to_string(), "it leads a session of its own");
    assert_eq!(fs::read_link(format!("{process}/cwd")).unwrap(), home.work());
    assert!(monitor_data(&home.socket(), LIMIT).is_ok());
}

#[test]
fn a_daemon_that_the_agent_spawns_holds_no_pipe_of_its_caller() {
    let home = Home::new();
    assert_eq!(home.daemon_pid(), None);
    let config = home.config();
    let mut environment = config.environment;
    environment.insert("PM2_HOME".into(), home.path().into());
    let script = r#"echo '{"id":0,"command":"connect"}' | "$0" -e "$1" "$2" 2>&1 | cat"#;
    let args = [
        "-c".into(),
        script.into(),
        config.node.into(),
        include_str!("../../../src/adapters/pm2/agent.js").into(),
        config.package.into(),
    ];
    let program = Program { path: "/bin/sh".into(), args: args.into(), directory: home.work(), environment };
    // `cat` ends only when nobody holds its input open any more.
    let finished = run(&program, LIMIT).unwrap();
    assert_eq!(finished.status, Status::Exited(0));
    assert!(String::from_utf8_lossy(&finished.stdout).contains(r#"{"id":0,"ok":{}}"#));
    assert!(monitor_data(&home.socket(), LIMIT).is_ok());
}

#[test]
fn a_daemon_killed_in_the_middle_is_an_error_and_not_a_hang() {
    let home = Home::new();
    let mut agent = home.agent();
    let daemon = home.daemon_pid().unwrap();
    home.file("silent.js", "setInterval(() => {}, 1000)");
    let app = json!({ "name": "api", "script": "silent.js", "wait_ready": true, "listen_timeout": 60000 });
    let socket = home.socket();
    let killer = std::thread::spawn(move || {
        let is_launching = || monitor_data(&socket, LIMIT).is_ok_and(|list| list[0]["pid"].is_u64());
        let is_launching = within(LIMIT, is_launching);
        kill_process(daemon, Signal::KILL).unwrap();
        assert!(is_launching);
    });
    let error = agent.launch(&home.launch(app), LIMIT).unwrap_err();
    killer.join().unwrap();
    // Had it waited for its time to be over, it would say so.
    assert!(format!("{error:#}").contains("the PM2 daemon ended"), "{error:#}");
    assert!(agent.list(LIMIT).is_err());
    end_processes_of(&home);
}

#[test]
fn the_agent_finishes_what_it_began_under_any_signal_of_a_shutdown() {
    let home = Home::new();
    let mut agent = home.agent();
    let app = json!({ "name": "api", "script": "deaf.js", "kill_timeout": 1500 });
    let asked = home.work().join("asked");
    let ready = home.work().join("ready");
    home.file(
        "deaf.js",
        "const say = (what) => require('fs').writeFileSync(what, '');
        process.on('SIGINT', () => say('asked')); setInterval(() => {}, 1000); say('ready')",
    );
    let target = target(&home.start(&mut agent, app)[0]);
    // PM2 calls it online before node has read its script.
    assert!(within(LIMIT, || ready.exists()));
    let pid = agent_in(&home);
    assert_eq!(getpgid(Some(pid)).unwrap(), pid, "a Ctrl-C on the terminal reaches it");
    let signals = std::thread::spawn(move || {
        assert!(within(LIMIT, || asked.exists()));
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            kill_process(pid, signal).unwrap();
        }
    });
    let replaced = agent.replace(&[target], &home.launch(home.idle("api")), false, LIMIT).unwrap();
    signals.join().unwrap();
    assert!(matches!(replaced, Replaced::Started(Started::Started { .. })), "{replaced:?}");
    assert_eq!(names(&mut agent), ["api"]);
}

#[test]
fn a_command_that_takes_too_long_ends_the_agent() {
    let home = Home::new();
    let mut agent = home.agent();
    home.file("silent.js", "setInterval(() => {}, 1000)");
    let app = json!({ "name": "api", "script": "silent.js", "wait_ready": true, "listen_timeout": 60000 });
    // In that time PM2 must have begun with it.
    let error = agent.launch(&home.launch(app), Duration::from_secs(4)).unwrap_err();
    assert!(error.to_string().contains("within 4000 ms"), "{error}");
    assert!(agent.list(LIMIT).is_err() && !agent.is_alive());
    assert_eq!(names(&mut home.agent()), ["api"]);
}

#[test]
fn a_daemon_that_hangs_is_an_error_and_not_a_hang() {
    let home = Home::new();
    let mut agent = home.agent();
    let daemon = home.daemon_pid().unwrap();
    kill_process(daemon, Signal::STOP).unwrap();
    let error = agent.list(Duration::from_millis(300)).unwrap_err();
    let another = Agent::start(None, &home.config(), Duration::from_secs(2)).unwrap_err();
    let read = monitor_data(&home.socket(), Duration::from_millis(300)).unwrap_err();
    kill_process(daemon, Signal::CONT).unwrap();
    assert!(error.to_string().contains("did not finish `list`"), "{error}");
    assert!(another.to_string().contains("did not finish `connect`"), "{another}");
    assert!(matches!(read, RpcError::TimedOut { .. }), "{read}");
}

#[test]
fn a_variable_that_leads_pm2_to_another_daemon_is_refused() {
    let home = Home::new();
    let mut config = home.config();
    let elsewhere = home.work().join("rpc.sock");
    config.environment.insert("PM2_DAEMON_RPC_PORT".into(), elsewhere.clone().into());
    let error = Agent::start(None, &config, LIMIT).unwrap_err();
    assert!(error.to_string().contains("PM2_DAEMON_RPC_PORT"), "{error}");
    assert!(!elsewhere.exists() && !home.socket().exists(), "a daemon was spawned");
}

/// The agent's own process: the one below this, in that home.
#[expect(clippy::unwrap_used, reason = "a test whose agent is not found should fail")]
fn agent_in(home: &Home) -> Pid {
    let is_there = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<i32>().ok()?;
        let is_ours = parent == getpid().as_raw_nonzero().get();
        let home_of = |pid| environment_of(&json!(pid)).remove(&OsString::from("PM2_HOME"));
        Some(is_ours && home_of(pid)? == home.path())
    };
    let pids = fs::read_dir("/proc").unwrap().flatten();
    let mut pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.find(|pid| is_there(*pid) == Some(true)).and_then(Pid::from_raw).unwrap()
}
