//! A sync that is killed at any moment leaves nothing that the next trigger
//! does not put right: the end is the one of a sync that nobody disturbed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    APPS_FILE, Begun, ENV_JS, Sandbox, Workspace, begin, children, is_alive, signal, until, variable_of,
};

/// Before the edit: one app goes, one comes, two change, one of them slow to stop,
/// and one is left alone.
const BEFORE: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "web" {:script "app.js" :env {:PORT "4001" :STALE "yes"}})
(defapp "slow" {:script "slow.js" :kill_timeout 600 :env {:QUEUE "first"}})
(defapp "clock" {:script "app.js"})
(defapp "leaving" {:script "app.js"})
"#;

/// After it.
const AFTER: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))
(defapp "web" {:script "app.js" :env {:PORT "4002" :FRESH "yes"}})
(defapp "slow" {:script "slow.js" :kill_timeout 600 :env {:QUEUE "second"}})
(defapp "clock" {:script "app.js"})
(defapp "coming" {:script "app.js"})
"#;

/// It does not listen when it is asked to stop, from when it has told its arguments.
const SLOW_JS: &str = "process.on('SIGINT', () => {});\nrequire('./app.js');\n";

/// Who dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killed {
    Alone,
    WithItsAgent,
}

/// Whatever PM2 gives to each start anew.
const OF_ONE_START: &[&str] = &["unique_id", "pm_id", "pm_pid_path", "created_at", "pm_uptime"];

/// What a process is: its state, what it runs, its definition and its whole environment.
type What = BTreeMap<String, String>;

/// What runs, app by app, process by process.
type End = BTreeMap<String, Vec<What>>;

/// What runs, app by app, without what differs from start to start.
#[track_caller]
fn what_runs(server: &Workspace, context: &str) -> End {
    let mut found = End::new();
    let apps = server.apps();
    for app in &apps {
        // A process that PM2 lists and that does not run shows in the comparison.
        let mut what: What = if is_alive(app.pid) { app.environment() } else { What::new() };
        what.retain(|name, _| !OF_ONE_START.contains(&name.as_str()));
        let label = app.label.as_ref().map(ToString::to_string).unwrap_or_default();
        what.extend([("its label".to_owned(), label), ("its status".to_owned(), app.status.clone())]);
        what.insert("its script".to_owned(), app.script.display().to_string());
        found.entry(app.name.clone()).or_default().push(what);
    }
    let mut pids: Vec<u32> = apps.iter().map(|app| app.pid).collect();
    pids.sort_unstable();
    let listed: Vec<_> = apps.iter().map(|app| (&app.name, app.pm_id, app.pid, &app.status)).collect();
    let mut children = server.daemons_children();
    // PM2 runs git for each app that it has started, and those end by themselves.
    for _ in 0..1000 {
        if children == pids {
            return found;
        }
        sleep(Duration::from_millis(10));
        children = server.daemons_children();
    }
    let log = pm2s_log(server);
    let last = log.lines().rev().take(40).collect::<Vec<_>>().join("\n");
    panic!(
        "PM2 has started {children:?} and lists {listed:?}\n{context}\nPM2's log, the newest first:\n{last}"
    );
}

fn pm2s_log(server: &Workspace) -> String {
    fs::read_to_string(server.pm2_home().join("pm2.log")).unwrap_or_default()
}

/// Fails unless this is what runs.
#[track_caller]
fn ends_as(server: &Workspace, end: &End, context: &str) {
    let runs = what_runs(server, context);
    assert_eq!(runs.keys().collect::<Vec<_>>(), end.keys().collect::<Vec<_>>(), "{context}");
    for (name, processes) in &runs {
        let [process] = processes.as_slice() else { panic!("{} of {name}: {context}", processes.len()) };
        let meant = &end[name][0];
        let fields = process.keys().chain(meant.keys());
        let other: Vec<_> = fields.filter(|field| process.get(*field) != meant.get(*field)).collect();
        let shown: Vec<_> = other.iter().map(|&field| (process.get(field), meant.get(field))).collect();
        assert!(other.is_empty(), "{name} has another {other:?}: {shown:?}\n{context}");
    }
}

