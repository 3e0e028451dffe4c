//! Definitions with an `env_NAME`, which PM2 takes with `--env NAME`: the same
//! under pm2sync, said once for a repository or for one machine.

use crate::support::{APPS_FILE, ENV_JS, Sandbox, Workspace, run};

const APPS: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))

(defapp "web"   {:script "env.js"
                 :env {:MODE "dev" :PORT "4001"}
                 :env_production {:MODE "live"}
                 :env_staging {:MODE "trial" :PORT "4002"}})
(defapp "clock" {:script "env.js" :env {:MODE "dev"}})
"#;

const PRODUCTION: &str = "[env]\nname = \"production\"\n";

#[test]
fn what_was_started_by_hand_with_the_same_name_runs_on() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", PRODUCTION);
    server.pm2sync(&["compile"]).exits(0);
    server.writes("ecosystem.config.cjs", "module.exports = require('./.clobber/index.cjs');\n");
    let by_hand = ["start", "ecosystem.config.cjs", "--env", "production"];
    run(server.command("pm2", server.root()).args(by_hand)).exits(0);
    let before = server.snapshot();
    server.syncs();
    assert_eq!(server.snapshot(), before);
    assert_eq!(seen(&server, "web"), ["live", "4001"]);

    server.writes("pm2sync.toml", "");
    server
        .pm2sync(&["plan"])
        .says("it runs with its `env_production`, for which there is `[env] name`; env.MODE");
}

#[test]
fn one_machine_can_be_another_than_the_repository_says() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", PRODUCTION);
    server.syncs();
    let clock = server.running("clock").pid;
    assert_eq!(seen(&server, "web"), ["live", "4001"]);

    server.writes(".env", "PM2SYNC_ENV=staging\n");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web: env.MODE, env.PORT changed");
    assert_eq!(seen(&server, "web"), ["trial", "4002"]);
    assert_eq!(server.running("clock").pid, clock);

    server.writes(".env", "PM2SYNC_ENV=stagin\n");
    server.pm2sync(&["plan"]).exits(0).says("no app has variables in `env_stagin`").says("PM2SYNC_ENV");
}

#[test]
fn a_hook_that_does_not_know_the_name_leaves_what_depends_on_it() {
    let sandbox = sandbox();
    let server = sandbox.laptop();
    sandbox.sets("PM2SYNC_ENV", "production");
    server.syncs();
    sandbox.unsets("PM2SYNC_ENV");
    server.edits(APPS_FILE, "4001", "4003").edits(APPS_FILE, "{:MODE \"dev\"}", "{:MODE \"test\"}");
    let hook = server.pm2sync(&["hook", "post-commit"]).exits(0);
    hook.says("left web: `PM2SYNC_ENV` is unset or otherwise").says("replaced clock");
    assert_eq!(seen(&server, "web"), ["live", "4001"]);
    server.syncs().says("replaced web: env.MODE, env.PORT changed");
}

fn sandbox() -> Sandbox {
    Sandbox::holding(&[(APPS_FILE, APPS), ("env.js", ENV_JS)])
}

fn seen(server: &Workspace<'_>, app: &str) -> [String; 2] {
    let environment = server.running(app).environment_seen();
    ["MODE", "PORT"].map(|name| environment.get(name).cloned().unwrap_or_default())
}
