//! A repository of its own for each test, and the program run in it with an
//! environment that holds nothing of the machine's.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pm2sync");

/// A source with one app whose options these are.
pub(crate) fn app(name: &str, options: &str) -> String {
    format!(
        "(ns {name}\n  (:require [clobber.macro :refer [defapp env-var]]))\n\n(defapp \"{name}\" {{{options}}})\n"
    )
}

pub(crate) struct Sandbox {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// An empty repository.
    pub(crate) fn new() -> Self {
        let sandbox = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        fs::create_dir_all(sandbox.root()).unwrap();
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox
    }

    /// A repository in which nothing is found.
    pub(crate) fn clean() -> Self {
        let sandbox = Self::new();
        sandbox.write(".gitignore", ".clobber/\n");
        sandbox.write("web.js", "");
        sandbox.write("README.md", "Edit `ecosystems/web.cljs`.\n");
        sandbox.write("ecosystem.config.cjs", "module.exports = require(\"./.clobber/index.cjs\");\n");
        sandbox.write("ecosystems/web.cljs", app("web", ":script \"web.js\" :max_restarts 5"));
        sandbox.commit("clean");
        sandbox
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.git(&["add", "-f", path]);
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--no-verify", "-m", message]);
    }

    fn command(&self, program: &str, directory: &Path) -> Command {
        #[expect(clippy::disallowed_methods, reason = "a test starts what users start")]
        let mut command = Command::new(program);
        command.current_dir(directory).env_clear();
        command.env("PATH", env!("PATH")).env("HOME", self.folder.path());
        command.env("GIT_CONFIG_GLOBAL", self.folder.path().join("gitconfig"));
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "t").env(format!("GIT_{role}_EMAIL"), "t@example.org");
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn try_git(&self, args: &[&str]) -> Output {
        self.command("git", &self.root()).args(args).output().unwrap()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn run_in(&self, directory: &Path, args: &[&str]) -> Said {
        let output = self.command(PROGRAM, directory).args(args).output().unwrap();
        Said {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn check(&self, args: &[&str]) -> Said {
        self.run_in(&self.root(), &[&["check"], args].concat())
    }

    /// What is found, as `rule path:line:column`.
    pub(crate) fn found(&self, args: &[&str]) -> Vec<String> {
        self.findings(args).iter().map(short).collect()
    }

    /// What is found, as the JSON document has it.
    pub(crate) fn findings(&self, args: &[&str]) -> Vec<Value> {
        let said = self.check(&[&["--format", "json"], args].concat());
        let document: Value = serde_json::from_str(&said.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err));
        assert_eq!(document["version"], 1);
        document["findings"].as_array().unwrap().clone()
    }

    /// A program that is found first.
    pub(crate) fn make_executable(&self, path: &str) {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn short(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let place = match (finding["line"].as_u64(), finding["column"].as_u64()) {
        (Some(line), Some(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    format!("{} {}{place}", text("rule"), text("path"))
}
