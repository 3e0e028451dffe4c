//! An embedded ClojureScript: it reads and evaluates definitions as
//! ClojureScript compiled by shadow-cljs would, in milliseconds, without JVM or
//! node. Rule one: never a wrong answer. What is not covered with certainty is
//! an error that names the form and its place.
//!
//! Text becomes forms (`read`), forms become nodes (`analyse`), nodes are run
//! (`run`) over values (`value`) with a library (`library`); what these share is
//! the `machine`. `load` finds the files, `json` converts what they export. It
//! knows nothing of PM2.

mod analyse;
pub(crate) mod form;
mod json;
mod library;
mod load;
mod machine;
#[cfg(test)]
mod page;
mod program;
mod read;
mod run;
mod source;
mod value;

use serde_json::json;

pub use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::library::{CLOBBER, convert};
use crate::clojure::load::Loaded;
use crate::clojure::machine::fault::{ADVICE, Failed, Outcome, Stop};
use crate::clojure::machine::state::{Machine, Setup};
pub use crate::clojure::program::{Compiled, Entry, Program};
pub use crate::clojure::read::read_forms;
use crate::clojure::source::Sources;
use crate::clojure::value::{Value, print};
use crate::text::diagnostic::Diagnostic;

/// The stack of the thread that evaluates; only what is used is ever backed.
const STACK: usize = 256 << 20;

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
    let library = library::library();
    let mut machine = Machine::new(Setup {
        sources: &loaded.sources,
        vars: &loaded.names.vars,
        templates: &loaded.templates,
        library: &library,
        environment: program.environment,
        directory: program.directory,
    });
    run(&mut machine, &loaded).map_err(|stop| vec![diagnostic(&loaded.sources, &stop)])
}

fn run(machine: &mut Machine<'_>, loaded: &Loaded) -> Outcome<Compiled> {
    for form in &loaded.forms {
        let mut frame = vec![Value::Nil; form.size];
        machine.eval(&form.node, &mut frame)?;
    }
    let exports = match (machine.exports.clone(), loaded.names.lookup(CLOBBER, "ecosystem")) {
        (Some(exports), _) => Some(exports),
        (None, Some(ecosystem)) => {
            let ecosystem = machine.global(ecosystem)?;
            let registered = machine.call(&ecosystem, Vec::new())?;
            Some(convert::to_js(machine, &registered, 0)?)
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
