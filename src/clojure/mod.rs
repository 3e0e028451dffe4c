//! An embedded ClojureScript: it reads and evaluates definitions as
//! ClojureScript compiled by shadow-cljs would, in milliseconds, without JVM or
//! node. Rule one: never a wrong answer. What is not covered with certainty is
//! an error that names the form and its place.
//!
//! Text becomes forms (`read`), forms become nodes (`analyse`), nodes are run
//! (`run`) over values (`value`) with a library (`library`); `load` finds the
//! files, `json` converts what they export. It knows nothing of PM2.

mod analyse;
pub mod form;
mod json;
mod library;
mod load;
mod read;
mod run;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::json;

pub use crate::clojure::form::{Form, Kind, Name, Span};
pub use crate::clojure::read::read_forms;
use crate::clojure::run::fault::{Failed, Outcome, Stop};
use crate::clojure::run::machine::{ADVICE, Machine};
use crate::clojure::run::source::Sources;
use crate::clojure::value::{Value, print};
use crate::text::diagnostic::{Diagnostic, Place};

/// The stack of the thread that evaluates; only what is used is ever backed.
const STACK: usize = 256 << 20;

/// What is compiled and everything evaluation may look at.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// Workspace-relative folders, in order: `["ecosystems", "src"]`.
    pub source_paths: &'a [String],
    /// What to load, in order.
    pub entries: &'a [Entry],
    /// `process.env`.
    pub environment: &'a BTreeMap<String, String>,
    /// `process.cwd()`.
    pub directory: &'a str,
    /// Workspace-relative path to text; `None`: no such file; an error: why it cannot be read.
    pub read: &'a (dyn Fn(&str) -> Result<Option<String>, String> + Sync),
}

impl fmt::Debug for Program<'_> {
    /// Without the environment: its values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("source_paths", &self.source_paths)
            .field("entries", &self.entries)
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// Something to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A namespace, by name.
    Namespace(String),
    /// A workspace-relative source file.
    File(String),
}

/// What a program gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compiled {
    /// `module.exports`; where no file sets it, what `(clobber.macro/ecosystem)`
    /// gives: no apps, if that namespace was not loaded.
    pub exports: serde_json::Value,
    /// JSON pointer into the exports (`/apps/3`, `/apps/3/env/PORT`) to where it is written.
    pub origins: BTreeMap<String, Place>,
    /// Environment variables that were read by name.
    pub variables: BTreeSet<String>,
    /// Whether the whole environment was enumerated.
    pub enumerated: bool,
    /// Variables that were read with no value and no default.
    pub unset: Vec<(String, Place)>,
    /// Every source file that was read, workspace-relative, in load order.
    pub files: Vec<String>,
    /// What `println` and its kind wrote.
    pub output: String,
}

/// Loads and evaluates a program. Every error has its place, where there is one.
pub fn compile(program: &Program<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let failed = |why: String| vec![Diagnostic::error(why)];
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("clojure".into())
            .stack_size(STACK)
            .spawn_scoped(scope, || compile_here(program))
            .map_err(|error| failed(format!("cannot start a thread to evaluate definitions: {error}")))?
            .join()
            .unwrap_or_else(|_| {
                Err(failed("the embedded compiler failed; this is an error of pm2sync".into()))
            })
    })
}

fn compile_here(program: &Program<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let loaded = load::load(program);
    if !loaded.diagnostics.is_empty() {
        return Err(loaded.diagnostics);
    }
    let names = loaded.names.vars.iter().map(|var| var.name.clone()).collect();
    let globals = library::globals(&loaded.names);
    let mut machine = Machine::new(&loaded.sources, program.environment, program.directory, globals, names);
    run(&mut machine, &loaded).map_err(|stop| vec![diagnostic(&loaded.sources, &stop)])
}

fn run(machine: &mut Machine<'_>, loaded: &load::Loaded) -> Outcome<Compiled> {
    for form in &loaded.forms {
        let mut frame = vec![Value::Nil; form.size];
        machine.eval(&form.node, &mut frame)?;
    }
    let exports = match (machine.exports.clone(), loaded.names.lookup(library::CLOBBER, "ecosystem")) {
        (Some(exports), _) => Some(exports),
        (None, Some(ecosystem)) => {
            let ecosystem = machine.global(ecosystem)?;
            let registered = machine.call(&ecosystem, Vec::new())?;
            Some(library::convert::to_js(machine, &registered, 0)?)
        }
        (None, None) => None,
    };
    let (exports, origins) = match exports {
        Some(exports) => json::export(machine, &exports)?,
        None => (json!({"apps": []}), json::Origins::default()),
    };
    let sources = &loaded.sources;
    Ok(Compiled {
        exports,
        origins: origins.into_iter().filter_map(|(at, spot)| Some((at, sources.place(spot)?))).collect(),
        variables: std::mem::take(&mut machine.variables),
        enumerated: machine.enumerated,
        unset: machine
            .unset
            .drain(..)
            .filter_map(|(name, spot)| Some((name, sources.place(spot)?)))
            .collect(),
        files: loaded.files.clone(),
        output: std::mem::take(&mut machine.output),
    })
}

/// The message of what ended a program.
fn diagnostic(sources: &Sources, stop: &Stop) -> Diagnostic {
    match stop {
        Stop::Recur => Diagnostic::error("`recur` outside a loop"),
        Stop::Thrown(thrown) => {
            let message = match &thrown.value {
                Value::Error(error) => error.message.to_string(),
                other => print::printed(other, true).unwrap_or_else(|_| other.what().to_owned()),
            };
            Diagnostic::error(format!("the program throws: {message}"))
                .at(thrown.spot.and_then(|spot| sources.place(spot)))
        }
        Stop::Failed(fault) => {
            let Failed { message, help, spot } = &**fault;
            Diagnostic::error(message.clone())
                .help(help.as_deref().unwrap_or(ADVICE))
                .at(spot.and_then(|spot| sources.place(spot)))
        }
    }
}

#[cfg(test)]
mod tests;
