//! Plain PM2 projects, whose one file is written by hand: every form that PM2
//! itself reads, and the way to those that are called otherwise.

use crate::support::{APPS_FILE, Sandbox, older_pm2};

const JSON: &str = r#"{
  // PM2 reads it as JavaScript.
  "apps": [{"name": "web", "script": "app.js", "env": {"PORT": 4001}},]
}
"#;

const YAML: &str = "\
# What runs here.
apps:
  - name: web
    script: app.js
    env:
      PORT: 4001
";

#[test]
fn json_with_comments_and_yaml_are_read_as_pm2_reads_them() {
    let older = format!("[pm2]\ncommand = \"{}\"\n", older_pm2(4).display());
    for (name, text, settings) in
        [("process.json", JSON, ""), ("ecosystem.yml", YAML, ""), ("pm2.yaml", YAML, older.as_str())]
    {
        let sandbox = Sandbox::holding(&[(name, text)]);
        let server = sandbox.laptop();
        server.writes("pm2sync.toml", &format!("entry = \"{name}\"\n{settings}"));
        server.syncs().says("started web");
        assert_eq!(server.running("web").variable("PORT").as_deref(), Some("4001"));
        server.edits(name, "4001", "4002");
        server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web: env.PORT changed");
    }
}

#[test]
fn what_is_no_yaml_is_an_error_and_changes_nothing() {
    let sandbox = Sandbox::holding(&[("ecosystem.yml", YAML)]);
    let server = sandbox.laptop();
    server.writes("pm2sync.toml", "entry = \"ecosystem.yml\"\n");
    server.syncs();
    let before = server.snapshot();
    server.edits("ecosystem.yml", "apps:", "apps: [");
    server.pm2sync(&["sync"]).exits(4).says("it threw an error at").says("ecosystem.yml:3:");
    server.writes("ecosystem.yml", "apps: 5\n");
    server.pm2sync(&["sync"]).exits(4).says("it exports no `apps`");
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_file_of_another_name_that_pm2_knows_is_pointed_to() {
    let sandbox = Sandbox::holding(&[("ecosystem.config.js", "module.exports = {apps: []}\n")]);
    let server = sandbox.laptop();
    server.pm2sync(&["plan"]).exits(4).says("`entry = \"ecosystem.config.js\"`").says("pm2sync.toml");
    server.writes("pm2sync.toml", "entry = \"ecosystem.conf.js\"\n");
    server.pm2sync(&["plan"]).exits(4).says("there is no entry `ecosystem.conf.js`");
}

#[test]
fn a_first_source_beside_an_entry_written_by_hand_removes_nothing() {
    let entry =
        "module.exports = {apps: [{name: 'web', script: 'app.js'}, {name: 'clock', script: 'app.js'}]};\n";
    let sandbox = Sandbox::holding(&[("ecosystem.config.cjs", entry)]);
    let server = sandbox.laptop();
    server.syncs();
    let before = server.snapshot();
    let head = "(ns apps (:require [clobber.macro :refer [defapp]]))\n";
    server.writes(APPS_FILE, &format!("{head}(defapp \"web\" {{:script \"app.js\"}})\n"));
    server.pm2sync(&["plan"]).exits(0).says("is written by hand, and not read beside the sources");
    let synced = server.pm2sync(&["sync"]).exits(0);
    synced.says("left clock: its definition is gone; `ecosystem.config.cjs` may define what is gone");
    assert_eq!(server.snapshot(), before);

    server.writes("ecosystem.config.cjs", "module.exports = require(\"./.clobber/index.cjs\");\n");
    server.syncs().says("removed clock").never_says("written by hand");
}
