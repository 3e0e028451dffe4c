//! `pm2sync watch`: whatever way an edit comes, it is one sync of what it
//! changes; what decides nothing is nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::{APPS, APPS_FILE, Sandbox, Watching, Workspace, run, until, variable_of};

/// One app, whose number is the one thing that edits change.
fn definition(number: u32) -> String {
    format!(
        "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
         (defapp \"web\" {{:script \"app.js\" :env {{:N \"{number}\"}}}})\n"
    )
}

#[track_caller]
fn number(server: &Workspace) -> u32 {
    server.running("web").variable("N").unwrap().parse().unwrap()
}

/// What made each sync look, but for the first ones by hand.
fn triggers(server: &Workspace) -> Vec<String> {
    let what = |entry: serde_json::Value| entry["trigger"]["what"].as_str().unwrap().to_owned();
    server.journal().into_iter().map(what).filter(|what| what != "pm2sync sync").collect()
}

#[test]
fn every_way_to_save_is_one_sync_and_what_decides_nothing_is_none() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let started = server.snapshot();
    assert_eq!(started.names(), ["clock", "web", "worker"]);
    let root = server.root();
    let file = root.join(APPS_FILE);
    let edited = |old: &str, new: &str| server.reads(APPS_FILE).replace(old, new);
    let mut replaced = 0;
    let mut takes = |what: &str| {
        replaced += 1;
        watch.says_again("replaced web: env.PORT changed", replaced);
        assert_eq!(triggers(&server).len(), replaced + 1, "{what}\n{}", watch.said());
    };

    server.writes(APPS_FILE, &edited("4001", "4002"));
    takes("written in place");

    // As VS Code and many others do: another file takes its place.
    fs::write(file.with_extension("tmp"), edited("4002", "4003")).unwrap();
    fs::rename(file.with_extension("tmp"), &file).unwrap();
    takes("renamed over it");

    // As vim and emacs do: the old one becomes the backup.
    for other in ["ecosystems/4913", "ecosystems/.apps.cljs.swp", "ecosystems/#apps.cljs#"] {
        server.writes(other, "swap");
    }
    let text = edited("4003", "4004");
    fs::rename(&file, root.join("ecosystems/apps.cljs~")).unwrap();
    fs::write(&file, text).unwrap();
    server.deletes("ecosystems/4913").deletes("ecosystems/.apps.cljs.swp").deletes("ecosystems/#apps.cljs#");
    takes("with a backup");

    // What decides nothing: a touch, the artifact, folders of tools, logs.
    let same = server.reads(APPS_FILE);
    for _ in 0..3 {
        server.writes(APPS_FILE, &same);
        server.writes(".shadow-cljs/builds/x.cljs", "()").writes("node_modules/x/y.cljs", "()");
        server.writes("logs/out.log", "words").writes("app.log", "words");
        fs::write(root.join(".clobber/index.cjs"), "module.exports = {apps: []}").unwrap();
        sleep(Duration::from_millis(400));
    }
    server.writes(APPS_FILE, &edited("4004", "4005"));
    takes("after what decides nothing");

    // A comment compiles, and replaces nothing.
    server.writes(APPS_FILE, &format!("{}; a comment\n", server.reads(APPS_FILE)));
    watch.says("edit of ecosystems/apps.cljs: in sync: 3 apps");
    let web = server.changed_since(&started);
    assert_eq!(web, ["web"]);
    assert_eq!(watch.said().lines().count(), 1 + 1 + replaced + 1, "{}", watch.said());
    let (code, _) = watch.ends_by(Signal::TERM);
    assert_eq!(code, Some(0));
}

