//! One clone, and what a person does in it.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Finished, Sandbox, is_free, run, until};

/// A worktree in a sandbox. What can be asked of the sandbox can be asked of it.
#[derive(Debug, Clone)]
pub(crate) struct Workspace<'s> {
    sandbox: &'s Sandbox,
    root: PathBuf,
}

impl Deref for Workspace<'_> {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        self.sandbox
    }
}

impl<'s> Workspace<'s> {
    /// The worktree that is already at `root`.
    pub(crate) fn at(sandbox: &'s Sandbox, root: PathBuf) -> Self {
        Self { sandbox, root }
    }

    /// Its top folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// pm2sync, ready to run here with `arguments`.
    pub(crate) fn pm2sync_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(env!("CARGO_BIN_EXE_pm2sync"), &self.root);
        command.args(arguments);
        command
    }

    /// A shell in this folder.
    pub(crate) fn shell(&self) -> Command {
        self.sandbox.command("sh", &self.root)
    }

    /// Runs pm2sync here, however it ends.
    #[track_caller]
    pub(crate) fn pm2sync(&self, arguments: &[&str]) -> Finished {
        self.runs(&mut self.pm2sync_command(arguments))
    }

    /// Runs a prepared command and keeps what it printed.
    #[track_caller]
    pub(crate) fn runs(&self, command: &mut Command) -> Finished {
        let finished = run(command);
        self.sandbox.notes(&finished);
        finished
    }

    /// `pm2sync sync`, which must succeed.
    #[track_caller]
    pub(crate) fn syncs(&self) -> Finished {
        self.pm2sync(&["sync"]).exits(0)
    }

    /// `git` with `arguments`, which must succeed.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> Finished {
        self.runs(self.sandbox.command("git", &self.root).args(arguments)).exits(0)
    }

    /// `git pull`, which must succeed whatever the hook finds.
    #[track_caller]
    pub(crate) fn pulls(&self) -> Finished {
        self.git(&["pull"])
    }

    /// The commit that is checked out.
    #[track_caller]
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).stdout.trim().to_owned()
    }

    /// What `path` holds.
    #[track_caller]
    pub(crate) fn reads(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Writes a file, and the folders it needs.
    pub(crate) fn writes(&self, path: &str, text: &str) -> &Self {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    /// Takes a file away.
    pub(crate) fn deletes(&self, path: &str) -> &Self {
        fs::remove_file(self.root.join(path)).expect("the file is there");
        self
    }

    /// Replaces `old`, which must be there, by `new` wherever it stands in `path`.
    #[track_caller]
    pub(crate) fn edits(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = self.reads(path);
        assert!(text.contains(old), "`{old}` is not in {path}");
        self.writes(path, &text.replace(old, new))
    }

    /// Commits everything.
    #[track_caller]
    pub(crate) fn commits(&self, why: &str) -> &Self {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", why]);
        self
    }

    /// Commits everything and pushes it.
    #[track_caller]
    pub(crate) fn pushes(&self, why: &str) -> &Self {
        self.commits(why);
        self.git(&["push", "-q", "origin", "HEAD"]);
        self
    }

    /// The file of a hook, wherever git looks for it.
    #[track_caller]
    pub(crate) fn hook_file(&self, event: &str) -> PathBuf {
        let folder = self.git(&["rev-parse", "--path-format=absolute", "--git-path", "hooks"]);
        Path::new(folder.stdout.trim()).join(event)
    }

    /// The folder where pm2sync keeps what it knows of this worktree.
    #[track_caller]
    pub(crate) fn state_folder(&self) -> PathBuf {
        let folder = self.git(&["rev-parse", "--path-format=absolute", "--git-path", "pm2sync"]);
        PathBuf::from(folder.stdout.trim())
    }

    /// The syncs that the journal tells of, the oldest first.
    #[track_caller]
    pub(crate) fn journal(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.state_folder().join("journal.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line of the journal is JSON")).collect()
    }

    /// The workers that are at work here.
    pub(crate) fn workers(&self) -> Vec<u32> {
        let entries = fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        pids.filter(|pid| {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let is_worker = words.split(|&byte| byte == 0).nth(1) == Some(b"worker");
            is_worker && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == self.root())
        })
        .collect()
    }

    /// Waits until no worker is at work here, no sync either, and nothing is left for one.
    #[track_caller]
    pub(crate) fn comes_to_rest(&self) {
        let state = self.state_folder();
        until("nobody works", || {
            let is_free = |lock| is_free(&state.join(lock));
            is_free("worker")
                && is_free("lock")
                && !state.join("pending").exists()
                && self.workers().is_empty()
        });
    }
}