fn synced(server: &Workspace) -> Value {
    let text = fs::read_to_string(server.state_folder().join("synced.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A server in sync with `BEFORE`, and a process that is none of ours.
fn server(sandbox: &Sandbox) -> Workspace<'_> {
    let server = sandbox.server();
    server.syncs();
    sandbox.starts_by_hand("stranger");
    server
}

fn sandbox() -> Sandbox {
    Sandbox::holding(&[(APPS_FILE, BEFORE), ("slow.js", SLOW_JS)])
}

/// The ends of syncs that nobody disturbed: with `BEFORE` and with `AFTER`.
fn undisturbed(server: &Workspace) -> [End; 2] {
    server.writes(APPS_FILE, AFTER).syncs();
    let after = what_runs(server, "undisturbed");
    server.writes(APPS_FILE, BEFORE).syncs();
    let before = what_runs(server, "undisturbed");
    assert_ne!(before, after);
    assert_eq!(after["stranger"], before["stranger"]);
    [before, after]
}

fn kill(sync: &Begun, killed: Killed) {
    let agent = children(sync.pid());
    signal(sync.pid(), Signal::KILL);
    if killed == Killed::WithItsAgent {
        for pid in agent {
            signal(pid, Signal::KILL);
        }
    }
}

/// What a watcher sees of a sync that goes from one text to the other, in order.
struct Steps<'s> {
    state: &'s Path,
    artifact: &'s Path,
    artifact_before: Vec<u8>,
    completed_before: Value,
    old_web: u32,
    daemons: &'s dyn Fn() -> Vec<u32>,
    port: &'s str,
}

const STEPS: &[&str] = &["marked", "artifact", "cleared", "old gone", "new there", "saved"];

impl Steps<'_> {
    fn completed(&self) -> Option<Value> {
        let text = fs::read_to_string(self.state.join("synced.json")).ok()?;
        Some(serde_json::from_str::<Value>(&text).ok()?["completed"].clone())
    }

    fn has_come(&self, step: &str) -> bool {
        match step {
            "marked" => self.state.join("pending").exists(),
            "artifact" => fs::read(self.artifact).is_ok_and(|bytes| bytes != self.artifact_before),
            "cleared" => self.completed() == Some(Value::Null),
            "old gone" => !is_alive(self.old_web),
            "new there" => {
                (self.daemons)().into_iter().any(|pid| variable_of(pid, "PORT").as_deref() == Some(self.port))
            }
            "saved" => self.completed().is_some_and(|now| !now.is_null() && now != self.completed_before),
            _ => unreachable!("{step}"),
        }
    }
}

/// Kills a sync at each step in turn, by `start` and `kill`, and lets a hook complete it.
fn killed_at_every_step(start: &dyn Fn(&Workspace) -> Begun, kill: &dyn Fn(&Workspace, &Begun)) {
    let sandbox = sandbox();
    let server = server(&sandbox);
    let ends = undisturbed(&server);
    let (state, artifact) = (server.state_folder(), server.root().join(".clobber/index.cjs"));
    for (round, step) in STEPS.iter().enumerate() {
        let (text, port) = if round % 2 == 0 { (AFTER, "4002") } else { (BEFORE, "4001") };
        let steps = Steps {
            state: &state,
            artifact: &artifact,
            artifact_before: fs::read(&artifact).unwrap(),
            completed_before: synced(&server)["completed"].clone(),
            old_web: server.running("web").pid,
            daemons: &|| server.daemons_children(),
            port,
        };
        server.writes(APPS_FILE, text);
        let mut sync = start(&server);
        until(step, || steps.has_come(step) || !sync.runs());
        let came = steps.has_come(step);
        kill(&server, &sync);
        let killed = sync.ends();
        assert!(came, "{step}: ended before it came: {}", killed.all());

        let healed = server.pm2sync(&["hook", "post-commit"]).exits(0);
        let context = format!("killed at `{step}`:\n{}then:\n{}", killed.all(), healed.all());
        ends_as(&server, &ends[(round + 1) % 2], &context);
        server.pm2sync(&["plan", "--exit-code"]).exits(0);
        assert!(!state.join("pending").exists(), "{context}");
        server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
    }
}

fn by_hand(server: &Workspace) -> Begun {
    begin(&mut server.pm2sync_command(&["sync"]))
}

#[test]
fn a_sync_killed_at_any_step_is_completed_by_the_next_hook() {
    killed_at_every_step(&by_hand, &|_, sync| kill(sync, Killed::Alone));
}

#[test]
fn a_sync_killed_at_any_step_together_with_its_agent_is_completed_by_the_next_hook() {
    killed_at_every_step(&by_hand, &|_, sync| kill(sync, Killed::WithItsAgent));
}

#[test]
fn a_worker_killed_at_any_step_is_told_of_and_completed_by_the_next_hook() {
    let hook = |server: &Workspace| begin(&mut server.pm2sync_command(&["hook", "post-commit"]));
    killed_at_every_step(&hook, &|_, hook| {
        // The worker is what the hook has started; at the last step it may have ended.
        until("a worker", || !children(hook.pid()).is_empty() || !is_alive(hook.pid()));
        for worker in children(hook.pid()) {
            signal(worker, Signal::KILL);
        }
    });
}

#[test]
fn the_hook_of_a_killed_worker_tells_of_it_and_no_later_one_does() {
    let sandbox = sandbox();
    let server = server(&sandbox);
    server.writes(APPS_FILE, AFTER);
    let hook = begin(&mut server.pm2sync_command(&["hook", "post-commit"]));
    let state = server.state_folder();
    until("the worker has begun", || state.join("events.jsonl").exists());
    for worker in children(hook.pid()) {
        signal(worker, Signal::KILL);
    }
    hook.ends().exits(0).says("was killed before it finished");

    let next = server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    let next = next.never_says("before it finished").never_says("already running");
    assert_eq!(next.lines_of("replaced").len(), 2, "{}", next.all());
    server.pm2sync(&["status", "--exit-code"]).exits(0).never_says("before it finished");
}

