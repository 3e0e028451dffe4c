//! `plan BASE..HEAD`: what a change would do, from git's objects alone, with
//! neither a checkout nor PM2.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::support::{APPS, APPS_FILE, INDEX, INDEX_FILE, Sandbox, Workspace, run};

/// A sandbox on whose branch `topic` one app is replaced, one removed and one started.
fn with_a_topic() -> Sandbox {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.git(&["switch", "-q", "-c", "topic"]);
    laptop.edits(APPS_FILE, "4001", "s3cret-4002").edits(APPS_FILE, "blue", "s3cret-red");
    laptop.edits(
        APPS_FILE,
        r#"(defapp "clock" {:script "app.js"})"#,
        r#"(defapp "bell" {:script "app.js"})"#,
    );
    laptop.commits("change three");
    laptop.git(&["switch", "-q", "main"]);
    sandbox
}

fn actions(workspace: &Workspace<'_>, arguments: &[&str]) -> Vec<(String, String)> {
    let arguments = [&["plan", "--format", "json"], arguments].concat();
    workspace.pm2sync(&arguments).exits(0).list("actions", "action")
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(app, action)| ((*app).to_owned(), (*action).to_owned())).collect()
}

const CHANGES: [(&str, &str); 3] = [("bell", "start"), ("clock", "remove"), ("web", "replace")];

#[test]
fn a_range_says_what_it_would_start_replace_and_remove_and_why() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    let planned = laptop.pm2sync(&["plan", "main..topic", "--format", "json"]).exits(0);
    assert_eq!(planned.list("actions", "action"), pairs(&CHANGES));
    assert_eq!(planned.reasons("actions", "web"), ["args", "env.PORT"]);
    assert_eq!(planned.json()["unchanged"], 1);
    assert_eq!(planned.json()["version"], 1);

    let said = laptop.pm2sync(&["plan", "main..topic"]).exits(0);
    assert_eq!(said.lines_of("replace web: ").len(), 1, "{}", said.all());
    assert!(said.lines_of("replace web: ")[0].ends_with("(ecosystems/apps.cljs:4)"), "{}", said.all());
    assert!(!sandbox.has_daemon() && !sandbox.pm2_home().exists(), "no PM2 was needed");
    assert!(!laptop.root().join(".clobber").exists(), "nothing was written");
    assert!(!sandbox.transcript().contains("s3cret"), "a value is shown");
}

#[test]
fn only_the_revisions_count_and_not_what_is_checked_out() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    laptop.writes(APPS_FILE, "(broken").writes("pm2sync.toml", "soruces = 1");
    assert_eq!(actions(&laptop, &["main..topic"]), pairs(&CHANGES));
    laptop.git(&["rm", "-q", "-r", "-f", "ecosystems"]);
    assert_eq!(actions(&laptop, &["main..topic"]), pairs(&CHANGES));
}

#[test]
fn every_way_of_git_to_name_a_range_is_taken() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    let base = laptop.head();
    assert_eq!(actions(&laptop, &["..topic"]), pairs(&CHANGES));
    assert_eq!(actions(&laptop, &[&format!("{base}..topic")]), pairs(&CHANGES));
    assert_eq!(actions(&laptop, &[&format!("{}..topic~0", &base[..8])]), pairs(&CHANGES));
    assert_eq!(
        actions(&laptop, &["topic.."]),
        pairs(&[("bell", "remove"), ("clock", "start"), ("web", "replace")])
    );

    // Meanwhile `main` goes on, too: two dots take that back, three do not.
    laptop.edits(APPS_FILE, "first", "second").commits("change worker");
    assert_eq!(actions(&laptop, &["main...topic"]), pairs(&CHANGES));
    assert_eq!(actions(&laptop, &["main..topic"]).last().unwrap().0, "worker");
}

#[test]
fn what_is_required_and_the_settings_come_from_the_revision() {
    let ports = "(ns ports)\n(def web \"4001\")\n";
    let apps = APPS
        .replace("[clobber.macro :refer [defapp]]", "[clobber.macro :refer [defapp]] [ports]")
        .replace("\"4001\"", "ports/web");
    let sandbox = Sandbox::holding(&[
        ("config/apps.cljs", &apps),
        ("lib/ports.cljs", ports),
        ("pm2sync.toml", "sources = [\"config/apps.cljs\"]\n[apply]\nremoved = \"stop\"\n"),
        ("shadow-cljs.edn", "{:source-paths [\"config\" \"lib\"]}"),
    ]);
    let laptop = sandbox.laptop();
    laptop.edits("lib/ports.cljs", "4001", "4002").commits("move web");
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), pairs(&[("web", "replace")]));
    laptop.edits("config/apps.cljs", "(defapp \"clock\" {:script \"app.js\"})", "").commits("no clock");
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), pairs(&[("clock", "stop")]));
}

