//! The other ways in which git changes files.

use crate::support::{APPS_FILE, Sandbox, Workspace};

#[track_caller]
fn port(server: &Workspace) -> String {
    server.running("web").variable("PORT").unwrap_or_default()
}

#[test]
fn a_checkout_of_another_branch_and_back_is_followed_both_ways() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.git(&["switch", "-q", "-c", "trial"]);
    server.edits(APPS_FILE, "4001", "4002").commits("try another port");
    assert_eq!(port(&server), "4002", "a commit of an edit is a trigger too");

    let before = server.snapshot();
    let switched = server.git(&["checkout", "main"]);
    assert_eq!(port(&server), "4001");
    assert_eq!(server.changed_since(&before), ["web"]);
    assert!(switched.all().contains(APPS_FILE), "{}", switched.all());

    let before = server.snapshot();
    server.git(&["checkout", "trial"]);
    assert_eq!(port(&server), "4002");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn a_pull_that_rebases_a_local_commit_ends_with_what_was_pulled() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.writes("notes.txt", "mine").commits("a local note");
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.git(&["pull", "--rebase"]);

    assert_eq!(port(&server), "4002");
    assert_eq!(server.changed_since(&before), ["web"]);
    assert_eq!(server.reads("notes.txt"), "mine");
}

#[test]
fn a_pull_that_rebases_a_local_edit_of_a_source_ends_with_both() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "first", "second").commits("another queue");
    assert_eq!(server.running("worker").variable("QUEUE").as_deref(), Some("second"));

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.git(&["pull", "--rebase"]);

    assert_eq!(port(&server), "4002");
    assert_eq!(server.running("worker").variable("QUEUE").as_deref(), Some("second"));
}

#[test]
fn a_true_merge_is_followed() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.writes("notes.txt", "mine").commits("a local note");
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();

    assert_eq!(port(&server), "4002");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn a_hard_reset_is_caught_up_with_at_any_later_trigger() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    assert_eq!(port(&server), "4002");
    let before = server.snapshot();

    server.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(server.snapshot(), before, "git tells nobody of a reset");
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]);

    assert_eq!(port(&server), "4001");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn a_hook_in_a_linked_worktree_leaves_the_other_worktrees_apps_alone() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    server.git(&["worktree", "add", "-q", "-b", "side", "../side"]);
    let side = Workspace::at(&sandbox, sandbox.folder().join("side"));
    side.edits(APPS_FILE, "4001", "4002").commits("only here");

    assert_eq!(server.snapshot(), before);
}
