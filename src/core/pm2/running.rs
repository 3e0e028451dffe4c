//! What PM2 runs, read from its own answer. PM2's entries hold whole
//! environments, so nothing here shows a value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::core::definition::label::Label;
use crate::core::definition::options;

/// One process in PM2's list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Process {
    /// PM2's id, which is reused after a delete.
    pub pm_id: u32,
    /// What identifies it: PM2 generates it at every start of an app.
    pub unique_id: String,
    /// The process, where there is one.
    pub pid: Option<u32>,
    /// PM2's word for its state: `online`, `stopped`, `errored`…
    pub status: String,
    /// The file that runs.
    pub exec_path: PathBuf,
    /// Its working directory, as PM2 was told.
    pub cwd: PathBuf,
    /// `fork_mode` or `cluster_mode`.
    pub mode: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// When it was last started, in milliseconds since 1970.
    pub started: Option<i64>,
    /// How its last run ended, as PM2 shows it: the code it ended with, 0 after
    /// a signal. It is absent while the first run lasts.
    pub exit_code: Option<i64>,
    /// Where PM2 writes what it says on its standard error.
    pub error_log: PathBuf,
    /// How often PM2 has restarted it.
    pub restarts: u64,
    /// Where PM2 writes its logs and its process id, under the options that
    /// say so.
    pub files: BTreeMap<&'static str, PathBuf>,
    /// Its environment, beside what PM2 takes for its own.
    pub variables: Variables,
    /// The values of PM2's options, as far as its entry shows them.
    pub options: Variables,
    /// Our mark, or another workspace's.
    pub label: Option<Label>,
    /// Whether it is a PM2 module, which is nobody's app.
    pub module: bool,
}

impl Process {
    /// Whether it was stopped or ran to its end. One that PM2 is about to start
    /// again is called so as well, but keeps the id of the process that ended.
    pub(crate) fn is_stopped(&self) -> bool {
        self.status == "stopped" && self.pid.is_none()
    }

    /// This run of it: another start of the same entry is another one.
    pub(crate) fn run(&self) -> String {
        format!("{} {}", self.unique_id, self.started.unwrap_or_default())
    }

    /// Whether PM2 calls it online though no process is there.
    pub(crate) fn is_ghost(&self) -> bool {
        self.pid.is_none() && self.status == "online"
    }
}

/// Values by name that may be secrets.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Variables(pub Map<String, Value>);

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// All processes of one name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RunningApp {
    /// At least one, in order of id.
    pub processes: Vec<Process>,
}

impl RunningApp {
    /// Whose they are, as seen from the workspace at `root`.
    pub(crate) fn owner(&self, root: &Path) -> Owner<'_> {
        let mut labels = self.processes.iter().map(|process| process.label.as_ref());
        let Some(Some(first)) = labels.next() else { return Owner::Nobody };
        if self.processes.iter().any(|process| process.module)
            || labels.any(|label| label.is_none_or(|label| label.root != first.root))
        {
            Owner::Nobody
        } else if first.root == root {
            Owner::Us(first)
        } else {
            Owner::OtherWorkspace(first)
        }
    }

    /// What its processes say they were started with.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &Label> {
        self.processes.iter().filter_map(|process| process.label.as_ref())
    }

    /// Whether all of them were stopped or ran to their end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.processes.iter().all(Process::is_stopped)
    }

    /// Whether PM2 gave up restarting one of them.
    pub(crate) fn is_errored(&self) -> bool {
        self.processes.iter().any(|process| process.status == "errored")
    }

    /// Whether PM2 is in the middle of stopping or starting one of them.
    pub(crate) fn is_in_transition(&self) -> bool {
        self.processes.iter().any(|process| matches!(process.status.as_str(), "stopping" | "launching"))
    }

    /// How long PM2 waits at most for the end of one of them, in milliseconds.
    pub(crate) fn kill_timeout(&self) -> u64 {
        let own = self.processes.iter().filter_map(|process| process.options.0.get("kill_timeout")?.as_u64());
        own.max().unwrap_or_default()
    }

    /// Whether PM2 may be in the middle of starting one after the other: there are
    /// fewer than its label says, or it says as many as there are CPUs.
    pub(crate) fn may_be_partial(&self) -> bool {
        match self.labels().next().and_then(|label| label.definition.number("instances")) {
            None => false,
            Some(count) => {
                usize::try_from(count).map_or(true, |count| count == 0 || self.processes.len() < count)
            }
        }
    }

    /// Whether it is a PM2 module.
    pub(crate) fn is_module(&self) -> bool {
        self.processes.iter().any(|process| process.module)
    }
}

