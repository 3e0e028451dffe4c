//! Installs our lines in the repository's hooks, and removes them again.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::adapters::fs::{
    exists, make_folder, mode_of_plain_file, read_bytes, real_path, remove, rename, write_whole,
};
use crate::core::failure::Failure;
use crate::core::hooks::shim::{
    EVENTS, Edit, Hook, KEPT_SUFFIX, hook_mode, install, is_installed, uninstall,
};
use crate::engine::hooks::hooks_folder::{
    Managed, hooks_folder, hooks_path_problem, managed, shared_repository,
};
use crate::engine::workspace::{Context, Workspace};

/// The result for one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    /// git's name of the event.
    pub event: String,
    /// What was done: `installed`, `updated`, `unchanged`, `removed`.
    pub done: &'static str,
    /// What happened to an existing hook.
    pub note: Option<String>,
}

/// The result of an installation.
#[derive(Debug)]
pub(crate) enum Installation {
    /// Our lines are in the hooks of this folder.
    Done(PathBuf, Vec<Installed>),
    /// The hooks belong to a manager, and nothing was touched.
    Managed(Managed),
}

/// Installs the hooks for `events`, or for those of the settings.
pub(crate) fn install_hooks(
    context: &Context,
    events: &[String],
    force: bool,
) -> Result<Installation, Failure> {
    let workspace = Workspace::open(context)?;
    let events = if events.is_empty() { &workspace.settings.hooks.events } else { events };
    if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Failure::Usage(format!(
            "there is no hook `{unknown}`; there are `{}`",
            EVENTS.join("`, `")
        )));
    }
    if !force {
        if let Some(managed) = managed(&workspace, events) {
            return Ok(Installation::Managed(managed));
        }
        if let Some(why) = hooks_path_problem(&workspace)? {
            return Err(Failure::Other(anyhow!(why)));
        }
    }
    let folder = hooks_folder(&workspace)?;
    let shared = shared_repository(&workspace)?;
    let mode = hook_mode(shared.as_deref());
    make_folder(&folder, mode | if mode == hook_mode(None) { 0 } else { SET_GROUP })?;
    let binary = context.program.to_string_lossy().into_owned();
    let path = workspace.environment.cleaned().path().to_string_lossy().into_owned();
    let mut installed = Vec::new();
    for event in events {
        let hook = Hook { event, binary: &binary, path: &path };
        installed.push(install_one(hook, &folder.join(event), mode)?);
    }
    Ok(Installation::Done(folder, installed))
}

/// In a shared repository what is put into a folder belongs to its group.
const SET_GROUP: u32 = 0o2000;

fn install_one(hook: Hook<'_>, file: &Path, new_mode: u32) -> Result<Installed, Failure> {
    let event = hook.event;
    let mode = mode_of_plain_file(file);
    let existing = if exists(file) { Some(read_bytes(file)?.unwrap_or_default()) } else { None };
    let was_ours = existing.as_deref().is_some_and(is_installed);
    let plain = mode.is_some_and(|mode| mode & 0o100 != 0);
    let (done, note) = match install(hook, existing.as_deref(), plain) {
        Edit::Write(bytes) => {
            let (file, mode) = through_link(file);
            write_whole(&file, &bytes, mode.unwrap_or(new_mode))?;
            let added = existing.is_some() && !was_ours;
            (
                if was_ours { "updated" } else { "installed" },
                added.then(|| "the existing hook still runs".to_owned()),
            )
        }
        Edit::KeepAndWrite(bytes) => {
            let kept = kept_beside(file);
            if exists(&kept) {
                return Err(Failure::Other(anyhow!(
                    "`{}` is in the way; move it, and install again",
                    kept.display()
                )));
            }
            rename(file, &kept)?;
            if let Err(error) = write_whole(file, &bytes, new_mode) {
                rename(&kept, file)?;
                return Err(error.into());
            }
            let runs = if mode.is_some() && !plain { "cannot be run, as before" } else { "runs first" };
            ("installed", Some(format!("the existing hook is now `{event}{KEPT_SUFFIX}`, and {runs}")))
        }
        Edit::Nothing | Edit::Delete | Edit::DeleteAndRestore => ("unchanged", None),
    };
    Ok(Installed { event: event.to_owned(), done, note })
}

/// The manager that calls pm2sync, which only people take out of its file, and
/// that file.
pub(crate) fn calling_manager(context: &Context) -> Result<Option<(&'static str, &'static str)>, Failure> {
    let workspace = Workspace::open(context)?;
    let events = EVENTS.map(str::to_owned);
    let calling = managed(&workspace, &events).filter(|managed| managed.missing.len() < events.len());
    Ok(calling.map(|managed| (managed.manager.name, managed.file)))
}

/// Takes our lines out of every hook.
pub(crate) fn uninstall_hooks(context: &Context) -> Result<(PathBuf, Vec<Installed>), Failure> {
    let workspace = Workspace::open(context)?;
    let folder = hooks_folder(&workspace)?;
    let mut removed = Vec::new();
    for event in EVENTS {
        let file = folder.join(event);
        let kept = kept_beside(&file);
        let Some(bytes) = read_bytes(&file)? else {
            // Somebody deleted our hook; the kept one is theirs.
            if exists(&kept) {
                rename(&kept, &file)?;
                let note = Some("the original hook is restored".to_owned());
                removed.push(Installed { event: (*event).to_owned(), done: "removed", note });
            }
            continue;
        };
        let note = match uninstall(&bytes) {
            Edit::Nothing | Edit::KeepAndWrite(_) => continue,
            Edit::Write(bytes) => {
                let (file, mode) = through_link(&file);
                write_whole(&file, &bytes, mode.unwrap_or(0o755))?;
                Some("your own lines stay".to_owned())
            }
            Edit::Delete => {
                remove(&file)?;
                None
            }
            Edit::DeleteAndRestore => {
                if exists(&kept) {
                    rename(&kept, &file)?;
                } else {
                    remove(&file)?;
                }
                Some("the original hook is restored".to_owned())
            }
        };
        removed.push(Installed { event: (*event).to_owned(), done: "removed", note });
    }
    Ok((folder, removed))
}

/// The file that a hook really is, and its permissions: a link stays a link.
fn through_link(file: &Path) -> (PathBuf, Option<u32>) {
    let real = if exists(file) { real_path(file) } else { None };
    let real = real.unwrap_or_else(|| file.to_owned());
    let mode = mode_of_plain_file(&real);
    (real, mode)
}

fn kept_beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(KEPT_SUFFIX);
    file.with_file_name(name)
}
