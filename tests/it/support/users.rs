//! Other users of the machine: a command as someone whom one file or folder of a
//! sandbox does not belong to.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{Sandbox, Workspace, run};

/// Who owns nothing on any machine.
const NOBODY: u32 = 65534;

/// pm2sync in `workspace` as a user who may not touch `theirs`, and to whom the rest of the sandbox belongs.
pub(crate) fn for_someone_else(
    sandbox: &Sandbox,
    workspace: &Workspace<'_>,
    arguments: &[&str],
    theirs: &Path,
) -> Command {
    // The built one may lie where only its builder gets to. Were it written by this process, a program that
    // another test starts meanwhile could hold it open for a moment, and it would be too busy to be run.
    let program = sandbox.folder().join("pm2sync");
    run(sandbox.command("cp", sandbox.folder()).arg(env!("CARGO_BIN_EXE_pm2sync")).arg(&program)).exits(0);
    let mut command = sandbox.command(program, workspace.root());
    command.args(arguments);
    if rustix::process::getuid().is_root() {
        // Root may touch anything: so someone else looks, whose workspace it is.
        gives(sandbox.folder(), NOBODY, theirs);
        command.uid(NOBODY).gid(NOBODY);
    } else {
        fs::set_permissions(theirs, Permissions::from_mode(0o000)).unwrap();
    }
    command
}

/// Gives everything below `folder` to a user, but for one file or folder.
fn gives(folder: &Path, user: u32, except: &Path) {
    chown(folder, Some(user), Some(user)).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        match () {
            () if path == except || kind.is_symlink() => {}
            () if kind.is_dir() => gives(&path, user, except),
            () => chown(&path, Some(user), Some(user)).unwrap(),
        }
    }
}
