//! The settings of a workspace, as `pm2sync.toml` gives them. Every key has a
//! default, so a repository laid out in the usual way needs no file.

pub(crate) mod choice;
pub mod environment;
pub(crate) mod keys;
mod kinds;
pub(crate) mod parse;
pub(crate) mod secret;

use std::time::Duration;

use serde::Deserialize;

use crate::core::settings::choice::choice;

/// The file of settings, at the root of the workspace.
pub const FILE: &str = "pm2sync.toml";

/// What `pm2sync.toml` says. What a key takes stands in `keys::KEYS`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Globs of the files of definitions.
    pub sources: Vec<String>,
    /// Globs of files that are not definitions, but whose change recompiles.
    pub inputs: Vec<String>,
    /// What a person gives to PM2.
    pub entry: String,
    /// How sources become the artifact.
    pub compile: Compile,
    /// How a plan is carried out.
    pub apply: Apply,
    /// Which PM2.
    pub pm2: Pm2,
    /// What variables definitions and apps see.
    pub env: Env,
    /// When git's hooks act.
    pub hooks: Hooks,
    /// What `check` reads.
    pub check: Check,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sources: strings(&["ecosystems/*.cljs"]),
            inputs: strings(&["shadow-cljs.edn"]),
            entry: "ecosystem.config.cjs".to_owned(),
            compile: Compile::default(),
            apply: Apply::default(),
            pm2: Pm2::default(),
            env: Env::default(),
            hooks: Hooks::default(),
            check: Check::default(),
        }
    }
}

/// `[compile]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compile {
    /// The compiler.
    pub compiler: Compiler,
    /// The command of `shadow-cljs` and `command`.
    pub command: Vec<String>,
    /// The artifact.
    pub output: String,
    /// Whether undeclared names and wrong arity fail the compile.
    pub warnings: Warnings,
}

impl Default for Compile {
    fn default() -> Self {
        Self {
            compiler: Compiler::Auto,
            command: strings(&["npx", "shadow-cljs", "release", "clobber"]),
            output: ".clobber/index.cjs".to_owned(),
            warnings: Warnings::Fail,
        }
    }
}

choice! {
    /// What compiles sources into the artifact.
    pub enum Compiler {
        /// What the repository suggests, whatever a machine has installed.
        Auto = "auto",
        /// `npx shadow-cljs release clobber`, or the configured command in its place.
        ShadowCljs = "shadow-cljs",
        /// pm2sync itself: no JVM, no node.
        Embedded = "embedded",
        /// The configured command, of whose output nothing is known.
        Command = "command",
        /// Nothing is compiled: the entry is written by hand.
        None = "none",
    }
}

choice! {
    /// What warnings of shadow-cljs do.
    pub enum Warnings {
        /// They fail the compile.
        Fail = "fail",
        /// They are shown.
        Show = "show",
    }
}

/// `[apply]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apply {
    /// What becomes of owned apps whose definition is gone.
    pub removed: Removed,
    /// What follows a start that fails.
    pub on_failure: OnFailure,
    /// How long a started app may take to prove itself.
    pub health_timeout: Span,
}

impl Default for Apply {
    fn default() -> Self {
        Self {
            removed: Removed::Delete,
            on_failure: OnFailure::Rollback,
            health_timeout: Span(Duration::from_secs(30)),
        }
    }
}

choice! {
    /// What becomes of owned apps whose definition is gone.
    pub enum Removed {
        /// They are deleted from PM2.
        Delete = "delete",
        /// They are stopped, and stay in PM2's list.
        Stop = "stop",
        /// They go on running.
        Keep = "keep",
        /// A person is asked; a hook leaves them.
        Ask = "ask",
    }
}

choice! {
    /// What follows a start that fails.
    pub enum OnFailure {
        /// The old definition is started again.
        Rollback = "rollback",
        /// The failed one stays.
        Keep = "keep",
    }
}

/// `[pm2]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pm2 {
    /// The folder of the daemon, relative to the workspace; else `PM2_HOME`, else `~/.pm2`.
    pub home: Option<String>,
    /// The `pm2` program: a name that is looked up, or a path.
    pub command: String,
}

impl Default for Pm2 {
    fn default() -> Self {
        Self { home: None, command: "pm2".to_owned() }
    }
}

/// `[env]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Env {
    /// A file of variables that feed the evaluation of definitions.
    pub file: String,
    /// Which `env_NAME` of a definition counts over its `env`.
    pub name: Option<String>,
    /// What reaches the apps beside their own `env`.
    pub inherit: Inherit,
}

impl Default for Env {
    fn default() -> Self {
        Self { file: Self::USUAL.to_owned(), name: None, inherit: Inherit::All }
    }
}

impl Env {
    /// The file that is read where it is there.
    const USUAL: &str = ".env";

    /// Whether the file has to be there: any other than the usual one.
    pub fn is_required(&self) -> bool {
        self.file != Self::USUAL
    }
}

/// Which variables of the caller reach the apps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "InheritText")]
pub enum Inherit {
    /// All that are not git's, PM2's or npm's.
    All,
    /// Only these, whatever they are, and `PATH`.
    Names(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `\"*\"` or a list of names")]
enum InheritText {
    Star(String),
    Names(Vec<String>),
}

impl TryFrom<InheritText> for Inherit {
    type Error = String;

    fn try_from(text: InheritText) -> Result<Self, Self::Error> {
        match text {
            InheritText::Star(star) if star == "*" => Ok(Self::All),
            InheritText::Star(other) => {
                Err(format!("`inherit` is `\"*\"` or a list of names, not `\"{other}\"`"))
            }
            InheritText::Names(names) => Ok(Self::Names(names)),
        }
    }
}

/// `[hooks]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hooks {
    /// The events that `install-hooks` installs.
    pub events: Vec<String>,
    /// Globs of the branches on which hooks act.
    pub branches: Vec<String>,
    /// How long a hook follows the work before it continues in the background.
    pub wait: Span,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            events: strings(&["post-merge", "post-checkout", "post-rewrite", "post-commit"]),
            branches: strings(&["*"]),
            wait: Span(Duration::from_secs(5)),
        }
    }
}

/// `[check]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Check {
    /// Globs of what is never tracked.
    pub generated: Vec<String>,
    /// Globs of the documents that are read.
    pub docs: Vec<String>,
    /// Words that no document may contain any more.
    pub legacy: Vec<String>,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            generated: strings(&[".clobber/**"]),
            docs: strings(&["**/*.md"]),
            legacy: strings(&["ecosystem.pm2.edn", "pm2-clj"]),
        }
    }
}

/// A length of time, written `"30s"`, `"500ms"` or `"2m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl std::str::FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let span: jiff::SignedDuration =
            text.parse().map_err(|_| format!("`{text}` is not a length of time like `30s` or `500ms`"))?;
        Duration::try_from(span).map(Self).map_err(|_| format!("`{text}` is negative"))
    }
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}
