//! Repositories that few have: kinds that libgit2 does not open, strange paths,
//! linked definitions, line ends that git changes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::support::{APPS, APPS_FILE, Sandbox, Workspace, run};

const COMMANDS: [&[&str]; 5] =
    [&["doctor"], &["install-hooks"], &["uninstall-hooks"], &["plan", "HEAD~1..HEAD"], &["status"]];

#[test]
fn kinds_of_repositories_that_cannot_be_opened_are_named_with_the_way_out() {
    let sandbox = Sandbox::new();
    // What git 2.45 and later write for `--ref-format=reftable`; older ones have no such option.
    let reftable = "git config core.repositoryFormatVersion 1 && git config extensions.refStorage reftable";
    let kinds = [
        ("--object-format=sha256", "true", "SHA-256 is not supported"),
        ("--object-format=sha1", reftable, "git refs migrate --ref-format=files"),
    ];
    for (kind, then, words) in kinds {
        let root = sandbox.folder().join(kind.trim_start_matches('-'));
        run(sandbox.command("git", sandbox.folder()).args(["init", "-q", kind]).arg(&root)).exits(0);
        let workspace = Workspace::at(&sandbox, root);
        workspace.runs(workspace.shell().args(["-c", then])).exits(0);
        for command in COMMANDS {
            let said = workspace.pm2sync(command).exits(2).says(words);
            assert_eq!(said.stderr.lines().count(), 1, "{}", said.all());
        }
        // A hook never breaks git.
        workspace.pm2sync(&["hook", "post-merge", "0"]).exits(0).says(words);
    }
}

#[test]
fn blanks_and_line_feeds_in_paths_are_nothing_special() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.clones("remote.git", "a b\n'c'");
    server.pm2sync(&["install-hooks"]).exits(0);
    server.syncs();
    let before = server.snapshot();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    let pulled = server.pulls();
    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
    let said = server.pm2sync(&["doctor"]);
    let is_finding = |line: &str| ["ok ", "note ", "wrong "].iter().any(|verdict| line.starts_with(verdict));
    assert!(said.stdout.lines().all(is_finding), "{}", said.all());
    server.pm2sync(&["uninstall-hooks"]).exits(0);
    assert!(!server.hook_file("post-merge").exists());
}

#[test]
fn a_source_whose_name_is_no_text_is_named() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let name = OsStr::from_bytes(b"ecosystems/\xff.cljs");
    fs::write(laptop.root().join(name), APPS).unwrap();
    laptop.pm2sync(&["compile"]).exits(4).says("is not valid UTF-8; rename the file");
    laptop.commits("a strange name");
    laptop.pm2sync(&["plan", "HEAD~1..HEAD"]).exits(4).says("in `HEAD`").says("rename the file");
}

/// Node would look for another folder.
#[test]
fn a_workspace_or_a_home_of_pm2_whose_path_is_no_text_is_named() {
    let sandbox = Sandbox::with_apps();
    let root = sandbox.folder().join(OsStr::from_bytes(b"\xff"));
    run(sandbox.command("git", sandbox.folder()).args(["clone", "-q", "remote.git"]).arg(&root)).exits(0);
    let workspace = Workspace::at(&sandbox, root);
    workspace.pm2sync(&["sync"]).exits(2).says("is not valid UTF-8").says("rename the folder");
    workspace.pm2sync(&["plan"]).exits(0).says("start web");
    assert!(!sandbox.has_daemon());

    sandbox.sets("PM2_HOME", sandbox.folder().join(OsStr::from_bytes(b"home-\xff")));
    sandbox.laptop().pm2sync(&["sync"]).exits(2).says("`PM2_HOME` is not valid UTF-8");
}

#[test]
fn linked_definitions_are_followed_by_hooks() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.git(&["mv", "ecosystems", "definitions"]);
    symlink("definitions", laptop.root().join("ecosystems")).unwrap();
    laptop.pushes("link the definitions");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    laptop.edits("definitions/apps.cljs", "4001", "4002").pushes("move web");
    let pulled = server.pulls();
    assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
}

#[test]
fn a_checkout_that_only_changes_line_ends_restarts_nothing() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.git(&["config", "core.autocrlf", "true"]);
    server.deletes(APPS_FILE).git(&["checkout", "--", APPS_FILE]);
    assert!(server.reads(APPS_FILE).contains("\r\n"));
    assert_eq!(server.snapshot(), before);
    server.pm2sync(&["status", "--exit-code"]).exits(0);
}

#[test]
fn a_shallow_and_a_partial_clone_are_synced_as_any_other() {
    for kind in ["--depth=1", "--filter=blob:none"] {
        let sandbox = Sandbox::with_apps();
        let remote = sandbox.folder().join("remote.git");
        run(sandbox.command("git", &remote).args(["config", "uploadpack.allowFilter", "true"])).exits(0);
        let remote = format!("file://{}", remote.display());
        run(sandbox.command("git", sandbox.folder()).args(["clone", "-q", kind, &remote, "server"])).exits(0);
        let server = Workspace::at(&sandbox, sandbox.folder().join("server"));
        server.pm2sync(&["install-hooks"]).exits(0);
        server.syncs();
        let before = server.snapshot();
        sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
        let pulled = server.pulls();
        assert_eq!(server.changed_since(&before), ["web"], "{}", pulled.all());
    }
}

#[test]
fn a_force_pushed_branch_whose_old_revision_is_gone_is_synced() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").git(&["commit", "-q", "-a", "--amend", "-m", "once more"]);
    laptop.git(&["push", "-q", "--force", "origin", "HEAD"]);
    server.git(&["fetch", "-q"]);
    server.git(&["checkout", "-q", "-B", "main", "origin/main"]);
    assert_eq!(server.changed_since(&before), ["web"]);

    // What the hook was told of is no more, or never was.
    let gone = "1234567890123456789012345678901234567890";
    server.edits(APPS_FILE, "4002", "4003");
    server.pm2sync(&["hook", "post-checkout", gone, &"0".repeat(40), "1"]).exits(0);
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4003"));
}
