//! Loads a file of definitions, JavaScript, JSON or YAML, with node, as PM2 would,
//! and gives what it exports. The value comes over a channel of its own, because artifacts
//! print; and since it holds secrets, that channel is no file.
//!
//! The file is run, with everything that it does while loading: this is what
//! `pm2 start` does too. It is ended as soon as its value is known.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::adapters::json::from_javascript;
use crate::adapters::process::{Program, Status, Variables, run_with_answer};

const SCRIPT: &str = include_str!("loader.js");

/// How long a file is given to load where nothing else is said.
pub const LOAD_LIMIT: Duration = Duration::from_secs(10);

/// What a file exports, and what it did while loading.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The exported object, as JSON sees it, its `apps` always an array: one app
    /// alone, an array alone and the key `pm2` are brought into that form.
    pub value: Value,
    /// The environment variables that it asked for, set or not.
    pub variables: BTreeSet<String>,
    /// Whether it went through all of them, and so depends on every one.
    pub enumerated: bool,
    /// Every file that node loaded as a module: itself, where it is JavaScript, and
    /// what it required.
    pub files: BTreeSet<PathBuf>,
    /// What it printed, on either stream: the last mebibyte of each.
    pub printed: Vec<u8>,
}

/// A file that gave no definitions.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadError {
    /// The file.
    pub file: PathBuf,
    /// Why.
    pub cause: LoadCause,
    /// What it printed before.
    pub printed: Vec<u8>,
}

/// Why a file gave no definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadCause {
    /// It threw; `place` is `file:line:column` of the innermost line in it.
    Threw { message: String, place: Option<String> },
    /// It called `process.exit`.
    Exited { code: i64 },
    /// It exports a promise, which PM2 does not wait for.
    Promise,
    /// It exports a function, which PM2 does not call.
    Function,
    /// It is an ES module that this node does not give to PM2.
    Module,
    /// It has only a default export, which PM2 ignores.
    Default,
    /// It exports nothing that PM2 takes as apps.
    NoApps,
    /// A value that JSON, in which PM2 sends apps to its daemon, cannot hold.
    NotPlainData { place: String, what: String },
    /// It was still loading after this time.
    TimedOut { limit: Duration },
    /// Node could not be started, or ended without an answer; `printed` is the last
    /// line of its output.
    Broken { message: String, printed: String },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot load `{}`: ", self.file.display())?;
        match &self.cause {
            // Not what it threw: that may quote a value of the environment.
            LoadCause::Threw { place: Some(place), .. } => write!(f, "it threw an error at {place}"),
            LoadCause::Threw { place: None, .. } => f.write_str("it threw an error"),
            LoadCause::Exited { code } => {
                write!(f, "it called `process.exit({code})` while loading; export the apps instead")
            }
            LoadCause::Promise => {
                f.write_str("it exports a promise, which PM2 does not wait for; export the value itself")
            }
            LoadCause::Function => {
                f.write_str("it exports a function, which PM2 does not call; export its result")
            }
            LoadCause::Module => f.write_str(
                "it is an ES module that node cannot `require`, as PM2 does; write it as a `.cjs` file with `module.exports`",
            ),
            LoadCause::Default => f.write_str(
                "it has a default export, which PM2 ignores; write `export const apps = [...]`",
            ),
            LoadCause::NoApps => f.write_str("it exports no `apps`; put the list of them under that name"),
            LoadCause::NotPlainData { place, what } => {
                write!(f, "`{place}` is {what}, which PM2 cannot send to its daemon; make it plain data")
            }
            LoadCause::TimedOut { limit } => {
                write!(f, "it was still loading after {} ms and was stopped", limit.as_millis())
            }
            // Nor what it printed.
            LoadCause::Broken { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for LoadError {}

impl LoadError {
    /// The message that it threw or node's last line, to be shown on a terminal only.
    pub fn details(&self) -> String {
        match &self.cause {
            LoadCause::Threw { message: said, .. } | LoadCause::Broken { printed: said, .. } => said.clone(),
            _ => String::new(),
        }
    }
}

/// Whether a file is YAML, by its name, as for PM2.
pub fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "yml" || end == "yaml")
}