#[test]
fn a_change_taken_back_while_a_stop_of_a_killed_sync_goes_on_ends_as_it_should() {
    // Longer than PM2 is waited for where the app itself has no say in it.
    let sandbox = Sandbox::holding(&[(APPS_FILE, &BEFORE.replace("600", "8000")), ("slow.js", SLOW_JS)]);
    let server = sandbox.server();
    server.syncs();
    let slow = server.running("slow");
    assert_eq!(slow.arguments(), Vec::<String>::new());
    let old = slow.pid;
    server.edits(APPS_FILE, "first", "second");
    let sync = by_hand(&server);
    // To ask PM2 could take as long as the stop.
    until("it is being stopped", || pm2s_log(&server).contains("Stopping app:slow"));
    kill(&sync, Killed::WithItsAgent);
    sync.ends();
    assert!(is_alive(old), "PM2 has not yet ended it");

    // What PM2 still lists is what is desired again; but it is on its way out.
    server.edits(APPS_FILE, "second", "first");
    let healed = server.syncs();
    until("the old process is gone", || !is_alive(old));
    let slow = server.running_all("slow");
    assert_eq!(slow.len(), 1, "{}", healed.all());
    assert_eq!((slow[0].status.as_str(), slow[0].variable("QUEUE").as_deref()), ("online", Some("first")));
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_sync_killed_at_any_of_25_random_moments_is_completed_by_the_next() {
    killed_at_random(0x5eed, Killed::Alone);
}

#[test]
fn a_sync_killed_at_any_of_25_random_moments_together_with_its_agent_is_completed_by_the_next() {
    killed_at_random(0xfeed, Killed::WithItsAgent);
}

/// Kills syncs at moments spread over the length of one that nobody disturbs.
fn killed_at_random(seed: u64, killed: Killed) {
    let sandbox = sandbox();
    let server = server(&sandbox);
    let ends = undisturbed(&server);
    let stranger = server.running("stranger").pid;
    server.writes(APPS_FILE, AFTER);
    let whole = server.syncs().took;
    let mut random = seed;
    for round in 0..25 {
        // A small generator of numbers that are the same in every run.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = u32::try_from(random >> 40).unwrap();
        let delay = whole.mul_f64(f64::from(share) / f64::from(1_u32 << 24));
        let (text, end) = if round % 2 == 0 { (BEFORE, &ends[0]) } else { (AFTER, &ends[1]) };
        server.writes(APPS_FILE, text);
        let sync = by_hand(&server);
        sleep(delay);
        kill(&sync, killed);
        let killed = sync.ends();

        let healed = server.pm2sync(&["sync", "--no-wait"]);
        let context = format!("round {round}, after {delay:?}:\n{}then:\n{}", killed.all(), healed.all());
        assert_eq!(healed.code, 0, "{context}");
        ends_as(&server, end, &context);
    }
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
    assert_eq!(server.running("stranger").pid, stranger);
}

/// PM2 starts the processes of a cluster one after the other.
#[test]
fn a_kill_in_the_middle_of_a_cluster_start_leaves_neither_too_few_nor_too_many() {
    killed_in_a_cluster_start(Killed::Alone, "");
    killed_in_a_cluster_start(Killed::WithItsAgent, "");
}

/// Nobody says so here, so PM2 gives its whole time to each of them.
#[test]
fn nor_does_a_kill_while_each_process_of_a_cluster_takes_long_to_be_ready() {
    killed_in_a_cluster_start(Killed::WithItsAgent, ":wait_ready true :listen_timeout 3000");
}

/// The sync that brings a new definition, with these options, to a cluster is
/// killed as soon as PM2 has begun with the first of its processes.
fn killed_in_a_cluster_start(killed: Killed, options: &str) {
    const POOL: &str = "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
        (defapp \"pool\" {:script \"env.js\" :instances 4 :exec_mode \"cluster\" :env {:SIZE \"small\"}})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, POOL), ("env.js", ENV_JS)]);
    let server = sandbox.server();
    server.syncs();
    let begun = || {
        let log = fs::read_to_string(server.pm2_home().join("pm2.log")).unwrap();
        log.lines().filter(|line| line.contains("App [pool:") && line.contains("starting")).count()
    };
    let before = begun();
    server.edits(APPS_FILE, "\"small\"}", &format!("\"large\"}} {options}"));
    let sync = by_hand(&server);
    until("the first of the new ones begins", || begun() > before);
    kill(&sync, killed);
    let context = sync.ends().all();

    let context = format!("{killed:?}: {context}{}", server.syncs().all());
    let pool = server.running_all("pool");
    assert_eq!(pool.len(), 4, "{context}");
    for process in &pool {
        assert_eq!(process.environment_seen()["SIZE"], "large", "{context}");
    }
    what_runs(&server, &context);
}
