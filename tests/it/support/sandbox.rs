//! A machine of its own for one test: a folder with HOME, `PM2_HOME`, git's
//! settings, a remote to pull from and the workspaces that were cloned from it.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::lease::Lease;
use super::sources::{APP_JS, APPS, APPS_FILE};
use super::{
    App, Finished, Snapshot, Workspace, children, daemon, is_alive, listing, run, tools, until, variable_of,
};

const GIT_SETTINGS: &str = "\
[user]\n name = A Tester\n email = tester@example.org\n\
[init]\n defaultBranch = main\n\
[pull]\n rebase = false\n\
[advice]\n detachedHead = false\n\
[gc]\n auto = 0\n\
[maintenance]\n auto = false\n";

const SETTINGS_FILE: &str = "pm2sync.toml";

/// Settings with which a hook tells all that its worker says, however busy the machine is.
fn patient(settings: &str) -> String {
    const WAIT: &str = "[hooks]\nwait = \"90s\"\n";
    match settings {
        own if own.contains("wait =") => own.to_owned(),
        own if own.contains("[hooks]\n") => own.replacen("[hooks]\n", WAIT, 1),
        own => format!("{own}\n{WAIT}"),
    }
}

/// Owns the folder and the PM2 daemon in it; both end with it, also when the test fails.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: TempDir,
    /// The environment given to every command beside PATH, HOME and `PM2_HOME`.
    variables: RefCell<Vec<(String, OsString)>>,
    /// Other homes whose daemons end with the sandbox.
    homes: RefCell<Vec<PathBuf>>,
    transcript: RefCell<String>,
    seconds: Cell<u32>,
    _lease: Lease,
}

impl Sandbox {
    /// An empty machine.
    pub(crate) fn new() -> Self {
        let lease = Lease::take();
        // Short, and not below TMPDIR: PM2's sockets have room for some hundred bytes.
        let folder = tempfile::Builder::new().prefix("p2s.").tempdir_in("/tmp").unwrap();
        for name in ["home", "bin"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("gitconfig"), GIT_SETTINGS).unwrap();
        Self {
            folder,
            variables: RefCell::default(),
            homes: RefCell::default(),
            transcript: RefCell::default(),
            seconds: Cell::new(0),
            _lease: lease,
        }
    }

    /// A machine whose remote holds `files` beside the script that the apps run.
    pub(crate) fn holding(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        sandbox.publish("remote.git", "laptop", files);
        sandbox
    }

    /// A machine whose remote holds the apps `web`, `worker` and `clock`.
    pub(crate) fn with_apps() -> Self {
        Self::holding(&[(APPS_FILE, APPS)])
    }

    /// Where everything is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// PM2's home here.
    pub(crate) fn pm2_home(&self) -> PathBuf {
        self.folder().join("pm2")
    }

    /// Sets a variable for every command from now on.
    pub(crate) fn sets(&self, name: &str, value: impl Into<OsString>) -> &Self {
        self.unsets(name);
        self.variables.borrow_mut().push((name.to_owned(), value.into()));
        self
    }

    /// Takes a variable away again.
    pub(crate) fn unsets(&self, name: &str) -> &Self {
        self.variables.borrow_mut().retain(|(known, _)| known != name);
        self
    }

    /// Puts a program before all others on PATH.
    pub(crate) fn puts_on_path(&self, program: &str, text: &str) -> &Self {
        let file = self.folder().join("bin").join(program);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// A clone with the hooks installed, where nobody has synced yet: the machine that runs PM2.
    pub(crate) fn server(&self) -> Workspace<'_> {
        let server = self.clones("remote.git", "server");
        server.pm2sync(&["install-hooks"]).exits(0);
        server
    }