#[test]
fn sources_of_shadow_cljs_are_compiled_by_pm2sync_itself() {
    let edn = "{:source-paths [\"ecosystems\"]
                :builds {:clobber {:target :node-script :main index/-main :output-to \".clobber/index.cjs\"}}}";
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), (INDEX_FILE, INDEX), ("shadow-cljs.edn", edn)]);
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").commits("move web");
    assert_eq!(actions(&laptop, &["HEAD~1.."]), pairs(&[("web", "replace")]));
}

#[test]
fn other_compilers_are_refused_with_the_way_out() {
    let entry = "module.exports = {apps: [{name: \"a\", script: \"app.js\"}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", entry)]);
    let laptop = sandbox.laptop();
    laptop.writes("notes", "").commits("nothing");
    laptop
        .pm2sync(&["plan", "HEAD~1..HEAD"])
        .exits(2)
        .says("`ecosystem.config.cjs` is written by hand")
        .says("git worktree add");
    laptop.writes("pm2sync.toml", "[compile]\ncompiler = \"command\"\n").commits("a command");
    laptop.pm2sync(&["plan", "HEAD..HEAD"]).exits(2).says("a command compiles its definitions");
}

#[test]
fn a_compile_error_names_the_revision_and_the_place() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    laptop.git(&["switch", "-q", "-c", "broken"]);
    laptop.edits(APPS_FILE, "(defapp \"clock\"", "(defap \"clock\"").commits("break it");
    let said = laptop.pm2sync(&["plan", "main..broken"]).exits(4);
    said.says("in `broken`").says("ecosystems/apps.cljs:13:");
    let comment = laptop.pm2sync(&["plan", "main..broken", "--format", "markdown"]).exits(4).stdout;
    assert!(comment.contains("no plan: the definitions do not compile"), "{comment}");
    assert!(comment.contains("- ecosystems/apps.cljs:13:2: in `broken`: "), "{comment}");
    laptop.pm2sync(&["plan", "broken..main"]).exits(4).says("in `broken`");
    laptop.writes("pm2sync.toml", "soruces = []\n").commits("and the settings");
    laptop.pm2sync(&["plan", "main..broken"]).exits(2).says("in `broken`").says("did you mean `sources`?");
}

#[test]
fn an_unknown_revision_is_named_with_the_next_step() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["plan", "main..nowhere"]).exits(2).says("`nowhere`").says("git fetch");
    // A branch was force-pushed, and its old revision is gone.
    let gone = "1234567890123456789012345678901234567890";
    laptop.pm2sync(&["plan", &format!("{gone}..main")]).exits(2).says("force-push");
    laptop.pm2sync(&["plan", "main"]).exits(2).says("`main..HEAD`").says("--against running");
    laptop.pm2sync(&["plan", "main:app.js..main"]).exits(2).says("names no commit");
    laptop.git(&["switch", "-q", "--orphan", "alone"]);
    laptop.writes("a", "").commits("another beginning");
    laptop.pm2sync(&["plan", "main...alone"]).exits(2).says("no common ancestor");
}

#[test]
fn what_has_no_definitions_starts_or_removes_them_all() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let null = "0".repeat(40);
    let all = |action| pairs(&[("clock", action), ("web", action), ("worker", action)]);
    assert_eq!(actions(&laptop, &[&format!("{null}..HEAD")]), all("start"));
    laptop.git(&["rm", "-q", "-r", "ecosystems"]);
    laptop.commits("no more");
    assert_eq!(actions(&laptop, &["HEAD..HEAD~1"]), all("start"));
    // Nothing is removed for an empty set without `--allow-empty`.
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), all("leave"));
}

#[test]
fn the_exit_code_tells_of_changes_where_it_is_asked_for() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["plan", "main..topic", "--exit-code"]).exits(3);
    laptop.pm2sync(&["plan", "main..main", "--exit-code"]).exits(0).says("nothing to do: 3 apps");
}

