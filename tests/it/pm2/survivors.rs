//! A process that outlives its stop, as one that became another user's: PM2
//! forgets it, and nobody may start a second one beside it.

use std::fs;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Sandbox, Workspace};

#[test]
fn nothing_is_started_beside_a_process_that_outlived_its_stop_until_that_is_gone() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let survivor = Survivor::begin();
    server.pm2(&["delete", "web"]);
    outlives(&server, "web", survivor.pid());

    let lives = format!("process {} of it, which survived its stop, lives on", survivor.pid());
    let commits = || server.git(&["commit", "-q", "--allow-empty", "-m", "anything"]);
    commits().says(&format!("left web: not running; {lives}"));
    commits().never_says("survived");
    server.pm2sync(&["plan"]).exits(0).says(&lives);
    server.pm2sync(&["sync"]).exits(1).says(&lives).says("`pm2sync sync --force 'web'` starts another");
    let status = server.pm2sync(&["status", "--format", "json"]).list("apps", "state");
    assert!(status.contains(&("web".to_owned(), "missing".to_owned())), "{status:?}");
    assert_eq!(server.snapshot().names(), ["clock", "worker"], "no second one");

    drop(survivor);
    commits().says("started web");
    assert!(remembered(&server)["survivors"].as_object().unwrap().is_empty());
    server.pm2sync(&["sync"]).exits(0).says("in sync: 3 apps");
}

#[test]
fn a_second_one_is_started_where_a_person_insists_or_the_id_is_another_processs() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let survivor = Survivor::begin();
    server.pm2(&["delete", "web", "clock"]);
    outlives(&server, "web", survivor.pid());
    outlives(&server, "clock", survivor.pid());
    let mut state = remembered(&server);
    state["survivors"]["clock"]["began"] = json!("another time");
    remember(&server, &state);

    server.pm2sync(&["sync"]).exits(1).says("started clock").says("left web");
    server.pm2sync(&["sync", "--force", "web"]).exits(0).says("started web");
}

/// A process that lives until the test ends, however the test ends.
struct Survivor(Child);

impl Survivor {
    fn begin() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a process that is nobody's but the test's")]
        let mut command = Command::new("sleep");
        Self(
            command
                .arg("1000")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Survivor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets `server` know what it knows after a stop that did not end the process `pid` of `app`.
fn outlives(server: &Workspace<'_>, app: &str, pid: u32) {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let began = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned();
    let mut state = remembered(server);
    state["survivors"][app] = json!({"pid": pid, "began": began});
    state["completed"] = Value::Null;
    remember(server, &state);
}

fn remembered(server: &Workspace<'_>) -> Value {
    serde_json::from_slice(&fs::read(server.state_folder().join("synced.json")).unwrap()).unwrap()
}

fn remember(server: &Workspace<'_>, state: &Value) {
    fs::write(server.state_folder().join("synced.json"), state.to_string()).unwrap();
}
