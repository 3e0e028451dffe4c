//! A PM2 home of its own for one test, with the programs it needs. Dropping it
//! ends its daemon, by process id, and with it every app.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pm2sync::adapters::pm2::agent::{Agent, AgentConfig, Launch, ProcessIdentity, Replaced, Started};
use pm2sync::adapters::pm2::package::find_package;
use pm2sync::adapters::pm2::socket_path;
use pm2sync::adapters::process::{Finished, Program, Variables, find_program, run};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Long enough for a loaded machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("pm2a").tempdir_in("/tmp").unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder }
    }

    /// PM2's home.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Where the apps' scripts lie.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work").canonicalize().unwrap()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        socket_path(&self.path()).unwrap()
    }

    /// Writes a file into `work` and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.work().join(name);
        fs::write(&file, text).unwrap();
        file
    }

    /// An app that does nothing but live.
    pub(crate) fn idle(&self, name: &str) -> Value {
        self.file("idle.js", "setInterval(() => {}, 1000)");
        json!({ "name": name, "script": "idle.js", "env_pm2sync": { "v": 1, "root": "/w" } })
    }

    pub(crate) fn config(&self) -> AgentConfig {
        AgentConfig {
            node: node(),
            package: find_package(&pm2()).unwrap().root,
            home: self.path(),
            directory: self.work(),
            environment: environment(&[]),
        }
    }

    pub(crate) fn agent(&self) -> Agent {
        Agent::start(None, &self.config(), LIMIT).unwrap()
    }

    pub(crate) fn launch(&self, app: Value) -> Launch {
        Launch { app, environment: environment(&[]), directory: self.work() }
    }

    pub(crate) fn start(&self, agent: &mut Agent, app: Value) -> Vec<Value> {
        match agent.launch(&self.launch(app), LIMIT).unwrap() {
            Started::Started { processes, .. } => processes,
            other => panic!("not started: {other:?}"),
        }
    }

    /// Puts an app into PM2's list without running it.
    pub(crate) fn register(&self, agent: &mut Agent, app: Value) -> Vec<Value> {
        match agent.replace(&[], &self.launch(app), true, LIMIT).unwrap() {
            Replaced::Started(Started::Started { processes, .. }) => processes,
            other => panic!("not registered: {other:?}"),
        }
    }

    /// The command line of PM2, as a user would call it.
    pub(crate) fn pm2(&self, args: &[&str]) -> Finished {
        let mut environment = environment(&[]);
        environment.insert("PM2_HOME".into(), self.path().into());
        let args = args.iter().map(OsString::from).collect();
        run(&Program { path: pm2(), args, directory: self.work(), environment }, LIMIT).unwrap()
    }

    pub(crate) fn daemon_pid(&self) -> Option<Pid> {
        Pid::from_raw(fs::read_to_string(self.path().join("pm2.pid")).ok()?.trim().parse().ok()?)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let Some(pid) = self.daemon_pid() else { return };
        // It stops its apps and ends; a daemon that does not is killed.
        let _ = kill_process(pid, Signal::TERM);
        if !within(Duration::from_secs(10), || test_kill_process(pid).is_err()) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// Whether `condition` comes true in time.
pub(crate) fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// The environment that the tests give: PATH, a HOME, and what is asked for.
pub(crate) fn environment(more: &[(&str, &str)]) -> Variables {
    let mut variables = Variables::new();
    variables.insert("PATH".into(), path());
    variables.insert("HOME".into(), "/tmp".into());
    variables.extend(more.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    variables
}

#[expect(clippy::disallowed_methods, reason = "a test has no `main` that reads the environment")]
fn path() -> OsString {
    std::env::var_os("PATH").expect("PATH is set")
}

pub(crate) fn program(name: &str) -> PathBuf {
    find_program(name.as_ref(), &path(), Path::new("/")).expect("it is installed")
}

pub(crate) fn node() -> PathBuf {
    program("node")
}

/// The `pm2` of this repository, installed once if need be.
pub(crate) fn pm2() -> PathBuf {
    static PM2: OnceLock<PathBuf> = OnceLock::new();
    PM2.get_or_init(|| {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pm2 = repository.join("node_modules/.bin/pm2");
        if !pm2.exists() {
            let install = Program {
                path: program("npm"),
                args: vec!["ci".into()],
                directory: repository.into(),
                environment: environment(&[]),
            };
            assert!(run(&install, Duration::from_mins(5)).unwrap().status.success(), "`npm ci` failed");
        }
        pm2
    })
    .clone()
}

/// What identifies a listed process.
pub(crate) fn target(process: &Value) -> ProcessIdentity {
    ProcessIdentity {
        pm_id: process["pm_id"].as_u64().unwrap(),
        unique_id: process["pm2_env"]["unique_id"].as_str().unwrap().into(),
        name: process["name"].as_str().unwrap().into(),
    }
}

/// The environment that a living process was given.
pub(crate) fn environment_of(pid: &Value) -> Variables {
    use std::os::unix::ffi::OsStringExt;
    let bytes = fs::read(format!("/proc/{pid}/environ")).unwrap();
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            Some((OsString::from_vec(pair[..at].into()), OsString::from_vec(pair[at + 1..].into())))
        })
        .collect()
}

/// The names of what runs, in PM2's order.
pub(crate) fn names(agent: &mut Agent) -> Vec<String> {
    let list = agent.list(LIMIT).unwrap();
    list.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

/// The apps of a daemon that was killed and could not stop them.
pub(crate) fn end_processes_of(home: &Home) {
    for file in fs::read_dir(home.path().join("pids")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let pid = Pid::from_raw(text.trim().parse().unwrap()).unwrap();
        let _ = kill_process(pid, Signal::KILL);
        within(LIMIT, || test_kill_process(pid).is_err());
    }
}

/// A place for a socket that is no daemon's, with the folder that holds it.
pub(crate) fn socket() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let socket = folder.path().join("rpc.sock");
    (folder, socket)
}
