//! Puts our lines into the repository's hooks, and takes them out again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;

use crate::adapters::fs::{exists, mode_of_plain_file, read_bytes, remove, rename, write_whole};
use crate::adapters::process::{Program, find_program, run};
use crate::core::failure::Failure;
use crate::core::shim::{CHECKED, Edit, Hook, KEPT_SUFFIX, install, is_installed, uninstall};
use crate::engine::workspace::{Context, Workspace};

/// The events a hook can be installed for.
pub const EVENTS: &[&str] = &["post-merge", "post-checkout", "post-rewrite", "post-commit", CHECKED];

/// How long git may take to say where hooks live.
const GIT_LIMIT: Duration = Duration::from_secs(10);

/// What became of one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// git's name of the event.
    pub event: String,
    /// What was done: `installed`, `updated`, `unchanged`, `removed`.
    pub done: &'static str,
    /// What happened to a hook that was there.
    pub note: Option<String>,
}

/// Installs the hooks for `events`, or for those of the settings.
pub fn install_hooks(
    context: &Context,
    events: &[String],
    force: bool,
) -> Result<(PathBuf, Vec<Installed>), Failure> {
    let workspace = Workspace::open(context)?;
    let events = if events.is_empty() { &workspace.settings.hooks.events } else { events };
    if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Failure::Usage(format!(
            "there is no hook `{unknown}`; there are `{}`",
            EVENTS.join("`, `")
        )));
    }
    refuse_strange_folder(&workspace, force)?;
    let folder = hooks_folder(&workspace)?;
    let binary = context.program.to_string_lossy().into_owned();
    let path = workspace.environment.cleaned().path().to_string_lossy().into_owned();
    let mut installed = Vec::new();
    for event in events {
        let file = folder.join(event);
        let mode = mode_of_plain_file(&file);
        let existing = if exists(&file) { Some(read_bytes(&file)?.unwrap_or_default()) } else { None };
        let was_ours = existing.as_deref().is_some_and(is_installed);
        let plain = mode.is_some_and(|mode| mode & 0o100 != 0);
        let hook = Hook { event, binary: &binary, path: &path };
        let (done, note) = match install(hook, existing.as_deref(), plain) {
            Edit::Write(bytes) => {
                write_whole(&file, &bytes, mode.unwrap_or(0o755))?;
                let added = existing.is_some() && !was_ours;
                (
                    if was_ours { "updated" } else { "installed" },
                    added.then(|| "the hook that was there goes on running".to_owned()),
                )
            }
            Edit::KeepAndWrite(bytes) => {
                let kept = kept_beside(&file);
                if exists(&kept) {
                    return Err(Failure::Other(anyhow!(
                        "`{}` is in the way; move it, and install again",
                        kept.display()
                    )));
                }
                rename(&file, &kept)?;
                if let Err(error) = write_whole(&file, &bytes, 0o755) {
                    rename(&kept, &file)?;
                    return Err(error.into());
                }
                (
                    "installed",
                    Some(format!("the hook that was there is now `{event}{KEPT_SUFFIX}`, and runs first")),
                )
            }
            Edit::Nothing | Edit::Delete | Edit::DeleteAndRestore => ("unchanged", None),
        };
        installed.push(Installed { event: event.clone(), done, note });
    }
    Ok((folder, installed))
}

/// Takes our lines out of every hook.
pub fn uninstall_hooks(context: &Context) -> Result<(PathBuf, Vec<Installed>), Failure> {
    let workspace = Workspace::open(context)?;
    let folder = hooks_folder(&workspace)?;
    let mut removed = Vec::new();
    for event in EVENTS {
        let file = folder.join(event);
        let Some(bytes) = read_bytes(&file)? else { continue };
        let note = match uninstall(&bytes) {
            Edit::Nothing | Edit::KeepAndWrite(_) => continue,
            Edit::Write(bytes) => {
                write_whole(&file, &bytes, mode_of_plain_file(&file).unwrap_or(0o755))?;
                Some("your own lines stay".to_owned())
            }
            Edit::Delete => {
                remove(&file)?;
                None
            }
            Edit::DeleteAndRestore => {
                let kept = kept_beside(&file);
                if exists(&kept) {
                    rename(&kept, &file)?;
                } else {
                    remove(&file)?;
                }
                Some("the hook that was there before is back".to_owned())
            }
        };
        removed.push(Installed { event: (*event).to_owned(), done: "removed", note });
    }
    Ok((folder, removed))
}

/// Where git looks for the hooks of this repository.
fn hooks_folder(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let environment = workspace.environment.cleaned();
    let git = find_program(OsStr::new("git"), environment.path(), workspace.root())
        .ok_or_else(|| anyhow!("cannot find `git` on PATH"))?;
    let program = Program {
        path: git,
        args: ["rev-parse", "--path-format=absolute", "--git-path", "hooks"].map(Into::into).into(),
        directory: workspace.root().to_owned(),
        environment: environment.variables().clone(),
    };
    let finished = run(&program, GIT_LIMIT)?;
    let said = String::from_utf8_lossy(&finished.stdout);
    let folder = PathBuf::from(said.strip_suffix('\n').unwrap_or(&said));
    if !finished.status.success() || !folder.is_absolute() {
        let said = String::from_utf8_lossy(&finished.stderr);
        return Err(Failure::Other(anyhow!("git does not say where its hooks live: {}", said.trim())));
    }
    Ok(folder)
}

/// Refuses a folder whose hooks would not work here, or would work elsewhere.
fn refuse_strange_folder(workspace: &Workspace, force: bool) -> Result<(), Failure> {
    let Some((path, own)) = workspace.repository.hooks_path() else { return Ok(()) };
    if path.is_empty() {
        return Err(Failure::Other(anyhow!(
            "`core.hooksPath` is empty, so git runs no hook at all; unset it: `git config --unset core.hooksPath`"
        )));
    }
    if !path.starts_with(['/', '~']) && !force {
        return Err(Failure::Other(anyhow!(
            "`core.hooksPath` is `{path}`, a relative path: in a linked worktree git looks for it elsewhere, and \
             it may be under version control; `--force` installs there nevertheless"
        )));
    }
    if !own && !force {
        return Err(Failure::Other(anyhow!(
            "`core.hooksPath` is `{path}` for every repository of yours, so hooks there would run in all of them; \
             `--force` installs there nevertheless, or `git config core.hooksPath` gives this repository its own"
        )));
    }
    Ok(())
}

fn kept_beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(KEPT_SUFFIX);
    file.with_file_name(name)
}
