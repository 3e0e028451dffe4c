//! The files and folders that a watch has to follow.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::adapters::fs::{folders_below, link_chain, real_path};
use crate::core::failure::Failure;
use crate::core::files::sources::Selection;
use crate::core::settings::FILE;
use crate::core::sync::state::CompiledState;
use crate::core::watch::watch_set::WatchSet;
use crate::engine::files::command_folders;
use crate::engine::workspace::Workspace;

/// The files that decide what should run, and the folders that hold or may hold
/// them. `compiled` tells what else the last compile looked for.
pub(in crate::engine) fn watch_set(
    workspace: &Workspace,
    compiled: Option<&CompiledState>,
) -> Result<WatchSet, Failure> {
    let (root, settings) = (workspace.root(), &workspace.settings);
    let inputs = Selection::new(&settings.inputs).map_err(Failure::Usage)?;
    let code: Vec<PathBuf> = command_folders(workspace)?.iter().map(|folder| root.join(folder)).collect();
    let mut folders = BTreeSet::from([root.to_owned()]);
    let mut files = BTreeSet::new();
    let starts = [&workspace.sources, &inputs].into_iter().flat_map(Selection::roots);
    let starts = starts.map(|start| (root.join(&start.path), start.depth));
    for (start, depth) in starts.chain(code.iter().map(|folder| (folder.clone(), None))) {
        folders.extend(nearest(&start));
        let below = folders_below(&start, depth);
        // The target of a linked source is watched where it lies.
        files.extend(below.iter().flat_map(|folder| links_in(folder)).flat_map(|link| link_chain(&link)));
        folders.extend(below);
    }
    let own = [FILE, &settings.env.file, &settings.entry].map(PathBuf::from);
    let looked_for = compiled.into_iter().flat_map(|compiled| compiled.files.iter().cloned());
    for file in own.into_iter().chain(looked_for).map(|file| root.join(file)) {
        files.extend(link_chain(&file));
        files.insert(file);
    }
    folders.extend(files.iter().filter_map(|file| nearest(file.parent()?)));
    // The kernel reports one path per folder; globs match that of the link.
    let behind: BTreeSet<PathBuf> = folders.iter().filter_map(|folder| behind(folder)).collect();
    folders.retain(|folder| folder == root || !behind.contains(folder));
    let globs = vec![workspace.sources.clone(), inputs];
    Ok(WatchSet { root: root.to_owned(), globs, files, code, folders, artifact: workspace.artifact() })
}

/// The folder, or its nearest ancestor that exists.
fn nearest(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// The real path of a folder that is reached through links.
fn behind(folder: &Path) -> Option<PathBuf> {
    real_path(folder).filter(|real| real != folder)
}

/// The links in a folder that do not lead to folders.
fn links_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
    links.map(|entry| entry.path()).filter(|link| !link.is_dir()).collect()
}
