//! What PM2 runs, as PM2 and the kernel tell it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

/// One process entry of PM2.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) name: String,
    pub(crate) pm_id: u64,
    /// 0 when it has none.
    pub(crate) pid: u32,
    /// PM2's word for its state: `online`, `stopped`, `errored`…
    pub(crate) status: String,
    /// When PM2 started it last, in milliseconds since 1970.
    pub(crate) started: u64,
    /// The file it runs, by absolute path.
    pub(crate) script: PathBuf,
    /// What pm2sync left on it.
    pub(crate) label: Option<Value>,
    home: PathBuf,
}

impl App {
    /// Reads one entry of `pm2 jlist`.
    pub(crate) fn read(entry: &Value, home: &Path) -> Self {
        let settings = &entry["pm2_env"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            name: text(&entry["name"]),
            pm_id: entry["pm_id"].as_u64().expect("PM2 gives every entry an id"),
            pid: entry["pid"].as_u64().and_then(|pid| pid.try_into().ok()).unwrap_or(0),
            status: text(&settings["status"]),
            started: settings["pm_uptime"].as_u64().unwrap_or_default(),
            script: text(&settings["pm_exec_path"]).into(),
            label: settings.get("env_pm2sync").cloned(),
            home: home.to_owned(),
        }
    }

    /// The environment that the kernel gave the process.
    #[track_caller]
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        self.environment_if_it_runs().expect("the process runs")
    }

    /// The same, and nothing where the process has ended since it was listed.
    pub(crate) fn environment_if_it_runs(&self) -> Option<BTreeMap<String, String>> {
        let bytes = fs::read(format!("/proc/{}/environ", self.pid)).ok()?;
        let variables = bytes.split(|byte| *byte == 0).filter(|variable| !variable.is_empty());
        let pairs = variables.filter_map(|variable| {
            let (name, value) = std::str::from_utf8(variable).ok()?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        Some(pairs.collect())
    }

    /// One variable of that environment.
    #[track_caller]
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment().remove(name)
    }

    /// The folder the process works in.
    pub(crate) fn cwd(&self) -> PathBuf {
        fs::read_link(format!("/proc/{}/cwd", self.pid)).expect("the process runs")
    }

    /// The arguments that the script itself saw.
    pub(crate) fn arguments(&self) -> Vec<String> {
        serde_json::from_str(&self.said("argv")).unwrap()
    }

    /// The environment that the script itself saw, where it is `ENV_JS`.
    pub(crate) fn environment_seen(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.said("env")).unwrap()
    }

    fn said(&self, what: &str) -> String {
        let file = self.home.join(format!("{what}.{}", self.pid));
        // PM2 calls an app online before node has read its script, and a file is there before its text.
        for _ in 0..1500 {
            match fs::read_to_string(&file) {
                Ok(text) if !text.is_empty() => return text,
                _ => sleep(Duration::from_millis(20)),
            }
        }
        panic!("`{}` never said what its {what} is", self.name)
    }
}

/// Which processes each app had at one moment. A process that PM2 started anew has another id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeMap<String, Vec<u32>>);

impl Snapshot {
    /// Takes it from what runs.
    pub(crate) fn of(apps: &[App]) -> Self {
        let mut pids: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for app in apps {
            pids.entry(app.name.clone()).or_default().push(app.pid);
        }
        for pids in pids.values_mut() {
            pids.sort_unstable();
        }
        Self(pids)
    }

    /// The names of the apps.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// The names of the apps that have other processes here than there, in order.
    pub(crate) fn differing_from(&self, before: &Self) -> Vec<String> {
        let mut names: Vec<_> = self.0.keys().chain(before.0.keys()).collect();
        names.sort();
        names.dedup();
        names.into_iter().filter(|name| self.0.get(*name) != before.0.get(*name)).cloned().collect()
    }
}
