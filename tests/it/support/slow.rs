//! A stand-in for a slow compiler: it sleeps, or waits until it is let go, and
//! then hands on definitions that are written as JSON.

use std::fs;

use super::{Sandbox, Workspace};

/// The definitions that it hands on.
pub(crate) const SLOW_FILE: &str = "ecosystems/apps.json";

const APPS: &str = r#"{"apps": [
  {"name": "web", "script": "app.js", "env": {"PORT": "4001"}},
  {"name": "clock", "script": "app.js"}
]}
"#;

/// It says that it has begun by its process id, and sleeps for as many seconds as the file `pause` says, and
/// while the file `held` is there.
const COMPILER: &str = "\
echo $$ > .begun\n\
test -f pause && sleep \"$(cat pause)\"\n\
while test -f held; do sleep 0.05; done\n\
mkdir -p .clobber\n\
{ printf 'module.exports = '; cat ecosystems/apps.json; } > .clobber/index.cjs\n";

/// A machine whose workspaces are compiled by it, and whose hooks wait for so long.
pub(crate) fn slow_sandbox(wait: &str) -> Sandbox {
    let settings = format!(
        "sources = [\"ecosystems/*.json\"]\n[compile]\ncompiler = \"command\"\n\
         command = [\"sh\", \"compile.sh\"]\n[hooks]\nwait = \"{wait}\"\n"
    );
    let ignored = ".clobber/\n.begun\nheld\npause\n";
    let files = [
        ("pm2sync.toml", settings.as_str()),
        (SLOW_FILE, APPS),
        ("compile.sh", COMPILER),
        (".gitignore", ignored),
    ];
    Sandbox::holding(&files)
}

impl Workspace<'_> {
    /// From now on it takes so many seconds to compile.
    pub(crate) fn compiles_in(&self, seconds: &str) -> &Self {
        self.writes("pause", seconds)
    }

    /// From now on no compile ends until it is let go.
    pub(crate) fn holds_the_compiler(&self) -> &Self {
        self.writes("held", "")
    }

    /// Lets it go on.
    pub(crate) fn lets_the_compiler_go(&self) -> &Self {
        self.deletes("held")
    }

    /// The process that compiles, or has compiled last.
    pub(crate) fn compiling(&self) -> Option<u32> {
        fs::read_to_string(self.root().join(".begun")).ok()?.trim().parse().ok()
    }
}