/// Whose an app is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<'a> {
    /// Ours: what was applied is in the label.
    Us(&'a Label),
    /// Another workspace's.
    OtherWorkspace(&'a Label),
    /// Foreign: no label, or none that all its processes share.
    Nobody,
}

/// The running set: apps by name. Two are not held against each other as they
/// are, since each was seen at its own moment: `has_same_apps_as` does that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running {
    apps: BTreeMap<String, RunningApp>,
    seen: i64,
}

impl Running {
    /// Reads PM2's list of processes; an entry that is none is passed over.
    pub(crate) fn parse(list: &Value) -> Self {
        let mut apps: BTreeMap<String, RunningApp> = BTreeMap::new();
        for entry in list.as_array().into_iter().flatten() {
            if let Some((name, process)) = process(entry) {
                apps.entry(name).or_default().processes.push(process);
            }
        }
        for app in apps.values_mut() {
            app.processes.sort_by_key(|process| process.pm_id);
        }
        Self { apps, seen: 0 }
    }

    /// The same, as PM2 was asked for it at this moment, in milliseconds since 1970.
    #[must_use]
    pub(crate) fn seen_at(self, moment: i64) -> Self {
        Self { seen: moment, ..self }
    }

    /// When PM2 was asked for it. However late the answer came, an app counts as
    /// up until then and no longer.
    pub(crate) fn seen(&self) -> i64 {
        self.seen
    }

    /// Whether the same ran then as now, whenever either was seen.
    pub(crate) fn has_same_apps_as(&self, before: &Self) -> bool {
        self.apps == before.apps
    }

    /// The app of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&RunningApp> {
        self.apps.get(name)
    }

    /// Every app, in order of name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RunningApp)> {
        self.apps.iter().map(|(name, app)| (name.as_str(), app))
    }
}

fn process(entry: &Value) -> Option<(String, Process)> {
    let fields = entry.get("pm2_env")?.as_object()?;
    let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| fields.get(key).and_then(Value::as_i64);
    let name = entry.get("name").or_else(|| fields.get("name"))?.as_str()?.to_owned();
    let id = entry.get("pm_id").or_else(|| fields.get("pm_id"))?.as_u64()?;
    let pid = entry.get("pid").and_then(Value::as_u64).and_then(|pid| u32::try_from(pid).ok());
    let items = fields.get("args").and_then(Value::as_array);
    let plain = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    let shown = options::OPTIONS
        .iter()
        .filter_map(|option| fields.get(option.name).map(|value| (option.name.to_owned(), value.clone())));
    let process = Process {
        pm_id: u32::try_from(id).ok()?,
        unique_id: unique_id(fields),
        pid: pid.filter(|&pid| pid != 0),
        status: text("status"),
        exec_path: text("pm_exec_path").into(),
        cwd: text("pm_cwd").into(),
        mode: text("exec_mode"),
        args: items.map(|items| items.iter().map(plain).collect()).unwrap_or_default(),
        started: number("pm_uptime"),
        exit_code: number("exit_code"),
        error_log: text("pm_err_log_path").into(),
        restarts: fields.get("restart_time").and_then(Value::as_u64).unwrap_or_default(),
        files: FILES
            .iter()
            .filter_map(|(option, field)| Some((*option, fields.get(*field)?.as_str()?.into())))
            .collect(),
        variables: Variables(variables(fields)),
        options: Variables(shown.collect()),
        label: fields.get(options::LABEL).and_then(Label::read),
        module: fields.get("pmx_module").and_then(Value::as_bool).unwrap_or_default(),
    };
    Some((name, process))
}