#[test]
fn sources_folders_settings_and_variables_count_as_they_come_and_go() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&["--debounce", "100"]);
    let app = |name: &str| {
        format!(
            "(ns {name} (:require [clobber.macro :refer [defapp env-var]]))\n\
             (defapp \"{name}\" {{:script \"app.js\" :env {{:KEY (env-var :KEY \"none\")}}}})\n"
        )
    };
    server.writes("ecosystems/more.cljs", &app("more"));
    watch.says("edit of ecosystems/more.cljs: started more");

    server.writes(".env", "KEY=given\n");
    watch.says("edit of .env: replaced more: env.KEY changed");
    assert_eq!(server.running("more").variable("KEY").as_deref(), Some("given"));

    server.deletes("ecosystems/more.cljs");
    watch.says("edit of ecosystems/more.cljs: removed more");

    server.edits(
        "pm2sync.toml",
        "[hooks]",
        "sources = [\"ecosystems/*.cljs\", \"teams/**/*.cljs\"]\n[hooks]",
    );
    watch.says("edit of pm2sync.toml: in sync");

    server.writes("teams/blue/deep.cljs", &app("blue.deep"));
    watch.says("edit of teams/blue/deep.cljs: started blue.deep");
    fs::rename(server.root().join("teams/blue"), server.root().join("teams/red")).unwrap();
    watch.says("does not fit the file `teams/red/deep.cljs`");
    server.edits("teams/red/deep.cljs", "(ns blue", "(ns red");
    watch.says("edit of teams/red/deep.cljs: in sync");
    fs::remove_dir_all(server.root().join("teams")).unwrap();
    watch.says("removed blue.deep");

    server.writes("shadow-cljs.edn", "{:source-paths [\"ecosystems\" \"lib\"]}\n");
    watch.says("edit of shadow-cljs.edn: in sync");
    server.writes("lib/shared.cljs", "(ns shared)\n(def port \"4444\")\n");
    watch.says("edit of lib/shared.cljs");
    let with = server.reads(APPS_FILE).replace("(:require [", "(:require [shared] [");
    server.writes(APPS_FILE, &with.replace("\"4001\"", "shared/port"));
    watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
    server.edits("lib/shared.cljs", "4444", "4445");
    watch.says("edit of lib/shared.cljs: replaced web: env.PORT changed");

    // A link leads to where the file is edited.
    let elsewhere = server.folder().join("elsewhere.cljs");
    fs::write(&elsewhere, app("linked")).unwrap();
    symlink(&elsewhere, server.root().join("ecosystems/linked.cljs")).unwrap();
    watch.says("started linked");
    fs::write(&elsewhere, app("linked").replace(":KEY (", ":OTHER (")).unwrap();
    watch.says("edit of ecosystems/linked.cljs: replaced linked");
}

#[test]
fn many_files_of_a_checkout_are_one_sync_and_git_pauses_and_branches_are_minded() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.pm2sync(&["uninstall-hooks"]).exits(0);
    let library = |number: u32, text: u32| format!("(ns lib{number})\n(def value \"{text}\")\n");
    for file in 0..120 {
        server.writes(&format!("ecosystems/lib{file}.cljs"), &library(file, 1));
    }
    server.commits("many");
    server.git(&["checkout", "-q", "-b", "other"]);
    for file in 0..120 {
        server.writes(&format!("ecosystems/lib{file}.cljs"), &library(file, 2));
    }
    server.edits(APPS_FILE, "4001", "4002").commits("all of them");
    server.git(&["checkout", "-q", "main"]);
    let watch = server.watches(&[]);
    server.git(&["checkout", "-q", "other"]);
    watch.says("replaced web: env.PORT changed");
    assert_eq!(triggers(&server).len(), 2, "{}", watch.said());
    assert!(watch.said().contains("and 118 more: replaced web"), "{}", watch.said());

    // A pause, and what git is in the middle of, hold it back and lose nothing.
    server.pm2sync(&["pause", "a release"]).exits(0);
    server.edits(APPS_FILE, "4002", "4003");
    watch.says("a release");
    assert_eq!(triggers(&server).len(), 2);
    server.pm2sync(&["resume"]).exits(0);
    // By the watch, or by the hook that `resume` stands in for: so what it says is not counted here.
    let moves_to = |port: &str| {
        comes_to(&server, "PORT", port, &watch);
        server.comes_to_rest();
    };
    moves_to("4003");
    server.commits("mine");

    server.git(&["checkout", "-q", "main"]);
    moves_to("4001");
    server.edits(APPS_FILE, "4001", "4100").commits("theirs");
    moves_to("4100");
    let before = server.snapshot();
    assert_ne!(run(server.command("git", server.root()).args(["merge", "other"])).code, 0);
    watch.says("waiting for the merge to end");
    server.git(&["merge", "--abort"]);
    server.edits(APPS_FILE, "\"clock\" {", "\"bell\" {");
    watch.says("started bell");
    assert_eq!(server.changed_since(&before), ["bell", "clock"]);

    server.edits("pm2sync.toml", "[hooks]", "[hooks]\nbranches = [\"release/*\"]");
    watch.says("hooks act on `release/*` and not on branch `main`");
    server.git(&["checkout", "-q", "-b", "release/1"]);
    watch.says("edit of pm2sync.toml: in sync");
}

