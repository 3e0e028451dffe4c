//! A PATH on which every program only notes that it was started: how a test sees
//! that nothing was.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What pm2sync might start.
const PROGRAMS: [&str; 8] = ["node", "nodejs", "pm2", "npx", "npm", "git", "sh", "env"];

/// A folder of such programs, and the note they write.
#[derive(Debug)]
pub(crate) struct Tripwires {
    folder: PathBuf,
    note: PathBuf,
}

impl Tripwires {
    /// Lays them in `folder`, which must not exist yet.
    pub(crate) fn lay(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let note = folder.join("started");
        for program in PROGRAMS {
            let file = folder.join(program);
            let text = format!("#!/bin/sh\necho {program} \"$@\" >> '{}'\nexit 97\n", note.display());
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder: folder.to_owned(), note }
    }

    /// The PATH that has nothing else.
    pub(crate) fn path(&self) -> OsString {
        self.folder.clone().into_os_string()
    }

    /// What was started, one line each.
    pub(crate) fn started(&self) -> String {
        fs::read_to_string(&self.note).unwrap_or_default()
    }
}