/// The options that name a file, and the fields that PM2 keeps them in.
const FILES: &[(&str, &str)] = &[
    ("out_file", "pm_out_log_path"),
    ("error_file", "pm_err_log_path"),
    ("log_file", "pm_log_path"),
    ("pid_file", "pm_pid_path"),
];

/// PM2 keeps an app's variables in `env` and, once it has run, among the fields
/// of the entry, which is what the process gets: a `restart FILE` may take one
/// out of `env` that the process still has.
fn variables(fields: &Map<String, Value>) -> Map<String, Value> {
    let inner = fields.get("env").and_then(Value::as_object);
    let given = fields.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
    let given = given.filter(|(name, _)| !options::is_managed(name));
    inner.into_iter().flatten().chain(given).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An app that was registered without running has its id in its environment
/// only. Where there is none, the moment it was registered stands for it; the
/// agent does the same.
fn unique_id(fields: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let own = fields.get("unique_id").and_then(text);
    let inner = || fields.get("env")?.get("unique_id").and_then(text);
    let created = || Some(format!("created {}", fields.get("created_at").filter(|at| at.is_number())?));
    own.or_else(inner).or_else(created).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{Owner, Running};

    #[test]
    fn a_name_that_is_only_partly_labelled_is_nobodys() {
        let label = json!({"v": 1, "root": "/w", "definition": {"name": "a", "script": "a.js"}});
        let list = json!([
            {"name": "a", "pm_id": 1, "pid": 10, "pm2_env": {"status": "online", "env_pm2sync": label}},
            {"name": "a", "pm_id": 0, "pm2_env": {"status": "online"}},
            {"name": "b", "pm_id": 2, "pid": 0, "pm2_env": {"status": "online", "env_pm2sync": label}},
            {"name": "hostile", "pm2_env": {}}, 7, null,
        ]);
        let running = Running::parse(&list);
        assert!(matches!(running.get("a").unwrap().owner(Path::new("/w")), Owner::Nobody));
        let b = running.get("b").unwrap();
        assert!(matches!(b.owner(Path::new("/w")), Owner::Us(_)));
        assert!(matches!(b.owner(Path::new("/x")), Owner::OtherWorkspace(_)));
        assert!(b.processes[0].is_ghost());
        assert!(running.get("hostile").is_none());
    }

    #[test]
    fn the_same_apps_are_the_same_whenever_they_were_seen() {
        let list = json!([{"name": "a", "pm_id": 0, "pm2_env": {"status": "online"}}]);
        let seen = |moment| Running::parse(&list).seen_at(moment);
        assert!(seen(7).has_same_apps_as(&seen(8)) && !seen(7).has_same_apps_as(&Running::default()));
    }

    #[test]
    fn what_is_no_list_is_an_empty_set() {
        assert_eq!(Running::parse(&json!({"a": 1})).iter().count(), 0);
    }

    #[test]
    fn without_an_id_the_moment_of_registering_stands_for_it() {
        let list = json!([
            {"name": "a", "pm_id": 0, "pm2_env": {"unique_id": "u", "created_at": 7}},
            {"name": "b", "pm_id": 1, "pm2_env": {"unique_id": "", "env": {"unique_id": "v"}, "created_at": 7}},
            {"name": "c", "pm_id": 2, "pm2_env": {"created_at": 7}},
            {"name": "d", "pm_id": 3, "pm2_env": {}},
        ]);
        let running = Running::parse(&list);
        let ids: Vec<_> = running.iter().map(|(_, app)| app.processes[0].unique_id.as_str()).collect();
        assert_eq!(ids, ["u", "v", "created 7", ""]);
    }

    #[test]
    fn debug_output_holds_no_value() {
        let list = json!([{"name": "a", "pm_id": 1, "pm2_env": {"env": {"TOKEN": "s3cret"}}}]);
        let text = format!("{:?}", Running::parse(&list));
        assert!(text.contains("TOKEN") && !text.contains("s3cret"));
    }
}
