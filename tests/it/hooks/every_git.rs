//! Every way in which git changes files: after each, PM2 equals the sources with
//! one sync at the most, nothing is applied from half-merged files, and git ends
//! as it would without hooks. The rows are those of what git was seen to do.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::support::{Finished, Sandbox, Workspace};

const WEB: &str = "ecosystems/web.cljs";
const JOB: &str = "ecosystems/job.cljs";

/// A machine of its own for a group of rows, each in a fresh repository.
struct Group(Sandbox);

/// One row: a remote, the clone that runs PM2, and the one that edits are pushed from.
struct Row<'s> {
    what: &'static str,
    server: Workspace<'s>,
    laptop: Workspace<'s>,
}

/// What an operation came to.
struct Done {
    finished: Finished,
    syncs: usize,
}

fn definition(app: &str, file: &str) -> String {
    let namespace = file.trim_start_matches("ecosystems/").trim_end_matches(".cljs");
    format!(
        "(ns {namespace} (:require [clobber.macro :refer [defapp]]))\n\
         (defapp \"{app}\" {{:script \"app.js\" :env {{:MARK \"1\"}}}})\n"
    )
}

impl Group {
    fn new() -> Self {
        Self(Sandbox::new())
    }

    /// A fresh repository, synced once, with the hooks installed. Its apps are named after the row.
    fn row(&self, what: &'static str) -> Row<'_> {
        let name = what.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let files = [(WEB, definition(&name, WEB)), (JOB, definition(&format!("{name}-job"), JOB))];
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let laptop = self.0.workspace(&name, &files);
        let server = self.0.clones(&format!("{name}.git"), &format!("{name}-server"));
        server.pm2sync(&["install-hooks"]).exits(0);
        server.syncs();
        Row { what, server, laptop }
    }
}

impl Row<'_> {
    /// What `file` says.
    fn mark_in(&self, file: &str) -> String {
        let text = self.server.reads(file);
        text.split(":MARK \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// Runs git and lets what it set off come to its end, unless git is still in the middle of something.
    #[track_caller]
    fn does(&self, arguments: &[&str], code: i32) -> Done {
        let before = self.server.journal().len();
        let mut git = self.server.command("git", self.server.root());
        let finished = self.server.runs(git.args(arguments)).exits(code);
        if self.is_busy() {
            sleep(Duration::from_millis(400));
        } else {
            self.server.comes_to_rest();
        }
        Done { finished, syncs: self.server.journal().len() - before }
    }

    fn is_busy(&self) -> bool {
        let states = ["rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "BISECT_LOG"];
        let folder = self.server.state_folder();
        states.iter().any(|state| folder.parent().unwrap().join(state).exists())
    }

    /// What runs is what the files say, and there is nothing to do.
    #[track_caller]
    fn is_in_sync(&self) {
        let name = self.what.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        let (web, job) = (self.server.running(&name), self.server.running(&format!("{name}-job")));
        assert_eq!(web.variable("MARK").unwrap(), self.mark_in(WEB), "{}", self.what);
        assert_eq!(job.variable("MARK").unwrap(), self.mark_in(JOB), "{}", self.what);
        self.server.pm2sync(&["plan", "--exit-code"]).exits(0);
        assert!(!self.server.state_folder().join("pending").exists(), "{}", self.what);
    }

    /// An operation that ends well, with so many syncs, in sync.
    #[track_caller]
    fn ends_in_sync(&self, arguments: &[&str], syncs: usize) {
        let done = self.does(arguments, 0);
        assert_eq!(done.syncs, syncs, "{}: {}", self.what, done.finished.all());
        self.is_in_sync();
    }

    /// An operation that stops in the middle: nothing is applied.
    #[track_caller]
    fn stops(&self, arguments: &[&str], code: i32) {
        let before = self.server.snapshot();
        let done = self.does(arguments, code);
        assert_eq!(done.syncs, 0, "{}: {}", self.what, done.finished.all());
        assert_eq!(self.server.changed_since(&before), Vec::<String>::new(), "{}", self.what);
    }

    /// An operation that fires no hook: `status` shows the difference at once, and the next trigger heals it.
    #[track_caller]
    fn is_healed_later(&self, arguments: &[&str]) {
        let done = self.does(arguments, 0);
        assert_eq!(done.syncs, 0, "{}: {}", self.what, done.finished.all());
        let status = self.server.pm2sync(&["status", "--exit-code"]).exits(3);
        assert!(status.all().contains("pending"), "{}: {}", self.what, status.all());
        self.ends_in_sync(&["commit", "-q", "--allow-empty", "-m", "anything"], 1);
    }

    /// Gives the app of `file` another mark.
    fn marks(&self, file: &str, mark: &str) -> &Self {
        self.server.edits(file, &format!(":MARK \"{}\"", self.mark_in(file)), &format!(":MARK \"{mark}\""));
        self
    }

    /// Edits and commits on the laptop, and pushes to `branch`.
    fn pushes(&self, file: &str, from: &str, to: &str, branch: &str) -> &Self {
        self.laptop
            .edits(file, &format!(":MARK \"{from}\""), &format!(":MARK \"{to}\""))
            .commits("from the laptop");
        self.laptop.git(&["push", "-q", "origin", &format!("HEAD:{branch}")]);
        self
    }

    /// A commit on the server that changes no definition.
    fn notes(&self) -> &Self {
        self.server.writes("notes.txt", "mine").commits("a note");
        self
    }

    /// Commits what is marked, and lets the sync of that end.
    fn commits(&self) -> &Self {
        self.server.commits("on the server");
        self.server.comes_to_rest();
        self
    }
}

#[test]
fn pulls_and_merges() {
    let group = Group::new();
    let row = group.row("pull, fast-forward");
    row.pushes(WEB, "1", "2", "main").ends_in_sync(&["pull"], 1);
    row.ends_in_sync(&["pull"], 0);
    row.ends_in_sync(&["fetch"], 0);

    let row = group.row("pull, true merge");
    row.notes().pushes(WEB, "1", "2", "main").ends_in_sync(&["pull", "--no-rebase", "--no-edit"], 1);

    let row = group.row("pull that conflicts, and its end");
    row.marks(WEB, "2").commits().pushes(WEB, "1", "3", "main").stops(&["pull", "--no-rebase"], 1);
    row.server.pm2sync(&["status"]).exits(4).says("waiting for the merge to end").says("not resolved");
    row.server.git(&["checkout", "-q", "--theirs", WEB]);
    row.stops(&["add", WEB], 0);
    row.ends_in_sync(&["commit", "-q", "--no-edit"], 1);

    let row = group.row("merge abort");
    row.marks(WEB, "2").commits().pushes(WEB, "1", "3", "main").stops(&["pull", "--no-rebase"], 1);
    row.ends_in_sync(&["merge", "--abort"], 0);

    let row = group.row("merge squash");
    row.pushes(WEB, "1", "2", "side").server.git(&["fetch", "-q"]);
    row.ends_in_sync(&["merge", "--squash", "origin/side"], 1);
    row.ends_in_sync(&["commit", "-q", "-m", "squashed"], 0);

    let row = group.row("pull autostash");
    row.pushes(WEB, "1", "2", "main")
        .marks(JOB, "5")
        .ends_in_sync(&["pull", "--no-rebase", "--autostash"], 1);
    assert_eq!((row.mark_in(WEB), row.mark_in(JOB)), ("2".to_owned(), "5".to_owned()));
}

#[test]
fn rebases() {
    let group = Group::new();
    let row = group.row("pull rebase, only behind");
    row.pushes(WEB, "1", "2", "main").ends_in_sync(&["pull", "--rebase"], 1);

    let row = group.row("pull rebase, local commits");
    row.notes().pushes(WEB, "1", "2", "main").ends_in_sync(&["pull", "--rebase"], 1);

    let row = group.row("pull rebase autostash");
    row.notes().pushes(WEB, "1", "2", "main").marks(JOB, "5");
    row.ends_in_sync(&["pull", "--rebase", "--autostash"], 1);

    let row = group.row("rebase, purely behind");
    row.pushes(WEB, "1", "2", "main").server.git(&["fetch", "-q"]);
    row.ends_in_sync(&["rebase", "origin/main"], 1);

    let row = group.row("rebase apply");
    row.notes().pushes(WEB, "1", "2", "main").server.git(&["fetch", "-q"]);
    row.ends_in_sync(&["rebase", "--apply", "origin/main"], 1);

    let stopped = |what| {
        let row = group.row(what);
        row.marks(WEB, "2").commits().pushes(WEB, "1", "3", "main").server.git(&["fetch", "-q"]);
        row.stops(&["rebase", "origin/main"], 1);
        row.server.pm2sync(&["status"]).says("waiting for the rebase to end");
        row
    };
    let row = stopped("rebase abort");
    row.ends_in_sync(&["rebase", "--abort"], 0);
    let row = stopped("rebase skip");
    row.ends_in_sync(&["rebase", "--skip"], 1);
    let row = stopped("rebase continue");
    row.server.git(&["checkout", "-q", "--theirs", WEB]);
    row.stops(&["add", WEB], 0);
    group.0.sets("GIT_EDITOR", "true");
    row.ends_in_sync(&["rebase", "--continue"], 0);

    let row = group.row("rebase interactive fixup");
    row.marks(WEB, "2").commits().marks(WEB, "3").commits();
    group.0.sets("GIT_SEQUENCE_EDITOR", "sed -i 2s/^pick/fixup/");
    row.ends_in_sync(&["rebase", "-q", "-i", "HEAD~2"], 0);
}

#[test]
fn checkouts() {
    let group = Group::new();
    let row = group.row("switch and back");
    row.pushes(WEB, "1", "2", "side").server.git(&["fetch", "-q"]);
    row.ends_in_sync(&["switch", "-q", "side"], 1);
    row.ends_in_sync(&["switch", "-q", "main"], 1);
    row.ends_in_sync(&["checkout", "-q", "--detach", "origin/side"], 1);
    row.ends_in_sync(&["checkout", "-q", "-B", "main", "origin/main"], 1);

    let row = group.row("edited and synced");
    row.marks(WEB, "5").server.syncs();
    row.ends_in_sync(&["checkout", "-q", "-f"], 1);
    row.marks(WEB, "6").server.syncs();
    row.ends_in_sync(&["checkout", "-q", "--", WEB], 1);
    row.marks(WEB, "7").server.syncs();
    row.ends_in_sync(&["restore", WEB], 1);
    row.ends_in_sync(&["checkout", "-q", "-b", "same"], 0);

    let row = group.row("orphan");
    let before = row.server.snapshot();
    row.does(&["switch", "-q", "--orphan", "empty"], 0).finished.says("--allow-empty");
    assert_eq!(row.server.changed_since(&before), Vec::<String>::new());
    row.ends_in_sync(&["switch", "-q", "main"], 1);
    assert_eq!(row.server.changed_since(&before), Vec::<String>::new());
}

#[test]
fn what_fires_no_hook() {
    let group = Group::new();
    let row = group.row("resets");
    row.marks(WEB, "2").commits();
    row.ends_in_sync(&["reset", "-q", "--soft", "HEAD~1"], 0);
    row.ends_in_sync(&["reset", "-q", "--mixed"], 0);
    row.is_healed_later(&["reset", "-q", "--hard"]);
    row.marks(WEB, "3").commits();
    row.is_healed_later(&["reset", "-q", "--keep", "HEAD~1"]);
    row.marks(WEB, "4").commits();
    row.is_healed_later(&["reset", "-q", "--merge", "HEAD~1"]);

    let row = group.row("stashes");
    row.marks(WEB, "5").server.syncs();
    row.is_healed_later(&["stash", "push", "-q"]);
    row.is_healed_later(&["stash", "pop", "-q"]);
    row.is_healed_later(&["stash", "push", "-q"]);
    row.is_healed_later(&["stash", "branch", "aside"]);

    let row = group.row("am");
    row.pushes(WEB, "1", "2", "side");
    let patch = row.laptop.git(&["format-patch", "-1", "--stdout"]).stdout;
    row.server.writes("../patch", &patch);
    row.is_healed_later(&["am", "-q", "../patch"]);
}

#[test]
fn commits_of_every_kind() {
    let group = Group::new();
    let row = group.row("commit and amend");
    row.marks(WEB, "2").ends_in_sync(&["commit", "-q", "--all", "-m", "two"], 1);
    row.marks(WEB, "3").ends_in_sync(&["commit", "-q", "--all", "--amend", "--no-edit"], 1);
    row.ends_in_sync(&["revert", "--no-edit", "HEAD"], 1);

    let row = group.row("cherry-pick");
    row.pushes(WEB, "1", "2", "side").server.git(&["fetch", "-q"]);
    row.ends_in_sync(&["cherry-pick", "origin/side"], 1);

    let row = group.row("cherry-pick that conflicts");
    row.pushes(WEB, "1", "2", "side").server.git(&["fetch", "-q"]);
    row.marks(WEB, "3").commits().stops(&["cherry-pick", "origin/side"], 1);
    row.server.git(&["checkout", "-q", "--theirs", WEB]);
    row.stops(&["add", WEB], 0);
    row.ends_in_sync(&["-c", "core.editor=true", "cherry-pick", "--continue"], 1);
}

#[test]
fn bisects_worktrees_and_submodules() {
    let group = Group::new();
    let row = group.row("bisect");
    for mark in ["2", "3", "4", "5"] {
        row.marks(WEB, mark).commits();
    }
    row.stops(&["bisect", "start", "-q", "HEAD", "HEAD~4"], 0);
    row.stops(&["bisect", "good"], 0);
    row.ends_in_sync(&["bisect", "reset"], 0);

    let row = group.row("worktree add");
    let before = row.server.snapshot();
    row.does(&["worktree", "add", "-q", "-b", "beside", "../beside"], 0).finished.says("is not enrolled");
    let beside = Workspace::at(&group.0, row.server.root().parent().unwrap().join("beside"));
    beside.edits(WEB, ":MARK \"1\"", ":MARK \"9\"").commits("in the other worktree");
    assert_eq!(row.server.changed_since(&before), Vec::<String>::new());
    row.is_in_sync();

    let row = group.row("clone");
    let before = row.server.snapshot();
    let hooks = row.server.hook_file("post-checkout");
    let hooks_path = format!("core.hooksPath={}", hooks.parent().unwrap().display());
    let cloned = row.does(&["clone", "-q", "-c", &hooks_path, "../clone.git", "../another"], 0);
    cloned.finished.says("is not enrolled");
    assert_eq!(row.server.changed_since(&before), Vec::<String>::new());

    let row = group.row("submodule");
    let library = group.0.workspace("library", &[("lib.txt", "1")]);
    let path = library.root().to_str().unwrap();
    row.ends_in_sync(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", path, "lib"], 0);
    row.ends_in_sync(&["commit", "-q", "-m", "a library"], 0);
    row.ends_in_sync(&["submodule", "--quiet", "update", "--init"], 0);

    let row = group.row("first pull");
    let fresh = Workspace::at(&group.0, group.0.folder().join("fresh"));
    fs::create_dir(fresh.root()).unwrap();
    fresh.git(&["init", "-q"]);
    fresh.git(&["remote", "add", "origin", "../first-pull.git"]);
    fresh.pm2sync(&["install-hooks"]).exits(0);
    fresh.pm2sync(&["sync"]).exits(4);
    fresh.git(&["pull", "-q", "origin", "main"]);
    fresh.pm2sync(&["status"]).exits(0).says("pending");
    // Its apps are another clone's, so they are left, and named.
    fresh.git(&["commit", "-q", "--allow-empty", "-m", "anything"]).says("belongs to the workspace");
    row.is_in_sync();
}
