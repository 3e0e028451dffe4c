//! The values of environment variables are nobody's business: they are in no
//! output and in nothing that pm2sync keeps.

use std::fs;
use std::path::Path;

use crate::support::{APPS_FILE, Sandbox};

const FILE: &str = "ecosystems/apps.cljs";

/// Values that stand nowhere else: one written out, one from the environment, one in arguments.
const SECRETS: [&str; 3] = ["xyzzy-written", "plugh-inherited", "fee-fie-argument"];

#[test]
fn no_value_of_an_environment_variable_is_ever_shown_or_kept() {
    let text = format!(
        "(ns apps (:require [clobber.macro :refer [defapp env-var]]))\n\
         (defapp \"web\" {{:script \"app.js\" :args [\"{}\"]\n\
         :env {{:TOKEN \"{}\" :KEY (env-var :OUTER_KEY \"none\") :PORT \"1\"}}}})\n\
         (defapp \"clock\" {{:script \"app.js\"}})\n",
        SECRETS[2], SECRETS[0]
    );
    let sandbox = Sandbox::holding(&[(FILE, &text)]);
    sandbox.sets("OUTER_KEY", SECRETS[1]);
    let server = sandbox.server();

    server.pm2sync(&["plan"]).exits(0);
    server.pm2sync(&["plan", "--format", "json"]).exits(0);
    server.pm2sync(&["-v", "sync"]).exits(0);
    let web = server.running("web");
    assert_eq!(web.variable("TOKEN").as_deref(), Some(SECRETS[0]), "the test's secrets are really in use");
    assert_eq!(web.variable("KEY").as_deref(), Some(SECRETS[1]));

    // Each of them changes, in a sync, in a hook and in a plan.
    let changed = |secret: &str| format!("{secret}-2");
    let laptop = sandbox.laptop();
    laptop.edits(FILE, SECRETS[0], &changed(SECRETS[0])).edits(FILE, SECRETS[2], &changed(SECRETS[2]));
    laptop.pushes("change both");
    server.pulls();
    assert_eq!(server.running("web").variable("TOKEN"), Some(changed(SECRETS[0])));
    sandbox.sets("OUTER_KEY", changed(SECRETS[1]));
    server.pm2sync(&["plan"]).exits(0);
    server.pm2sync(&["plan", "--format", "json"]).exits(0);
    server.pm2sync(&["sync", "--format", "json"]).exits(0);
    server.pm2sync(&["-v", "status"]).exits(0);
    server.pm2sync(&["status", "--format", "json"]).exits(0);
    server.pm2sync(&["-v", "compile"]).exits(0);
    server.edits(FILE, ":PORT \"1\"", ":PORT 1 2");
    server.pm2sync(&["-v", "sync"]).exits(4);

    let kept = everything_below(&server.state_folder());
    assert!(!kept.is_empty());
    for secret in SECRETS {
        let shown: Vec<_> = sandbox
            .transcript()
            .lines()
            // What the compile error quotes is the source itself, and git's diffs are not shown.
            .filter(|line| line.contains(secret) && !line.contains(":PORT 1 2"))
            .map(str::to_owned)
            .collect();
        assert!(shown.is_empty(), "shown: {shown:?}");
        assert!(!kept.contains(secret), "`{secret}` is kept in {kept}");
    }
}

#[test]
fn the_last_words_of_an_entry_that_ends_node_are_kept_nowhere() {
    let entry = |end: &str| {
        format!(
            "console.log(process.env.OUTER_KEY);\n{end}module.exports = {{apps: [{{name: 'web', script: 'app.js'}}]}};\n"
        )
    };
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", &entry(""))]);
    sandbox.sets("OUTER_KEY", SECRETS[1]);
    let server = sandbox.laptop();
    server.syncs();
    server.writes("ecosystem.config.cjs", &entry("process.kill(process.pid, 'SIGKILL');\n"));

    let synced = server.pm2sync(&["sync", "--format", "json"]).exits(4);
    let killed = "node was killed by signal 9 and gave no value";
    assert!(synced.stdout.contains(killed) && !synced.stdout.contains(SECRETS[1]), "{}", synced.all());
    server.pm2sync(&["history"]).says(killed).never_says(SECRETS[1]);
    assert!(!everything_below(&server.state_folder()).contains(SECRETS[1]));
}

#[test]
fn what_is_written_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let mode =
        |path: &Path| fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777).unwrap();
    assert_eq!(mode(&server.root().join(".clobber/index.cjs")), 0o600);
    assert_eq!(mode(&server.state_folder()), 0o700);
}

/// The names and the text of all files in `folder`.
fn everything_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        text.push_str(&path.to_string_lossy());
        if path.is_dir() {
            text.push_str(&everything_below(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()));
        }
    }
    text
}

#[test]
fn what_an_entry_throws_is_not_kept_and_not_among_gits_lines() {
    let good = "module.exports = {apps: [{name: 'web', script: 'app.js'}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", good)]);
    sandbox.sets("CFG", "hunter2secret");
    let server = sandbox.server();
    server.syncs();
    server.writes("ecosystem.config.cjs", &format!("JSON.parse(process.env.CFG);\n{good}"));
    server.commits("a throw");
    let journal = fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap();
    for told in [&journal, &sandbox.transcript()] {
        assert!(told.contains("it threw an error at") && !told.contains("hunter2"), "{told}");
    }
    server.pm2sync(&["sync"]).exits(4).says("is not valid JSON");
}

#[test]
fn a_text_of_the_sources_is_in_no_message() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, ":PORT \"4001\"", ":PORT :KEY \"sk-live-5\"").commits("a forgotten value");
    server.pm2sync(&["sync"]).exits(4).says("has none").never_says("sk-live");
    let journal = fs::read_to_string(server.state_folder().join("journal.jsonl")).unwrap();
    assert!(!journal.contains("sk-live") && !sandbox.transcript().contains("sk-live"), "{journal}");
}
