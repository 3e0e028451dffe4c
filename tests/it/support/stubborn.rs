//! An app that takes its time to stop, and says when it is asked to: what is
//! done in the middle of a stop has to be done while it lasts.

use std::path::PathBuf;

use super::{Sandbox, until};

/// Where it stands in a workspace.
pub(crate) const STUBBORN_FILE: &str = "stubborn.js";

/// It ends by nothing but its `kill_timeout`.
pub(crate) const STUBBORN_JS: &str = "
const say = (what) => require('node:fs').writeFileSync(`${process.env.PM2_HOME}/${what}.${process.pid}`, '');
process.on('SIGINT', () => say('asked'));
setInterval(() => {}, 1 << 30);
say('ready');
";

impl Sandbox {
    /// The processes of all apps, each of them such a one, once they have said that they would not stop at once:
    /// PM2 calls them online before node has read what they are.
    #[track_caller]
    pub(crate) fn stubborn_ones(&self) -> Vec<u32> {
        let pids: Vec<u32> = self.apps().iter().map(|app| app.pid).collect();
        until("they are ready", || pids.iter().all(|&pid| self.word("ready", pid).exists()));
        pids
    }

    /// Whether such a process has been asked to stop.
    pub(crate) fn is_asked_to_stop(&self, pid: u32) -> bool {
        self.word("asked", pid).exists()
    }

    fn word(&self, what: &str, pid: u32) -> PathBuf {
        self.pm2_home().join(format!("{what}.{pid}"))
    }
}
