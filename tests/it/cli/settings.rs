//! The settings file: optional, and strict where it is there.

use crate::support::{APPS, APPS_FILE, Sandbox};

#[test]
fn an_unknown_key_is_refused_with_the_nearest_one() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes("pm2sync.toml", "soruces = [\"ecosystems/*.cljs\"]\n");
    laptop.pm2sync(&["plan"]).exits(2).says("pm2sync.toml").says("soruces").says("sources");
    laptop.writes("pm2sync.toml", "[compile]\ncompilre = \"embedded\"\n");
    laptop.pm2sync(&["plan"]).exits(2).says("compilre").says("compiler");
    laptop.writes("pm2sync.toml", "[aplly]\nremoved = \"keep\"\n");
    laptop.pm2sync(&["plan"]).exits(2).says("aplly").says("apply");
}

#[test]
fn a_value_that_is_not_one_of_the_choices_is_refused() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes("pm2sync.toml", "[compile]\ncompiler = \"nbb\"\n");
    laptop.pm2sync(&["plan"]).exits(2).says("nbb").says("embedded").says("pm2sync.toml:2:12");
    laptop.writes("pm2sync.toml", "sources = 5\n");
    laptop
        .pm2sync(&["plan"])
        .exits(2)
        .says("pm2sync.toml:1:11: `sources` takes a list of texts, not a number");
}

#[test]
fn a_hook_with_wrong_settings_exits_with_0() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    server.writes("pm2sync.toml", "soruces = []\n");
    server.pm2sync(&["hook", "post-merge", "0"]).exits(0).says("soruces");
}

#[test]
fn a_home_in_the_settings_wins_over_the_environment() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.writes("pm2sync.toml", "[pm2]\nhome = \".pm2\"\n");
    let home = server.root().join(".pm2");
    sandbox.watches_over(home.clone());

    server.syncs();

    assert!(home.join("rpc.sock").exists());
    assert!(!server.has_daemon(), "PM2_HOME's daemon is not the one");
}

#[test]
fn the_home_of_one_command_wins_over_the_settings() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.writes("pm2sync.toml", "[pm2]\nhome = \".pm2\"\n");
    sandbox.sets("PM2SYNC_PM2_HOME", sandbox.pm2_home());

    server.syncs();

    assert!(server.has_daemon());
    assert!(!server.root().join(".pm2").exists());
}

#[test]
fn removed_apps_are_treated_as_the_settings_say() {
    let sandbox = Sandbox::with_apps();
    sandbox
        .laptop()
        .edits("pm2sync.toml", "[hooks]", "[apply]\nremoved = \"keep\"\n[hooks]")
        .pushes("keep them");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "(defapp \"clock\" {:script \"app.js\"})", "").pushes("no clock");
    server.pulls();

    assert_eq!(server.snapshot(), before);
}

#[test]
fn the_environment_file_feeds_the_definitions_and_wins_over_the_shell() {
    let text = r#"
(ns apps (:require [clobber.macro :refer [defapp env-var]]))
(defapp "web" {:script "app.js" :env {:PORT (env-var :WEB_PORT "1") :MODE (env-var :MODE "plain")}})
"#;
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let server = sandbox.server();
    server.writes(".env", "WEB_PORT=4100\nUNNAMED=5\n");
    sandbox.sets("WEB_PORT", "4200").sets("MODE", "fancy");

    server.syncs();
    let web = server.running("web");
    assert_eq!(web.variable("PORT").as_deref(), Some("4100"));
    assert_eq!(web.variable("MODE").as_deref(), Some("fancy"));
    assert_eq!(web.variable("UNNAMED"), None, "an app gets a variable only if its definition names it");

    server.writes(".env", "WEB_PORT=4300\n");
    server.syncs().says("replaced web: env.PORT");
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4300"));
}

