//! The running set by PM2's command line, for a daemon whose socket speaks in a
//! way that `rpc` does not know. A command line call starts a daemon where none
//! runs, so it is made only when the socket is there.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::adapters::json::from_javascript;
use crate::adapters::pm2::socket_path;
use crate::adapters::process::{Program, Variables, run};

/// What `pm2 jlist` says: an array of processes, as `rpc::monitor_data` gives
/// it. `pm2` is the program's path and `environment` its whole environment.
pub fn jlist(
    pm2: &Path,
    home: &Path,
    directory: &Path,
    environment: &Variables,
    limit: Duration,
) -> Result<Value> {
    let socket = socket_path(home)?;
    if !socket.exists() {
        bail!("no PM2 daemon listens on `{}`", socket.display());
    }
    let mut environment = environment.clone();
    environment.insert("PM2_HOME".into(), home.into());
    // Silent, it prints no banner or version warning before its answer.
    environment.insert("PM2_SILENT".into(), "true".into());
    environment.insert("NO_COLOR".into(), "1".into());
    let program =
        Program { path: pm2.into(), args: vec!["jlist".into()], directory: directory.into(), environment };
    let finished = run(&program, limit)?;
    processes(&finished.stdout).with_context(|| {
        format!(
            "`{} jlist` gave no process list ({:?}): {}",
            pm2.display(),
            finished.status,
            String::from_utf8_lossy(&finished.stderr).trim()
        )
    })
}

/// The last line that is a JSON array, whatever was printed around it.
fn processes(stdout: &[u8]) -> Option<Value> {
    stdout
        .split(|byte| *byte == b'\n')
        .rev()
        .filter(|line| line.starts_with(b"["))
        .find_map(|line| from_javascript(line).ok().filter(Value::is_array))
}

#[cfg(test)]
mod tests {
    use crate::adapters::pm2::jlist::processes;
    use serde_json::json;

    #[test]
    fn the_list_is_found_among_banners() {
        let stdout = b"\n[PM2] Spawning PM2 daemon\n>>>> In-memory PM2 is out-of-date\n[{\"pm_id\":0}]\n\n";
        assert_eq!(processes(stdout), Some(json!([{ "pm_id": 0 }])));
        assert_eq!(processes(b"[PM2] Spawning PM2 daemon\n"), None);
    }
}
