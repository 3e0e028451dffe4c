//! Where git looks for the hooks of a repository, whether ours may be installed
//! there, and with which permissions. git itself is asked, since its settings come
//! from several files.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::adapters::fs::{exists, read_text};
use crate::adapters::process::{Finished, Program, find_program, run};
use crate::core::hooks::managers::{Manager, calls, detect};
use crate::core::hooks::shim::runs_configured_hooks;
use crate::core::settings::environment::Environment;
use crate::engine::workspace::Workspace;

/// How long git may take to answer.
const GIT_LIMIT: Duration = Duration::from_secs(10);

/// What git's cleaned environment keeps: where its settings are.
const KEPT: [&str; 3] = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];

/// Where git looks for the hooks of this repository.
pub(crate) fn hooks_folder(workspace: &Workspace) -> Result<PathBuf> {
    let finished = git(workspace, &["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?;
    let output = finished.stdout.strip_suffix(b"\n").unwrap_or(&finished.stdout);
    let folder = PathBuf::from(OsStr::from_bytes(output));
    if !finished.status.success() || !folder.is_absolute() {
        let output = String::from_utf8_lossy(&finished.stderr);
        return Err(anyhow!("git does not say where its hooks live: {}", output.trim()));
    }
    Ok(folder)
}

/// Why hooks at `core.hooksPath` would not run, or would run in other repositories.
pub(crate) fn hooks_path_problem(workspace: &Workspace) -> Result<Option<String>> {
    let finished = git(workspace, &["config", "--show-scope", "--null", "--get", "core.hooksPath"])?;
    let mut parts = finished.stdout.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let (Some(scope), Some(path), true) = (parts.next(), parts.next(), finished.status.success()) else {
        return Ok(None);
    };
    if path.is_empty() {
        return Ok(Some(
            "`core.hooksPath` is empty, so git runs no hook at all; unset it: \
             `git config --unset core.hooksPath`"
                .to_owned(),
        ));
    }
    if !path.starts_with(['/', '~']) {
        return Ok(Some(format!(
            "`core.hooksPath` is `{path}`, a relative path: in a linked worktree git looks for it elsewhere, and \
             it may be under version control; `--force` installs there anyway"
        )));
    }
    if !["local", "worktree"].contains(&scope.as_ref()) {
        return Ok(Some(format!(
            "`core.hooksPath` is `{path}` for every repository of yours, so hooks there would run in all of them; \
             `--force` installs there anyway, or `git config core.hooksPath` gives this repository its own"
        )));
    }
    Ok(None)
}

/// `core.sharedRepository`, where it is set.
pub(crate) fn shared_repository(workspace: &Workspace) -> Result<Option<String>> {
    let finished = git(workspace, &["config", "--get", "core.sharedRepository"])?;
    let output = String::from_utf8_lossy(&finished.stdout).trim().to_owned();
    Ok(finished.status.success().then_some(output))
}

/// git's version: `2.47.3`.
pub(crate) fn git_version(workspace: &Workspace) -> Result<String> {
    let finished = git(workspace, &["version"])?;
    let output = String::from_utf8_lossy(&finished.stdout);
    Ok(output.split_whitespace().nth(2).unwrap_or_default().to_owned())
}

/// The commands of hooks in git's settings; none where this git does not run them.
pub(crate) fn configured(workspace: &Workspace) -> Result<Vec<String>> {
    if !runs_configured_hooks(&git_version(workspace)?) {
        return Ok(Vec::new());
    }
    let finished = git(workspace, &["config", "--null", "--get-regexp", r"^hook\..*\.command$"])?;
    let output = String::from_utf8_lossy(&finished.stdout);
    Ok(output.split('\0').filter_map(|entry| Some(entry.split_once('\n')?.1.to_owned())).collect())
}

/// A manager to which the hooks of this repository belong.
#[derive(Debug)]
pub(crate) struct Managed {
    /// Which it is.
    pub manager: &'static Manager,
    /// Its file that is there.
    pub file: &'static str,
    /// The events for which it does not call pm2sync.
    pub missing: Vec<String>,
}

/// The manager of the repository, if it has one.
pub(crate) fn managed(workspace: &Workspace, events: &[String]) -> Option<Managed> {
    let at = |file: &str| workspace.root().join(file);
    let (manager, file) = detect(&|file| exists(&at(file)))?;
    let is_called = |event: &String| {
        let text = read_text(&at(&manager.file_for(file, event))).ok().flatten();
        text.is_some_and(|text| calls(&text, event))
    };
    let missing = events.iter().filter(|event| !is_called(event)).cloned().collect();
    Some(Managed { manager, file, missing })
}

/// The environment in which git finds this repository and its own settings.
fn environment(workspace: &Workspace) -> Environment {
    let mut environment = workspace.environment.cleaned();
    for name in KEPT {
        if let Some(value) = workspace.environment.os(name) {
            environment.set(name, value);
        }
    }
    environment
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Result<Finished> {
    let environment = environment(workspace);
    let git = find_program(OsStr::new("git"), environment.path(), workspace.root())
        .ok_or_else(|| anyhow!("cannot find `git` on PATH"))?;
    let program = Program {
        path: git,
        args: arguments.iter().map(Into::into).collect(),
        directory: workspace.root().to_owned(),
        environment: environment.variables().clone(),
    };
    run(&program, GIT_LIMIT)
}