#[test]
fn an_environment_file_that_the_settings_name_has_to_be_there() {
    let settings = "[env]\nfile = \"prod.env\"\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, APPS), ("pm2sync.toml", settings)]);
    let server = sandbox.server();
    for arguments in [["plan"].as_slice(), &["sync"], &["compile"], &["status"]] {
        let missing = "there is no file `prod.env`, which `[env] file` in `pm2sync.toml` names";
        server.pm2sync(arguments).exits(2).says(missing);
    }
    assert!(!server.has_daemon());
    // What the definitions come to without it can be asked where no secrets are.
    server.pm2sync(&["plan", "HEAD..HEAD"]).exits(0);
    server.pm2sync(&["check"]).exits(0);
    server.writes("prod.env", "");
    server.syncs();
    server.deletes("prod.env");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("there is no file `prod.env`");
    assert_eq!(server.journal().last().unwrap()["trigger"]["what"], "git commit");
    server.pm2sync(&["history"]).exits(0).says("there is no file `prod.env`");
}

#[test]
fn what_reaches_the_apps_can_be_limited_to_a_list() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.writes("pm2sync.toml", "[env]\ninherit = [\"LANG\", \"PATH\", \"HOME\"]\n");
    sandbox.sets("CHATTER", "no");

    server.syncs();

    let web = server.running("web");
    assert_eq!(web.variable("CHATTER"), None);
    assert_eq!(web.variable("LANG").as_deref(), Some("C.UTF-8"));
    assert_eq!(web.variable("PORT").as_deref(), Some("4001"));
}

#[test]
fn a_branch_that_is_not_listed_is_left_alone_by_hooks() {
    let sandbox = Sandbox::with_apps();
    sandbox
        .laptop()
        .edits("pm2sync.toml", "[hooks]", "[hooks]\nbranches = [\"release\"]")
        .pushes("only releases");
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();

    sandbox.laptop().edits(APPS_FILE, "4001", "4002").pushes("move web");
    server.pulls().says("release").says("main");
    assert_eq!(server.snapshot(), before);

    server.git(&["switch", "-q", "-c", "release"]);
    assert_eq!(server.changed_since(&before), ["web"]);
}

#[test]
fn sources_in_another_place_are_found_and_a_star_does_not_cross_a_slash() {
    let sandbox = Sandbox::holding(&[
        ("pm2sync.toml", "sources = [\"processes/*.cljs\"]\n"),
        ("shadow-cljs.edn", "{:source-paths [\"processes\"]}\n"),
        ("processes/apps.cljs", APPS),
        ("processes/inactive/apps.cljs", "(((("),
    ]);
    let server = sandbox.laptop();
    server.syncs();
    assert_eq!(server.snapshot().names(), ["clock", "web", "worker"]);
}

#[test]
fn a_plain_pm2_project_without_clojurescript_is_welcome() {
    let config = |port: &str| {
        format!(
            "module.exports = {{apps: [{{name: \"web\", script: \"app.js\", env: {{PORT: \"{port}\"}}}}]}};\n"
        )
    };
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", &config("1"))]);
    let server = sandbox.server();
    server.syncs();
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("1"));

    sandbox.laptop().writes("ecosystem.config.cjs", &config("2")).pushes("another port");
    server.pulls();
    assert_eq!(server.running("web").variable("PORT").as_deref(), Some("2"));
}

/// Sets `[compile] output` to `path`: refused, and nothing is written anywhere.
#[track_caller]
fn is_no_output(path: &str) {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.writes("pm2sync.toml", &format!("[compile]\noutput = \"{path}\"\n"));
    let held = laptop.reads(path);

    for command in ["compile", "sync"] {
        laptop.pm2sync(&[command]).exits(2).says("output");
        assert_eq!(laptop.reads(path), held);
    }
    laptop.git(&["status", "--porcelain"]).says(" M pm2sync.toml").never_says(" M .").never_says(" M e");
    assert!(!laptop.root().join(".clobber").exists());
    assert!(!laptop.has_daemon());
}

#[test]
fn an_output_that_is_a_source_is_refused() {
    is_no_output(APPS_FILE);
}

#[test]
fn an_output_in_the_git_folder_is_refused() {
    is_no_output(".git/config");
}