#[test]
fn what_links_lead_to_counts_wherever_one_of_them_is_turned() {
    let app = |name: &str, number: u32| {
        format!(
            "(ns {name} (:require [clobber.macro :refer [defapp env-var]]))\n\
             (defapp \"{name}\" {{:script \"app.js\" :env {{:N \"{number}\" :KEY (env-var :KEY \"none\")}}}})\n"
        )
    };
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let folder = server.folder();
    let turns = |link: &str, target: &str| {
        symlink(target, folder.join("turned")).unwrap();
        fs::rename(folder.join("turned"), folder.join(link)).unwrap();
    };
    // Sources that lie elsewhere, and among them one in a release that changes below it.
    fs::rename(server.root().join("ecosystems"), folder.join("sources")).unwrap();
    turns("server/ecosystems", "../sources");
    for number in [1, 2] {
        let release = folder.join(format!("releases/{number}"));
        fs::create_dir_all(&release).unwrap();
        fs::write(release.join("linked.cljs"), app("linked", number)).unwrap();
    }
    turns("releases/current", "1");
    turns("sources/linked.cljs", "../releases/current/linked.cljs");
    // Nothing is there yet.
    turns("server/.env", "../secrets/variables");
    let watch = server.watches(&[]);

    server.writes("ecosystems/more.cljs", &app("more", 1));
    watch.says("edit of ecosystems/more.cljs: started more");
    server.edits("ecosystems/more.cljs", "\"1\"", "\"2\"");
    watch.says("edit of ecosystems/more.cljs: replaced more: env.N changed");
    turns("releases/current", "2");
    watch.says("edit of ecosystems/linked.cljs: replaced linked: env.N changed");
    fs::create_dir(folder.join("secrets")).unwrap();
    fs::write(folder.join("secrets/variables"), "KEY=given\n").unwrap();
    watch.says("edit of .env: replaced linked: env.KEY changed; replaced more: env.KEY changed");
}

#[test]
fn a_namespace_that_is_new_counts_while_the_app_that_reads_it_proves_itself() {
    let apps = APPS.replacen("{:script", "{:min_uptime 3000 :script", 1);
    let sandbox = Sandbox::holding(&[(APPS_FILE, &apps), ("shadow-cljs.edn", "{:source-paths [\"lib\"]}\n")]);
    let server = sandbox.server();
    server.edits("pm2sync.toml", "[hooks]", "[compile]\ncompiler = \"embedded\"\n[hooks]");
    server.writes("lib/shared.cljs", "(ns shared)\n(def port \"4444\")\n");
    let watch = server.watches(&[]);
    watch.says("3 done");
    let with = server.reads(APPS_FILE).replace("(:require [", "(:require [shared] [");
    server.writes(APPS_FILE, &with.replace("\"4001\"", "shared/port"));
    until("it runs", || sandbox.runs_with("web", "PORT", "4444"));
    server.edits("lib/shared.cljs", "4444", "4445");
    watch.says("edit of ecosystems/apps.cljs: replaced web: env.PORT changed");
    watch.says("edit of lib/shared.cljs: replaced web: env.PORT changed");
}

#[test]
fn what_someone_else_has_synced_in_between_is_synced_back() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.pm2sync(&["uninstall-hooks"]).exits(0);
    server.edits("pm2sync.toml", "[hooks]", "[hooks]\nbranches = [\"main\"]").commits("only main");
    let watch = server.watches(&[]);
    server.git(&["checkout", "-q", "-b", "other"]);
    server.edits(APPS_FILE, "4001", "4002").commits("a try");
    watch.says("hooks act on `main` and not on branch `other`");
    server.syncs();
    assert!(server.runs_with("web", "PORT", "4002"));
    server.git(&["checkout", "-q", "main"]);
    watch.says("replaced web: env.PORT changed");
    assert!(server.runs_with("web", "PORT", "4001"));
}

#[test]
fn a_hook_and_a_watch_do_one_change_once() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let before = server.running("web").started;
    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls();
    until("it runs", || server.runs_with("web", "PORT", "4002"));
    let once = server.running("web");
    assert_ne!(once.started, before);
    server.comes_to_rest();
    server.edits(APPS_FILE, "\"first\"", "\"second\"");
    watch.says("replaced worker");
    assert_eq!(server.running("web").pid, once.pid, "{}", watch.said());
    server.pm2sync(&["plan", "--exit-code"]).exits(0);
}