#[test]
fn markdown_is_ready_for_a_pull_request() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    let said = laptop.pm2sync(&["plan", "main...topic", "--format", "markdown"]).exits(0);
    for line in [
        "**pm2sync**: what `main...topic` changes",
        "| `web` | replace | env.PORT, args changed | `ecosystems/apps.cljs:4` |",
        "| `clock` | remove | its definition is gone | `ecosystems/apps.cljs:13` |",
        "| `bell` | start | it is new | `ecosystems/apps.cljs:13` |",
        "1 to start, 1 to replace, 1 to remove; 1 app in sync.",
    ] {
        assert_eq!(said.stdout.lines().filter(|found| *found == line).count(), 1, "{line}\n{}", said.stdout);
    }
    assert!(!said.all().contains("s3cret"), "{}", said.all());
    laptop
        .pm2sync(&["plan", "main..main", "--format", "markdown"])
        .exits(0)
        .says("**pm2sync**: `main..main` changes no app (3 in all).");
}

#[test]
fn a_revision_can_be_compared_with_what_runs() {
    let sandbox = with_a_topic();
    let laptop = sandbox.laptop();
    laptop.syncs();
    assert_eq!(actions(&laptop, &["main..topic", "--against", "running"]), pairs(&CHANGES));
    assert_eq!(actions(&laptop, &["topic", "--against", "running"]), pairs(&CHANGES));
    assert_eq!(actions(&laptop, &["topic..main", "--against", "running"]), []);
    laptop.pm2sync(&["plan", "--against", "base"]).exits(2).says("BASE..HEAD");
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");
    let old = laptop.git(&["rev-parse", "HEAD~1"]).stdout.trim().to_owned();
    let remote = format!("file://{}/remote.git", sandbox.folder().display());
    laptop.git(&["clone", "-q", "--depth", "1", &remote, "../shallow"]);
    let shallow = Workspace::at(&sandbox, sandbox.folder().join("shallow"));
    for range in ["HEAD~1..HEAD".to_owned(), format!("{old}..HEAD")] {
        shallow.pm2sync(&["plan", &range]).exits(2).says("git fetch --unshallow");
    }
    shallow.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(actions(&shallow, &[&format!("{old}..HEAD")]), pairs(&[("web", "replace")]));
}

#[test]
fn a_partial_clone_says_how_to_get_the_rest() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.edits(APPS_FILE, "4001", "4002").pushes("move web");
    run(sandbox.command("git", &sandbox.folder().join("remote.git")).args([
        "config",
        "uploadpack.allowFilter",
        "true",
    ]))
    .exits(0);
    let remote = format!("file://{}/remote.git", sandbox.folder().display());
    laptop.git(&["clone", "-q", "--filter=blob:none", &remote, "../partial"]);
    let partial = Workspace::at(&sandbox, sandbox.folder().join("partial"));
    partial
        .pm2sync(&["plan", "HEAD~1..HEAD"])
        .exits(2)
        .says("partial clone")
        .says("git fetch --refetch --no-filter");
    partial.git(&["fetch", "-q", "--refetch", "--no-filter"]);
    assert_eq!(actions(&partial, &["HEAD~1..HEAD"]), pairs(&[("web", "replace")]));
}

#[test]
fn links_are_followed_inside_the_repository_and_not_out_of_it() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    fs::create_dir(laptop.root().join("deploy")).unwrap();
    laptop.git(&["mv", "ecosystems", "deploy/definitions"]);
    symlink("deploy/../deploy/definitions", laptop.root().join("ecosystems")).unwrap();
    laptop.commits("link the definitions");
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), []);
    laptop.edits("deploy/definitions/apps.cljs", "4001", "4002").commits("move web");
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), pairs(&[("web", "replace")]));

    fs::remove_file(laptop.root().join("ecosystems")).unwrap();
    symlink("../elsewhere", laptop.root().join("ecosystems")).unwrap();
    laptop.commits("link out");
    laptop.pm2sync(&["plan", "HEAD~1..HEAD"]).exits(2).says("leads out of the repository");
}

#[test]
fn line_ends_and_other_files_change_no_app() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.git(&["config", "core.autocrlf", "false"]);
    let text = laptop.reads(APPS_FILE).replace('\n', "\r\n");
    laptop.writes(APPS_FILE, &text).writes("a b\n\"c\"/d", "strange name");
    let name = OsStr::from_bytes(b"ecosystems/\xff.txt");
    fs::write(laptop.root().join(name), "no source").unwrap();
    laptop.commits("nothing that matters");
    assert_eq!(actions(&laptop, &["HEAD~1..HEAD"]), []);
}
