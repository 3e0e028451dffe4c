//! The other ways in which git changes files.

use crate::support::{APPS, APPS_FILE, Sandbox, Workspace};

#[test]
fn a_checkout_of_another_branch_and_back_is_followed_both_ways() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.git(&["switch", "-q", "-c", "trial"]);
    server.edits(APPS_FILE, "4001", "4002").commits("try another port");
    assert_eq!(server.port(), "4002", "a commit of an edit is a trigger too");

    let before = server.snapshot();
    let switched = server.git(&["checkout", "main"]);
    assert_eq!(server.port(), "4001");
    assert_eq!(server.changed_since(&before), ["web"]);
    assert!(switched.all().contains(APPS_FILE), "{}", switched.all());

    let before = server.snapshot();
    server.git(&["checkout", "trial"]);
    assert_eq!(server.port(), "4002");
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

    assert_eq!(server.port(), "4002");
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

    assert_eq!(server.port(), "4002");
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

    assert_eq!(server.port(), "4002");
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn a_hard_reset_is_caught_up_with_at_any_later_trigger() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    assert_eq!(server.port(), "4002");
    let before = server.snapshot();

    server.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(server.snapshot(), before, "git tells nobody of a reset");
    server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]);

    assert_eq!(server.port(), "4001");
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

#[test]
fn nothing_is_synced_while_an_interactive_rebase_is_in_progress() {
    let sandbox = Sandbox::with_apps();
    sandbox.sets("GIT_SEQUENCE_EDITOR", "sed -i s/^pick/edit/").sets("GIT_EDITOR", "true");
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, "4001", "4002").commits("move web");
    server.edits(APPS_FILE, "first", "second").commits("another queue");
    let before = server.snapshot();
    let nothing = Vec::<String>::new();

    server.git(&["rebase", "-q", "-i", "HEAD~2"]).says("waiting for the rebase to end");
    assert_eq!(server.changed_since(&before), nothing, "it has begun");
    server.edits(APPS_FILE, "4002", "4003");
    server.git(&["commit", "-q", "--all", "--amend", "--no-edit"]).never_says("pm2sync");
    assert_eq!(server.changed_since(&before), nothing, "its first commit is amended");
    server.git(&["rebase", "--continue"]);
    assert_eq!(server.changed_since(&before), nothing, "it waits at its second commit");
    server.edits(APPS_FILE, "second", "third");
    server.git(&["commit", "-q", "--all", "--amend", "--no-edit"]);
    assert_eq!(server.changed_since(&before), nothing, "its second commit is amended");

    let ended = server.git(&["rebase", "--continue"]);
    server.comes_to_rest();
    assert_eq!(server.changed_since(&before), ["web", "worker"], "{}", ended.all());
    assert_eq!(server.port(), "4003");
    assert_eq!(server.running("worker").variable("QUEUE").as_deref(), Some("third"));
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn a_cherry_pick_is_applied() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let laptop = sandbox.laptop();
    laptop.git(&["switch", "-q", "-c", "side"]);
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");

    server.git(&["fetch", "-q"]);
    server.git(&["cherry-pick", "origin/side"]);

    assert_eq!(server.changed_since(&before), ["web"]);
    assert_eq!(server.port(), "4002");
}

#[test]
fn a_detached_checkout_is_on_no_branch_that_hooks_act_on() {
    let settings = "[hooks]\nbranches = [\"main\"]\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("pm2sync.toml", settings)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.git(&["fetch", "-q"]);
    server.git(&["checkout", "-q", "--detach", "origin/main"]).says("detached");
    assert_eq!(server.snapshot(), before);
    server.edits(APPS_FILE, "first", "second").commits("another queue");
    assert_eq!(server.snapshot(), before);

    server.git(&["checkout", "-q", "main"]);
    server.pulls();
    assert_eq!(server.changed_since(&before), ["web"]);
}
