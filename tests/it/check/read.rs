//! What is read: what would be committed, or the disk.

use std::fs;
use std::os::unix::fs::{chown, symlink};

use crate::check::sandbox::{Sandbox, app};

#[test]
fn a_clean_repository_is_clean() {
    let sandbox = Sandbox::clean();
    let said = sandbox.check(&["--strict"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "nothing found\n", ""));
    assert_eq!(sandbox.check(&["-q"]).out, "");
}

#[test]
fn what_is_staged_counts_and_what_is_not_does_not() {
    let sandbox = Sandbox::clean();
    sandbox.write("README.md", "pm2-clj\n");
    sandbox.write("NEW.md", "pm2-clj\n");
    assert_eq!(sandbox.found(&[]), [""; 0]);
    assert_eq!(
        sandbox.found(&["--worktree"]),
        ["legacy-reference NEW.md:1:1", "legacy-reference README.md:1:1"]
    );
    sandbox.git(&["add", "README.md"]);
    sandbox.write("README.md", "fine again\n");
    assert_eq!(sandbox.found(&[]), ["legacy-reference README.md:1:1"]);
    assert_eq!(sandbox.found(&["--worktree"]), ["legacy-reference NEW.md:1:1"]);
}

#[test]
fn an_index_that_git_names_is_the_one_that_is_read() {
    let sandbox = Sandbox::clean();
    fs::copy(sandbox.path(".git/index"), sandbox.path(".git/other")).unwrap();
    sandbox.stage("README.md", "pm2-clj\n");
    let sandbox = sandbox.with("GIT_INDEX_FILE", ".git/other");
    assert_eq!(sandbox.found(&[]), [""; 0]);
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let sandbox = Sandbox::clean();
    sandbox.stage("docs/a.md", "pm2-clj\n");
    sandbox.stage("docs/deep/b.md", "pm2-clj\n");
    sandbox.stage("docs2/c.md", "pm2-clj\n");
    sandbox.stage("ecosystems/web.cljs", app("web", ":script \"web.js\" :max-restarts 5"));
    assert_eq!(
        sandbox.found(&["docs"]),
        ["legacy-reference docs/a.md:1:1", "legacy-reference docs/deep/b.md:1:1"]
    );
    assert_eq!(sandbox.found(&["ecosystems/web.cljs"]), ["unknown-option ecosystems/web.cljs:4:33"]);
    let said =
        sandbox.run_in(&sandbox.path("docs"), &["check", "--format", "json", "./deep", "../docs2/c.md"]);
    assert_eq!(said.out.matches("legacy-reference").count(), 2);
    assert_eq!(sandbox.found(&["."]).len(), 4);
    for wrong in [&["gone.md"][..], &["/etc"], &["--format", "xml"]] {
        assert_eq!(sandbox.check(wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn huge_and_binary_files_are_passed_over_and_said_with_v() {
    let sandbox = Sandbox::clean();
    sandbox.stage("huge.md", "pm2-clj ".repeat(700_000));
    sandbox.stage("binary.md", b"pm2-clj\0");
    sandbox.stage("latin.md", b"\xe9t\xe9 pm2-clj\n");
    symlink("README.md", sandbox.path("link.md")).unwrap();
    sandbox.git(&["add", "link.md"]);
    assert_eq!(sandbox.found(&[]), ["legacy-reference latin.md:1:5"]);
    let said = sandbox.check(&["-v"]);
    assert!(said.err.contains("`huge.md` is larger than 4 MB"), "{}", said.err);
    assert!(said.err.contains("`binary.md` is binary"), "{}", said.err);
}

#[test]
fn names_with_every_character_are_read() {
    let sandbox = Sandbox::clean();
    sandbox.stage("a b,c:d é.md", "x pm2-clj\n");
    assert_eq!(sandbox.found(&[]), ["legacy-reference a b,c:d é.md:1:3"]);
}

#[test]
fn a_conflict_a_linked_worktree_and_an_unborn_branch_are_read() {
    let sandbox = Sandbox::clean();
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.write("README.md", "theirs pm2-clj\n");
    sandbox.commit("theirs");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("README.md", "ours pm2-clj\n");
    sandbox.commit("ours");
    sandbox.git(&["worktree", "add", "-q", "../linked", "other"]);
    let said = sandbox.run_in(&sandbox.path("../linked"), &["check", "--format", "json"]);
    assert!(said.out.contains(r#""column": 8"#), "{}{}", said.out, said.err);
    assert!(!sandbox.try_git(&["merge", "-q", "other"]).status.success());
    assert_eq!(sandbox.found(&[]).len(), 1);

    let unborn = Sandbox::new();
    assert_eq!(unborn.found(&[]), [""; 0]);
    unborn.stage("a.md", "pm2-clj\n");
    assert_eq!(unborn.found(&[]), ["legacy-reference a.md:1:1"]);
}

#[test]
fn a_shallow_clone_is_read() {
    let sandbox = Sandbox::clean();
    sandbox.write("README.md", "pm2-clj\n");
    sandbox.commit("second");
    let url = format!("file://{}", sandbox.root().display());
    sandbox.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let said = sandbox.run_in(&sandbox.path("../shallow"), &["check", "--format", "json"]);
    assert_eq!((said.code, said.out.matches("legacy-reference").count()), (1, 1), "{}", said.err);
}

#[test]
fn outside_of_a_repository_the_way_out_is_said() {
    let sandbox = Sandbox::clean();
    let said = sandbox.run_in(&sandbox.path(".."), &["check"]);
    assert!(said.code != 0 && said.err.contains("is not in a git repository"), "{}", said.err);
}

#[test]
fn a_repository_of_another_user_is_refused_with_the_way_out() {
    let sandbox = Sandbox::clean();
    for path in [sandbox.root(), sandbox.path(".git")] {
        if chown(path, Some(12345), None).is_err() {
            // Only root can give a folder away.
            return;
        }
    }
    let said = sandbox.run_in(&sandbox.path("ecosystems"), &["check"]);
    let way_out = format!("`git config --global --add safe.directory '{}'`", sandbox.root().display());
    assert!(said.code == 2 && said.err.contains(&way_out), "{}", said.err);
    sandbox.git(&["config", "--global", "--add", "safe.directory", sandbox.root().to_str().unwrap()]);
    sandbox.write("../.gitconfig", sandbox.read("../gitconfig"));
    assert_eq!(sandbox.check(&[]).code, 0);
}

#[test]
fn many_documents_are_read_in_parallel_and_in_order() {
    let sandbox = Sandbox::clean();
    for at in 0..1000 {
        sandbox.write(&format!("docs/{at:04}.md"), if at % 10 == 0 { "pm2-clj\n" } else { "fine\n" });
    }
    sandbox.git(&["add", "-A"]);
    let found = sandbox.found(&[]);
    assert_eq!(found.len(), 100);
    assert!(found.is_sorted());
}

#[test]
fn the_settings_are_those_that_would_be_committed() {
    let sandbox = Sandbox::clean();
    sandbox.stage("pm2sync.toml", "[check]\nlegacy = [\"gone\"]\n");
    sandbox.stage("README.md", "It is gone. Not gone.away, nor gone-by.\n");
    sandbox.write("pm2sync.toml", "");
    assert_eq!(sandbox.found(&[]), ["legacy-reference README.md:1:7"]);
    assert_eq!(sandbox.check(&["--worktree"]).code, 0);
}
