//! The files that decide what should run, as they lie on disk, and their
//! fingerprint. A hook with nothing to do reads nothing else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::adapters::fs::{digest, disk_sources, files_with_extension, read_text};
use crate::core::files::digest::Digest;
use crate::core::files::fingerprint::fingerprint;
use crate::core::files::sources::{Disk, Selection, SourceSet};
use crate::core::settings::{Compiler, FILE};
use crate::core::sync::state::CompiledState;
use crate::core::watch::watch_set::CLOJURE;
use crate::engine::shadow_config;
use crate::engine::workspace::Workspace;

/// The files of a workspace.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// Everything that decides what the artifact holds.
    pub inputs: SourceSet<Disk>,
    /// The artifact and the entry.
    pub outputs: SourceSet<Disk>,
}

impl Files {
    /// Reads them all. `compiled` tells which files beside the sources the last
    /// compile looked for; what a command reads is everything on the source
    /// paths.
    pub(crate) fn read(workspace: &Workspace, compiled: Option<&CompiledState>) -> Result<Self> {
        let (root, settings) = (workspace.root(), &workspace.settings);
        let mut inputs: Vec<(PathBuf, Digest)> = collect(&disk_sources(root, &workspace.sources)?);
        let others = Selection::new(&settings.inputs).map_err(anyhow::Error::msg)?;
        inputs.extend(collect(&disk_sources(root, &others)?));
        for folder in command_folders(workspace)? {
            inputs.extend(collect(&files_with_extension(root, &folder, CLOJURE)?));
        }
        let mut named: BTreeSet<PathBuf> = [FILE, &settings.env.file].map(PathBuf::from).into();
        named.extend(compiled.into_iter().flat_map(|compiled| compiled.files.iter().cloned()));
        let output_names: BTreeSet<PathBuf> =
            [&settings.compile.output, &settings.entry].map(PathBuf::from).into();
        inputs.extend(those_that_exist(root, &named.difference(&output_names).cloned().collect())?);
        let outputs = those_that_exist(root, &output_names)?.into_iter().collect();
        Ok(Self { inputs: inputs.into_iter().collect(), outputs })
    }

    /// These with the files that a compile looked for and the one before it did
    /// not, as `read` has them: read after that compile, they hold what it read.
    #[must_use]
    pub(crate) fn with_found(
        mut self,
        read: &Self,
        known: Option<&CompiledState>,
        compiled: &BTreeSet<PathBuf>,
    ) -> Self {
        let is_new =
            |path: &Path| compiled.contains(path) && !known.is_some_and(|known| known.files.contains(path));
        let missing = |path: &Path| self.inputs.get(path).is_none();
        let found: Vec<(PathBuf, Digest)> =
            collect(&read.inputs).into_iter().filter(|(path, _)| is_new(path) && missing(path)).collect();
        self.inputs = collect(&self.inputs).into_iter().chain(found).collect();
        self
    }

    /// The inputs that are otherwise than when they were compiled, and the entry,
    /// which pm2sync never writes.
    pub(crate) fn edited_since(&self, before: &Self, workspace: &Workspace) -> Vec<PathBuf> {
        let root = workspace.root();
        let changes = before.inputs.changes_to(&self.inputs);
        // A file that is no longer looked for may still exist.
        let gone = changes.removed.into_iter().filter(|path| !root.join(path).exists());
        let entry = PathBuf::from(&workspace.settings.entry);
        let entry = Some(entry).filter(|entry| before.outputs.get(entry) != self.outputs.get(entry));
        changes.modified.into_iter().chain(gone).chain(changes.added).chain(entry).collect()
    }

    /// The files that people edit: the inputs and the entry, not the artifact.
    pub(crate) fn edited(&self, workspace: &Workspace) -> SourceSet<Disk> {
        let artifact = Path::new(&workspace.settings.compile.output);
        let entry = self.outputs.iter().filter(|(path, _)| *path != artifact);
        self.inputs.iter().chain(entry).map(|(path, digest)| (path.to_owned(), digest)).collect()
    }

    /// Over the inputs: what is compiled again when it differs.
    pub(crate) fn inputs_fingerprint(&self) -> Digest {
        fingerprint(&self.inputs)
    }

    /// Over everything: what a hook compares.
    pub(crate) fn fingerprint(&self) -> Digest {
        let both = self.inputs.iter().chain(self.outputs.iter());
        fingerprint(&both.map(|(path, digest)| (path.to_owned(), digest)).collect::<SourceSet<Disk>>())
    }

    /// The digest of the artifact, nothing where there is none.
    pub(crate) fn artifact(&self, workspace: &Workspace) -> Option<Digest> {
        self.outputs.get(Path::new(&workspace.settings.compile.output))
    }
}

/// The source paths of a compiler of which nothing else is known.
pub(crate) fn command_folders(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    if matches!(workspace.settings.compile.compiler, Compiler::Embedded | Compiler::None) {
        return Ok(Vec::new());
    }
    let text = read_text(&workspace.root().join(shadow_config::FILE))?.unwrap_or_default();
    // A file that cannot be read says so when it is compiled.
    let settings = shadow_config::parse(&text).unwrap_or_default();
    Ok(settings.source_paths.into_iter().map(PathBuf::from).collect())
}

fn collect(set: &SourceSet<Disk>) -> Vec<(PathBuf, Digest)> {
    set.iter().map(|(path, digest)| (path.to_owned(), digest)).collect()
}

fn those_that_exist(root: &Path, paths: &BTreeSet<PathBuf>) -> Result<Vec<(PathBuf, Digest)>> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(digest(&root.join(path))?.map(|digest| (path.clone(), digest)));
    }
    Ok(found)
}