    /// The clone without hooks from which edits are pushed.
    pub(crate) fn laptop(&self) -> Workspace<'_> {
        Workspace::at(self, self.folder().join("laptop"))
    }

    /// Another repository with `files`, and its one clone, without hooks.
    pub(crate) fn workspace(&self, name: &str, files: &[(&str, &str)]) -> Workspace<'_> {
        self.publish(&format!("{name}.git"), name, files);
        Workspace::at(self, self.folder().join(name))
    }

    /// A clone of `remote` in the folder `name`.
    pub(crate) fn clones(&self, remote: &str, name: &str) -> Workspace<'_> {
        run(self.command("git", self.folder()).args(["clone", "-q", remote, name])).exits(0);
        Workspace::at(self, self.folder().join(name))
    }

    fn publish(&self, remote: &str, name: &str, files: &[(&str, &str)]) {
        let root = self.folder().join(name);
        run(self.command("git", self.folder()).args(["init", "-q", "--bare", remote])).exits(0);
        run(self.command("git", self.folder()).args(["init", "-q", name])).exits(0);
        let workspace = Workspace::at(self, root);
        workspace.writes(".gitignore", ".clobber/\n");
        workspace.writes("app.js", APP_JS);
        workspace.writes("ecosystem.config.cjs", "module.exports = require(\"./.clobber/index.cjs\");\n");
        workspace.writes(SETTINGS_FILE, &patient(""));
        for (path, text) in files {
            let text = if *path == SETTINGS_FILE { patient(text) } else { (*text).to_owned() };
            workspace.writes(path, &text);
        }
        workspace.commits("the first definitions");
        workspace.git(&["remote", "add", "origin", &format!("../{remote}")]);
        workspace.git(&["push", "-q", "-u", "origin", "main"]);
    }

    /// A command with this machine's environment and nothing of the one that runs the tests.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = tools::command(program, folder);
        // Later than any commit before it, so that history has an order.
        self.seconds.set(self.seconds.get() + 1);
        command
            .env("PATH", tools::path(&self.folder().join("bin")))
            .env("HOME", self.folder().join("home"))
            .env("PM2_HOME", self.pm2_home())
            .env("LANG", "C.UTF-8")
            .env("GIT_CONFIG_GLOBAL", self.folder().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_COMMITTER_DATE", format!("{} +0000", 1_800_000_000 + self.seconds.get()))
            .envs(self.variables.borrow().iter().map(|(name, value)| (name, value)));
        command
    }

    /// PM2's own command line, as a person would use it.
    pub(crate) fn pm2(&self, arguments: &[&str]) -> Finished {
        run(self.command("pm2", self.folder()).env("NO_COLOR", "1").args(arguments)).exits(0)
    }

    /// `pm2 kill`, which itself does not wait for the daemon's end on a slow machine.
    #[track_caller]
    pub(crate) fn pm2_kills_its_daemon(&self) {
        let daemon = self.daemon_pid();
        self.pm2(&["kill"]);
        until("the daemon has ended", || !is_alive(daemon));
    }

    /// The same of another PM2, whose program is given.
    pub(crate) fn pm2_of(&self, program: &Path, arguments: &[&str]) -> Finished {
        let mut command = self.command(program, self.folder());
        run(command.env("NO_COLOR", "1").args(arguments)).exits(0)
    }

    /// The process id of the daemon that runs here.
    #[track_caller]
    pub(crate) fn daemon_pid(&self) -> u32 {
        daemon::daemon_of(&self.pm2_home()).expect("a daemon runs")
    }

    /// Starts a process that pm2sync knows nothing of.
    pub(crate) fn starts_by_hand(&self, name: &str) -> App {
        fs::write(self.folder().join("stranger.js"), APP_JS).unwrap();
        self.pm2(&["start", "stranger.js", "--name", name]);
        self.running(name)
    }

    /// All that PM2 runs, as PM2 itself tells it, in order of names and ids.
    pub(crate) fn apps(&self) -> Vec<App> {
        let entries = listing::entries(&self.pm2_home()).unwrap_or_else(|| self.listed());
        let mut apps: Vec<_> = entries.iter().map(|entry| App::read(entry, &self.pm2_home())).collect();
        apps.sort_by(|one, other| (&one.name, one.pm_id).cmp(&(&other.name, other.pm_id)));
        apps
    }

    /// The same by PM2's command line, which starts a daemon where there is none.
    fn listed(&self) -> Vec<Value> {
        let mut command = self.command("pm2", self.folder());
        let listed = run(command.args(["jlist"]).env("PM2_SILENT", "true").env("NO_COLOR", "1")).exits(0);
        let line = listed.stdout.lines().rfind(|line| line.starts_with('[')).unwrap();
        serde_json::from_str(line).unwrap()
    }

    /// The one process of the app `name`.
    #[track_caller]
    pub(crate) fn running(&self, name: &str) -> App {
        let mut all = self.running_all(name);
        assert_eq!(all.len(), 1, "processes of `{name}`");
        all.remove(0)
    }

    /// The port of `web`, as its process has it.
    #[track_caller]
    pub(crate) fn port(&self) -> String {
        self.running("web").variable("PORT").unwrap_or_default()
    }

    /// Every process of the app `name`.
    pub(crate) fn running_all(&self, name: &str) -> Vec<App> {
        self.apps().into_iter().filter(|app| app.name == name).collect()
    }

    /// Whether a process of the app `name` runs whose `variable` is `value`, to be
    /// asked while it may be replaced.
    pub(crate) fn runs_with(&self, name: &str, variable: &str, value: &str) -> bool {
        let has = |app: &App| app.environment_if_it_runs()?.remove(variable);
        self.running_all(name).iter().any(|app| has(app).as_deref() == Some(value))
    }

    /// Which process each app has now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.apps())
    }

    /// The names of the apps whose processes are other than they were `before`, appeared or went.
    pub(crate) fn changed_since(&self, before: &Snapshot) -> Vec<String> {
        self.snapshot().differing_from(before)
    }

    /// Every process of an app that the daemon has started, as the kernel knows them: not what it starts for
    /// itself and for a moment, as `git` and `ps`.
    pub(crate) fn daemons_children(&self) -> Vec<u32> {
        let mut found = daemon::daemon_of(&self.pm2_home()).map(children).unwrap_or_default();
        found.retain(|pid| ["unique_id", "pm2_env"].iter().any(|name| variable_of(*pid, name).is_some()));
        found
    }

    /// Whether a PM2 daemon runs here; asking PM2 would start one.
    pub(crate) fn has_daemon(&self) -> bool {
        daemon::daemon_of(&self.pm2_home()).is_some()
    }

    /// Ends the daemon and everything it runs.
    pub(crate) fn ends_daemon(&self) {
        daemon::end(&self.pm2_home());
    }

    /// Ends the daemon of that home too when the sandbox ends.
    pub(crate) fn watches_over(&self, home: PathBuf) {
        self.homes.borrow_mut().push(home);
    }

    /// Keeps what a command printed.
    pub(crate) fn notes(&self, finished: &Finished) {
        let text = format!("$ {}\n{}", finished.what, finished.all());
        self.transcript.borrow_mut().push_str(&text);
    }

    /// All that pm2sync, and git with its hooks, printed so far.
    pub(crate) fn transcript(&self) -> String {
        self.transcript.borrow().clone()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        daemon::end(&self.pm2_home());
        for home in self.homes.borrow().iter() {
            daemon::end(home);
        }
    }
}
