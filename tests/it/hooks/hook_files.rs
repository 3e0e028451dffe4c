//! Where hooks are installed and what stands there already: every layout of a
//! repository, every kind of file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::support::{APPS_FILE, Sandbox, Workspace, run};

const EVENT: [&str; 3] = ["install-hooks", "--event", "post-merge"];

fn puts(file: &Path, bytes: &[u8], mode: u32) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(file: &Path) -> u32 {
    file.metadata().unwrap().permissions().mode() & 0o7777
}

/// A branch to switch to fires post-checkout, and post-merge comes with a merge of it.
fn merges(workspace: &Workspace<'_>) -> crate::support::Finished {
    workspace.git(&["switch", "-q", "-c", "other"]);
    workspace.writes("merged", "").commits("something else");
    workspace.git(&["switch", "-q", "-"]);
    workspace.git(&["merge", "other"])
}

#[test]
fn every_kind_of_hook_goes_on_running_and_comes_back_to_the_byte() {
    let touch = |language: &str| format!("#!{language}\ntouch \"$HOME/theirs\"\n");
    let python = "#!/usr/bin/env python3\nimport os\nopen(os.environ['HOME'] + '/theirs', 'w')\n";
    let polyglot = "#!/bin/sh\n''':'\nexec python3 \"$0\" \"$@\"\n'''\nimport os\nopen(os.environ['HOME'] + '/theirs', 'w')\n";
    let cases: [(&str, Vec<u8>, u32, bool); 6] = [
        ("sh", touch("/bin/sh").into(), 0o755, true),
        ("bash", touch("/usr/bin/env bash").into(), 0o700, true),
        ("python", python.into(), 0o755, true),
        ("sh that hands itself to python", polyglot.into(), 0o755, true),
        ("not executable", touch("/bin/sh").into(), 0o644, false),
        ("line ends of Windows", b"#!/bin/sh\r\ntrue\r\n".to_vec(), 0o755, false),
    ];
    for (what, bytes, permissions, runs) in cases {
        let sandbox = Sandbox::with_apps();
        let laptop = sandbox.laptop();
        let hook = laptop.hook_file("post-merge");
        puts(&hook, &bytes, permissions);
        laptop.pm2sync(&EVENT).exits(0);
        laptop.pm2sync(&EVENT).exits(0).says("unchanged post-merge");
        let merged = merges(&laptop);
        let ran = sandbox.folder().join("home/theirs").exists();
        assert_eq!(ran, runs, "{what}: {}", merged.all());
        assert!(merged.all().contains("is not enrolled"), "{what}: ours ran, too: {}", merged.all());
        laptop.pm2sync(&["uninstall-hooks"]).exits(0);
        assert_eq!((fs::read(&hook).unwrap(), mode(&hook)), (bytes, permissions), "{what}");
    }
}

#[test]
fn a_binary_hook_is_kept_and_run_first() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let hook = laptop.hook_file("post-merge");
    fs::copy(crate::support::find("true"), &hook).unwrap();
    let before = fs::read(&hook).unwrap();
    laptop.pm2sync(&EVENT).exits(0).says("runs first");
    merges(&laptop).says("is not enrolled");
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(fs::read(&hook).unwrap(), before);
}

#[test]
fn a_hook_that_is_a_link_stays_one() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let theirs = laptop.root().join("tools/hook.sh");
    puts(&theirs, b"#!/bin/sh\ntouch \"$HOME/theirs\"\n", 0o755);
    let hook = laptop.hook_file("post-merge");
    symlink("../../tools/hook.sh", &hook).unwrap();
    laptop.pm2sync(&EVENT).exits(0);
    assert_eq!(
        fs::read(&theirs).unwrap(),
        b"#!/bin/sh\ntouch \"$HOME/theirs\"\n",
        "what is in git is not touched"
    );
    merges(&laptop);
    assert!(sandbox.folder().join("home/theirs").exists());
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(fs::read_link(&hook).unwrap(), Path::new("../../tools/hook.sh"));

    // A link to nothing is no hook, and comes back as well.
    fs::remove_file(&theirs).unwrap();
    laptop.pm2sync(&EVENT).exits(0);
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(fs::read_link(&hook).unwrap(), Path::new("../../tools/hook.sh"));
}

#[test]
fn a_link_to_a_hook_with_our_lines_stays_a_link_when_they_are_mended() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&EVENT).exits(0);
    let hook = laptop.hook_file("post-merge");
    let real = laptop.root().join(".git/real-hook");
    let old = fs::read_to_string(&hook).unwrap().replace("# >>> pm2sync 1 ", "# >>> pm2sync 0 ");
    puts(&real, old.as_bytes(), 0o750);
    fs::remove_file(&hook).unwrap();
    symlink(&real, &hook).unwrap();
    laptop.pm2sync(&EVENT).exits(0).says("updated post-merge");
    assert_eq!(fs::read_link(&hook).unwrap(), real);
    assert!(fs::read_to_string(&real).unwrap().contains("# >>> pm2sync 1 "));
    assert_eq!(mode(&real), 0o750);
}