#[test]
fn vim_saves_are_seen() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definition(1))]);
    let server = sandbox.server();
    let watch = server.watches(&[]);
    // In a terminal of its own, with swap file and backup, as a person has it.
    for (count, options) in ["set backup", "set backupcopy=no", "set backupcopy=yes"].iter().enumerate() {
        let count = u32::try_from(count).unwrap();
        let script = format!(
            "vim -u NONE -i NONE -N -c '{options}' -c 'normal /:N \"\\n' -c '%s/:N \"{}\"/:N \"{}\"/' -c 'wq' {APPS_FILE}",
            count + 1,
            count + 2
        );
        let mut command = server.command("script", server.root());
        command.env("TERM", "xterm").args(["-qec", &script, "/dev/null"]);
        run(&mut command).exits(0);
        watch.says_again("edit of ecosystems/apps.cljs: replaced web: env.N changed", count as usize + 1);
        assert_eq!(number(&server), count + 2, "{}", watch.said());
    }
    assert_eq!(triggers(&server).len(), 4, "{}", watch.said());
}

/// Waits until an app runs whose `variable` is `wanted`.
#[track_caller]
fn comes_to(server: &Workspace, variable: &str, wanted: &str, watch: &Watching) {
    let is_it = |pid: &u32| variable_of(*pid, variable).as_deref() == Some(wanted);
    let began = Instant::now();
    while !server.daemons_children().iter().any(is_it) {
        assert!(began.elapsed() < Duration::from_mins(1), "{wanted} never runs:\n{}", watch.said());
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_storm_and_a_day_of_saves_miss_nothing_and_take_no_memory() {
    let sandbox = Sandbox::holding(&[(APPS_FILE, &definition(0))]);
    let server = sandbox.server();
    let watch = server.watches(&[]);
    let memory = watch.memory();

    // More files than the kernel has room to tell of, and one that decides.
    let folder = server.root().join("ecosystems");
    let began = Instant::now();
    for file in 0..10_000 {
        fs::write(folder.join(format!("storm{file}.cljs")), "").unwrap();
        if file % 2 == 0 {
            fs::remove_file(folder.join(format!("storm{file}.cljs"))).unwrap();
        }
    }
    let is_storm =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("storm"));
    for entry in fs::read_dir(&folder).unwrap().flatten().filter(|entry| is_storm(&entry.path())) {
        fs::remove_file(entry.path()).unwrap();
    }
    server.writes(APPS_FILE, &definition(1));
    comes_to(&server, "N", "1", &watch);
    // One in two seconds, and one where the storm itself is held up.
    let (syncs, most) = (triggers(&server).len(), 6 + began.elapsed().as_secs());
    assert!(syncs as u64 <= most, "{syncs} syncs\n{}", watch.said());

    // Five hundred saves, a day's worth, in all the ways.
    let (file, new) = (server.root().join(APPS_FILE), server.root().join("ecosystems/new"));
    for save in 2..=500 {
        if save % 2 == 0 {
            fs::write(&file, definition(save)).unwrap();
        } else {
            fs::write(&new, definition(save)).unwrap();
            fs::rename(&new, &file).unwrap();
        }
        if save % 100 == 0 {
            comes_to(&server, "N", &save.to_string(), &watch);
            // What is saved during each sync and never between two would be taken for a compiler's work.
            server.comes_to_rest();
        }
        sleep(Duration::from_millis(5));
    }
    server.pm2sync(&["plan", "--exit-code"]).exits(0);

    // Nothing was replaced but for another number, and nothing is replaced again.
    let said = watch.said();
    let replaced = said.matches("replaced web: env.N changed").count();
    assert!(replaced >= 5 && said.matches("replaced").count() == replaced, "{said}");
    let before = server.snapshot();
    sleep(Duration::from_millis(800));
    assert_eq!(server.snapshot(), before, "{said}");
    let grown = watch.memory().saturating_sub(memory);
    assert!(grown < 32 << 10, "{grown} KiB more than at the start");
    let (code, said) = watch.ends_by(Signal::INT);
    assert_eq!(code, Some(130), "{said}");
}
