//! The programs that the tests need from the machine, and PM2, which the tests
//! install themselves where it is missing: `cargo test` alone must do.

#![expect(
    clippy::disallowed_methods,
    reason = "the tests start processes and look on PATH for what they start"
)]

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where `package.json`'s programs are, `pm2` among them; installed at the first call on a fresh machine.
pub(crate) fn node_programs() -> PathBuf {
    let programs = repository().join("node_modules/.bin");
    installs(repository(), &programs.join("pm2"));
    programs
}

/// The program of an older PM2, by its first number.
pub(crate) fn older_pm2(version: u32) -> PathBuf {
    let folder = repository().join("tests/pm2");
    let program = folder.join(format!("node_modules/pm2-{version}/bin/pm2"));
    installs(&folder, &program);
    program
}

/// Installs the packages of `folder` where `wanted`, which they bring, is missing.
fn installs(folder: &Path, wanted: &Path) {
    if wanted.exists() {
        return;
    }
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm-ci.lock")).unwrap();
    lock.lock().unwrap();
    // Another test may have done it while this one waited.
    if !wanted.exists() {
        let output = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder)
            .output()
            .expect("npm is needed to install PM2");
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// `program` on this machine's PATH, by absolute path.
pub(crate) fn find(program: &str) -> PathBuf {
    let path = env::var_os("PATH").expect("PATH is set");
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{program}` is needed on PATH"))
}

/// A PATH on which `first` comes before PM2, node, git and the machine's own tools.
pub(crate) fn path(first: &Path) -> OsString {
    let folder = |program| find(program).parent().unwrap().to_owned();
    let folders = [first.to_owned(), node_programs(), folder("node"), folder("git"), folder("sh")];
    env::join_paths(folders.into_iter().chain(["/usr/bin".into(), "/bin".into()])).unwrap()
}

/// A command with an empty environment, in `folder`.
pub(crate) fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(folder);
    command
}