/// What a file is loaded with.
#[derive(Clone, Copy, Debug)]
pub struct Loader<'a> {
    /// The program `node`.
    pub node: &'a Path,
    /// The package of PM2, for a file that is YAML: it is read by what PM2 reads that with.
    pub package: Option<&'a Path>,
    /// Where node runs.
    pub directory: &'a Path,
    /// Its whole environment.
    pub environment: &'a Variables,
}

/// Loads `file`, for no longer than `limit`.
pub fn load(loader: Loader<'_>, file: &Path, limit: Duration) -> Result<Loaded, LoadError> {
    let Loader { node, package, directory, environment } = loader;
    let absolute = directory.join(file);
    let failed = |cause, printed| LoadError { file: file.into(), cause, printed };
    let program = Program {
        path: node.into(),
        args: ["-e".into(), SCRIPT.into(), absolute.into()]
            .into_iter()
            .chain(package.map(Into::into))
            .collect(),
        directory: directory.into(),
        environment: environment.clone(),
    };
    let (finished, answer) = run_with_answer(&program, limit)
        .map_err(|error| failed(broken(format!("{error:#}"), &[]), Vec::new()))?;
    let printed = [finished.stdout, finished.stderr].concat();
    if finished.status == Status::TimedOut {
        return Err(failed(LoadCause::TimedOut { limit }, printed));
    }
    let Ok(answer) = from_javascript(&answer) else {
        return Err(failed(broken(ended_without_value(finished.status), &printed), printed));
    };
    let paths = answer.get("files").and_then(Value::as_array);
    let files = paths.into_iter().flatten().filter_map(Value::as_str).map(PathBuf::from).collect();
    match value_in(answer) {
        Ok((value, variables, enumerated)) => Ok(Loaded { value, variables, enumerated, files, printed }),
        Err(cause) => Err(failed(cause, printed)),
    }
}

fn value_in(mut answer: Value) -> Result<(Value, BTreeSet<String>, bool), LoadCause> {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
    let cause = match answer.get("failure").and_then(Value::as_str) {
        None => None,
        Some("threw") => {
            Some(LoadCause::Threw { message: text("message").unwrap_or_default(), place: text("place") })
        }
        Some("exited") => {
            Some(LoadCause::Exited { code: answer.get("code").and_then(Value::as_i64).unwrap_or_default() })
        }
        Some("promise") => Some(LoadCause::Promise),
        Some("function") => Some(LoadCause::Function),
        Some("module") => Some(LoadCause::Module),
        Some("default") => Some(LoadCause::Default),
        Some("unsayable") => {
            text("place").zip(text("what")).map(|(place, what)| LoadCause::NotPlainData { place, what })
        }
        Some(_) => Some(LoadCause::NoApps),
    };
    if let Some(cause) = cause {
        return Err(cause);
    }
    let names = answer.get("variables").and_then(Value::as_array);
    let variables = names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let enumerated = answer.get("enumerated").and_then(Value::as_bool).unwrap_or_default();
    answer.get_mut("value").map(|value| (value.take(), variables, enumerated)).ok_or(LoadCause::NoApps)
}

/// The message where node ended before the loader could answer.
fn ended_without_value(status: Status) -> String {
    let ended = match status {
        Status::Exited(code) => format!("node ended with code {code}"),
        Status::Killed(signal) => format!("node was killed by signal {signal}"),
        Status::TimedOut | Status::Stopped => "node was stopped".to_owned(),
    };
    format!("{ended} and gave no value")
}

fn broken(message: String, printed: &[u8]) -> LoadCause {
    let text = String::from_utf8_lossy(printed);
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    LoadCause::Broken { message, printed: last.trim().to_owned() }
}
