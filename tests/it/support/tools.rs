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
    installs(repository(), &programs.join("husky"));
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
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm-ci.lock")).unwrap();
    // While another test installs, the program may be there before what it needs is.
    lock.lock().unwrap();
    if !wanted.exists() {
        let output = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder)
            .output()
            .expect("npm is needed to install PM2");
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The hook manager lefthook, which npm has as one program for each kind of machine.
pub(crate) fn lefthook() -> PathBuf {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    node_programs().join(format!("../lefthook-{system}-{processor}/bin/lefthook"))
}

/// The hook managers that are written in Python, or come as its packages.
const PYTHON_PACKAGES: [&str; 2] = ["pre-commit==4.7.0", "prek==0.5.11"];

/// Where those are, installed at the first call on a fresh machine.
pub(crate) fn python_programs() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let programs = folder.join("python/bin");
    let lock = File::create(folder.join("python.lock")).unwrap();
    lock.lock().unwrap();
    let done = folder.join(PYTHON_PACKAGES.join("+"));
    if !done.exists() {
        let runs = |command: &mut Command| {
            let output = command.output().expect("python3 with its venv is needed to install hook managers");
            assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        };
        runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("python")));
        let pip = programs.join("python");
        runs(Command::new(pip).args(["-m", "pip", "install", "-q"]).args(PYTHON_PACKAGES));
        File::create(done).unwrap();
    }
    programs
}

/// `program` on this machine's PATH, by absolute path.
pub(crate) fn find(program: &str) -> PathBuf {
    let path = env::var_os("PATH").expect("PATH is set");
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{program}` is needed on PATH"))
}

/// A PATH on which `first` comes before PM2, and then the machine's own folders
/// with node, git and a shell, in its own order: the git of the tests is its first one.
pub(crate) fn path(first: &Path) -> OsString {
    let needed = ["node", "git", "sh"].map(|program| find(program).parent().unwrap().to_owned());
    let path = env::var_os("PATH").expect("PATH is set");
    let own = env::split_paths(&path).filter(|folder| needed.contains(folder));
    let folders = [first.to_owned(), node_programs()].into_iter().chain(own);
    env::join_paths(folders.chain(["/usr/bin".into(), "/bin".into()])).unwrap()
}

/// A command with an empty environment, in `folder`.
pub(crate) fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(folder);
    command
}