#[test]
fn a_moved_program_and_lines_of_an_old_version_are_mended() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&EVENT).exits(0);
    let hook = laptop.hook_file("post-merge");
    let good = fs::read_to_string(&hook).unwrap();
    for (from, to) in [(env!("CARGO_BIN_EXE_pm2sync"), "/gone/pm2sync"), ("pm2sync 1 post", "pm2sync 0 post")]
    {
        assert!(good.contains(from));
        fs::write(&hook, good.replace(from, to)).unwrap();
        laptop.pm2sync(&EVENT).exits(0).says("updated post-merge");
        assert_eq!(fs::read_to_string(&hook).unwrap(), good);
    }
}

#[test]
fn linked_worktrees_share_the_hooks_of_their_repository() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
    let linked = Workspace::at(&sandbox, sandbox.folder().join("linked"));
    linked.pm2sync(&["install-hooks"]).exits(0);
    assert!(laptop.root().join(".git/hooks/post-merge").exists());
    laptop.pm2sync(&["install-hooks"]).exits(0).says("unchanged post-merge");
    merges(&linked).says(&format!("{} is not enrolled", linked.root().display()));

    linked.syncs();
    let before = linked.snapshot();
    linked.edits(APPS_FILE, "4001", "4002").commits("move web");
    assert_eq!(linked.changed_since(&before), ["web"]);
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let sandbox = Sandbox::with_apps();
    let outer = sandbox.workspace("outer", &[]);
    let remote = sandbox.folder().join("remote.git");
    let remote = remote.to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", remote, "inner"]);
    let inner = Workspace::at(&sandbox, outer.root().join("inner"));
    inner.pm2sync(&["install-hooks"]).exits(0);
    assert!(outer.root().join(".git/modules/inner/hooks/post-merge").exists());
    assert!(!outer.root().join(".git/hooks/post-merge").exists());
    inner.syncs();
    let before = inner.snapshot();
    inner.edits(APPS_FILE, "4001", "4002").commits("move web");
    assert_eq!(inner.changed_since(&before), ["web"]);
}

#[test]
fn a_bare_repository_is_refused() {
    let sandbox = Sandbox::with_apps();
    let bare = Workspace::at(&sandbox, sandbox.folder().join("remote.git"));
    bare.pm2sync(&["install-hooks"]).exits(2).says("is a bare repository");
}

#[test]
fn an_absolute_hooks_path_of_the_repository_is_used() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let folder = sandbox.folder().join("my hooks");
    laptop.git(&["config", "core.hooksPath", folder.to_str().unwrap()]);
    laptop.pm2sync(&["install-hooks"]).exits(0).says("my hooks");
    merges(&laptop).says("is not enrolled");
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_hooks_path_that_is_empty_or_for_all_repositories_is_refused_with_the_reason() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let folder = sandbox.folder().join("everywhere");
    laptop.git(&["config", "--global", "core.hooksPath", folder.to_str().unwrap()]);
    laptop.pm2sync(&["install-hooks"]).exits(1).says("for every repository of yours").says("--force");
    assert!(!folder.exists());
    laptop.git(&["config", "core.hooksPath", ""]);
    laptop.pm2sync(&["install-hooks"]).exits(1).says("is empty").says("git config --unset core.hooksPath");
}

#[test]
fn a_folder_that_cannot_be_written_is_a_clear_error() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    // Not even root makes files there.
    laptop.git(&["config", "core.hooksPath", "/proc/sys/kernel"]);
    let said = laptop.pm2sync(&["install-hooks"]).exits(1);
    assert!(
        said.stderr.starts_with("error: cannot write `/proc/sys/kernel/post-merge`: "),
        "{}",
        said.stderr
    );
    assert_eq!(said.stderr.lines().count(), 1, "{}", said.stderr);
}

#[test]
fn a_shared_repository_gets_hooks_that_its_group_can_change() {
    for (value, expected) in [("group", 0o775), ("0640", 0o750), ("false", 0o755)] {
        let sandbox = Sandbox::with_apps();
        let laptop = sandbox.laptop();
        laptop.git(&["config", "core.sharedRepository", value]);
        fs::remove_dir_all(laptop.root().join(".git/hooks")).unwrap();
        let mut install = laptop.shell();
        install.args(["-c", "umask 077; exec \"$0\" install-hooks", env!("CARGO_BIN_EXE_pm2sync")]);
        run(&mut install).exits(0);
        assert_eq!(mode(&laptop.hook_file("post-merge")), expected, "{value}");
        let folder = mode(&laptop.root().join(".git/hooks"));
        assert_eq!(folder & 0o777, expected, "{value}");
        assert_eq!(folder & 0o2000 != 0, value != "false", "{value}");
    }
}

#[test]
fn a_kept_hook_whose_shim_was_deleted_comes_back() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let file = laptop.hook_file("post-merge");
    let theirs = "#!/usr/bin/env node\nconsole.log(\"theirs\");\n";
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, theirs).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();

    laptop.pm2sync(&["install-hooks"]).exits(0);
    assert_ne!(fs::read_to_string(&file).unwrap(), theirs);
    fs::remove_file(&file).unwrap();
    laptop.pm2sync(&["uninstall-hooks"]).exits(0);

    assert_eq!(fs::read_to_string(&file).unwrap(), theirs);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o750);
    let ours = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().contains("pm2sync");
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().flatten().filter(ours).count(), 0);
}
