//! The files and folders that a check is restricted to.

use std::path::PathBuf;

use crate::adapters::fs::{exists, real_path};
use crate::core::failure::Failure;
use crate::core::files::tracked_files::Tracked;
use crate::engine::workspace::{Context, Workspace};

/// The files and folders that were asked for.
#[derive(Debug)]
pub(super) struct Only(Vec<String>);

impl Only {
    /// Whether the path is selected; without any restriction every path is.
    pub(super) fn means(&self, path: &str) -> bool {
        let below = |folder: &String| {
            folder.is_empty()
                || path == folder
                || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.0.is_empty() || self.0.iter().any(below)
    }
}

/// What was asked for, relative to the root. An error where there is no such
/// file or folder.
pub(super) fn only(
    workspace: &Workspace,
    context: &Context,
    paths: &[PathBuf],
    files: &Tracked,
) -> Result<Only, Failure> {
    let from_root = |path: &PathBuf| {
        let absolute = context.directory.join(path);
        let real = real_path(&absolute).or_else(|| {
            let folder = real_path(absolute.parent()?)?;
            Some(folder.join(absolute.file_name()?))
        });
        let inside = real.as_deref().and_then(|real| real.strip_prefix(workspace.root()).ok());
        let Some(inside) = inside else {
            return Err(Failure::Usage(format!(
                "`{}` is not a path inside `{}`",
                path.display(),
                workspace.root().display()
            )));
        };
        let inside = inside.to_string_lossy().into_owned();
        let is_there = files.get(&inside).is_some() || files.has_folder(&inside) || exists(&absolute);
        if is_there { Ok(inside) } else { Err(Failure::Usage(format!("there is no `{}`", path.display()))) }
    };
    Ok(Only(paths.iter().map(from_root).collect::<Result<_, _>>()?))
}
