//! Values that may be secrets are shown on a terminal that asks for them, and
//! nowhere else.

use crate::support::{APPS_FILE, Sandbox};

const OLD: &str = "sUbmarine-old";
const NEW: &str = "sUbmarine-new";

#[test]
fn a_plan_shows_hidden_values_on_a_terminal_that_asks_and_nowhere_else() {
    let text = format!(
        "(ns apps (:require [clobber.macro :refer [defapp]]))\n\
         (defapp \"web\" {{:script \"app.js\" :args [\"--key\" \"{OLD}\"] :kill_timeout 1000 :env {{:TOKEN \"{OLD}\"}}}})\n"
    );
    let sandbox = Sandbox::holding(&[(APPS_FILE, &text)]);
    let server = sandbox.server();
    server.syncs();
    server.edits(APPS_FILE, OLD, NEW).edits(APPS_FILE, "1000", "2000");

    for arguments in [&["plan"][..], &["plan", "--format", "json"], &["status"], &["plan", "-v"]] {
        server.pm2sync(arguments).exits(0).never_says("sUbmarine");
    }
    server.pm2sync(&["plan", "--show-env"]).exits(2).says("only on a terminal").never_says("sUbmarine");
    server
        .pm2sync(&["plan", "--show-env", "--format", "json"])
        .exits(2)
        .says("`--format`")
        .never_says("sUbmarine");

    let program = env!("CARGO_BIN_EXE_pm2sync");
    let mut terminal = sandbox.command("script", server.root());
    let shown =
        crate::support::run(terminal.args(["-qec", &format!("{program} plan --show-env"), "/dev/null"]));
    for line in [
        " web: kill_timeout 1000 → 2000; env.TOKEN, args changed".to_owned(),
        format!("  env.TOKEN: {OLD} → {NEW}"),
        format!("  args: --key {OLD} → --key {NEW}"),
    ] {
        assert!(shown.all().contains(&line), "`{line}` in {}", shown.all());
    }
    server.syncs().never_says("sUbmarine");
    for file in std::fs::read_dir(server.state_folder()).unwrap().flatten() {
        let kept = std::fs::read(file.path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&kept).contains("sUbmarine"), "{}", file.path().display());
    }
}
