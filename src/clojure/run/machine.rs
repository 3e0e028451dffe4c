//! The state of a running program, its limits, and the two questions that make
//! lazy sequences safe: may a side effect happen here, and may changing state be
//! read here?

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::clojure::run::fault::{Outcome, Stop, advised, failed};
use crate::clojure::run::node::VarId;
use crate::clojure::run::source::{Sources, Spot};
use crate::clojure::value::Value;

/// How many calls, loops and items of work a program may take: some seconds.
/// What is copied counts too, by its size, so this also bounds the memory.
/// Tests, which are not optimised and reach it often, make do with less.
const STEPS: u64 = if cfg!(test) { 1_000_000 } else { 20_000_000 };
/// How deep evaluation may nest; node's stack holds about as much.
const DEEPEST: u32 = 20_000;
/// How much may be printed, and how long one string may become, in bytes.
pub(crate) const LONGEST: usize = 8 << 20;

/// What every failure of coverage advises.
pub(crate) const ADVICE: &str = "set `compiler = \"shadow-cljs\"` to compile with ClojureScript itself";

/// How the moment of an evaluation compares with ClojureScript's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It is the same.
    Certain,
    /// It may be another, but nothing has changed in between.
    Uncertain,
    /// It may be another, and something has changed or could.
    Late,
}

pub(crate) struct Machine<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) environment: &'a BTreeMap<String, String>,
    pub(crate) directory: &'a str,
    globals: Vec<Option<Value>>,
    names: Vec<String>,
    /// The last call that was made from a user's file.
    pub(crate) site: Option<Spot>,
    /// The places of the arguments of the native function being called.
    pub(crate) argument_spots: Option<Rc<[Spot]>>,
    pub(crate) depth: u32,
    steps: u64,
    /// Side effects so far.
    pub(crate) effects: u64,
    /// How many evaluations are under way whose moment is not certain.
    guarded: u32,
    /// How many of them are late: something changed since they were written.
    stale: u32,
    /// How many `or` with a further operand are being evaluated.
    pub(crate) defaulted: u32,
    pub(crate) output: String,
    pub(crate) exports: Option<Value>,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) enumerated: bool,
    pub(crate) unset: Vec<(String, Spot)>,
}

impl<'a> Machine<'a> {
    /// A machine before the first form; `globals` has the native functions.
    pub(crate) fn new(
        sources: &'a Sources,
        environment: &'a BTreeMap<String, String>,
        directory: &'a str,
        globals: Vec<Option<Value>>,
        names: Vec<String>,
    ) -> Self {
        Self {
            sources,
            environment,
            directory,
            globals,
            names,
            site: None,
            argument_spots: None,
            depth: 0,
            steps: 0,
            effects: 0,
            guarded: 0,
            stale: 0,
            defaulted: 0,
            output: String::new(),
            exports: None,
            variables: BTreeSet::new(),
            enumerated: false,
            unset: Vec::new(),
        }
    }

    /// Counts work, so that every program ends.
    pub(crate) fn spend(&mut self, steps: usize) -> Outcome<()> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > STEPS {
            return Err(failed(format!("the program takes more than {STEPS} steps; does a loop never end?")));
        }
        Ok(())
    }

    /// Counts the length of strings that a native function will look at.
    pub(crate) fn weigh(&mut self, arguments: &[Value]) -> Outcome<()> {
        let length = |value: &Value| if let Value::String(text) = value { text.len() } else { 0 };
        self.spend(arguments.iter().map(length).sum::<usize>() / 64)
    }

    /// Goes one level deeper; the caller comes back with `self.depth -= 1`.
    pub(crate) fn deeper(&mut self) -> Outcome<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.depth -= 1;
            return Err(failed(format!(
                "evaluation is nested more than {DEEPEST} deep; does a function call itself without end?"
            )));
        }
        Ok(())
    }

    /// Runs something whose moment may differ from ClojureScript's. What is
    /// thrown in it cannot be caught: perhaps it is not thrown there, or later.
    pub(crate) fn guarded<T>(
        &mut self,
        moment: Moment,
        run: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        self.guarded += u32::from(moment != Moment::Certain);
        self.stale += u32::from(moment == Moment::Late);
        let result = run(self);
        self.guarded -= u32::from(moment != Moment::Certain);
        self.stale -= u32::from(moment == Moment::Late);
        match result {
            Err(Stop::Thrown(thrown)) if moment != Moment::Certain => {
                let what = match &thrown.value {
                    Value::Error(error) => error.message.to_string(),
                    other => other.what().to_owned(),
                };
                let stop = failed(format!("the program throws: {what}"));
                Err(thrown.spot.into_iter().fold(stop, Stop::at))
            }
            other => other,
        }
    }

    /// Notes a side effect, where its moment is certain.
    pub(crate) fn effect(&mut self, what: &str) -> Outcome<()> {
        if self.guarded > 0 {
            return Err(advised(
                format!("`{what}` inside a lazy sequence or a comparison: when it runs is not certain"),
                format!("use `doseq`, `run!` or `mapv`, or {ADVICE}"),
            ));
        }
        self.effects += 1;
        Ok(())
    }

    /// Notes that changing state is read.
    pub(crate) fn observe(&self, what: &str) -> Outcome<()> {
        if self.stale > 0 {
            return Err(advised(
                format!(
                    "{what} is read inside a lazy sequence after something changed: its value then is not certain"
                ),
                format!("use `doall` or `mapv` where the sequence is made, or {ADVICE}"),
            ));
        }
        Ok(())
    }

    pub(crate) fn global(&self, var: VarId) -> Outcome {
        self.globals
            .get(var)
            .cloned()
            .flatten()
            .ok_or_else(|| failed(format!("`{}` is used before its definition has run", self.name(var))))
    }

    pub(crate) fn is_defined(&self, var: VarId) -> bool {
        self.globals.get(var).is_some_and(Option::is_some)
    }

    /// Sets a variable and returns what it was.
    pub(crate) fn set_global(&mut self, var: VarId, value: Option<Value>) -> Option<Value> {
        self.globals.get_mut(var).and_then(|global| std::mem::replace(global, value))
    }

    pub(crate) fn name(&self, var: VarId) -> &str {
        self.names.get(var).map_or("?", String::as_str)
    }

    /// Where the argument at `index` of the current native call is written, or
    /// the call itself.
    pub(crate) fn argument_spot(&self, index: usize) -> Option<Spot> {
        self.argument_spots.as_ref().and_then(|spots| spots.get(index).copied()).or(self.site)
    }

    /// Adds to what was printed.
    pub(crate) fn write(&mut self, text: &str) -> Outcome<()> {
        self.spend(text.len() / 16)?;
        if self.output.len() + text.len() > LONGEST {
            return Err(failed(format!("the program prints more than {} MiB", LONGEST >> 20)));
        }
        self.output.push_str(text);
        Ok(())
    }

    /// A string as a value, unless it is too long.
    pub(crate) fn string(&mut self, text: String) -> Outcome {
        self.room(text.len())?;
        Ok(Value::string(text))
    }

    /// Asks for room for a string of so many bytes.
    pub(crate) fn room(&mut self, length: usize) -> Outcome<()> {
        if length > LONGEST {
            return Err(failed(format!("a string becomes longer than {} MiB", LONGEST >> 20)));
        }
        self.spend(length / 16)
    }
}
