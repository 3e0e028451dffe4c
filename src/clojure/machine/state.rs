//! The state of a running program, and what it is given of the library. Both stand
//! here, because a native function takes the machine, and the machine calls it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::names::Var;
use crate::clojure::machine::node::{Template, VarId};
use crate::clojure::source::{Sources, Spot};
use crate::clojure::value::{Function, NativeId, TemplateId, Value};

/// A function in Rust: its row in a table.
pub(crate) struct Native {
    pub(crate) name: &'static str,
    /// The fewest arguments.
    pub(crate) least: usize,
    /// The most arguments, unless there may be any number.
    pub(crate) most: Option<usize>,
    pub(crate) run: Run,
}

pub(crate) type Run = fn(&mut Machine<'_>, Vec<Value>) -> Outcome;

/// What evaluation needs of the library.
pub(crate) struct Library {
    /// Every native function, by its number.
    pub(crate) natives: Vec<&'static Native>,
    /// `target.name`.
    pub(crate) property: fn(&mut Machine<'_>, &Value, &str) -> Outcome,
    /// `target.name(arguments…)`.
    pub(crate) method: fn(&mut Machine<'_>, &Value, &str, &[Value]) -> Outcome,
}

/// What a program runs on.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) sources: &'a Sources,
    /// The variables, by their number.
    pub(crate) vars: &'a [Var],
    /// The code of the functions, by its number.
    pub(crate) templates: &'a [Template],
    pub(crate) library: &'a Library,
    /// `process.env`.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// `process.cwd()`.
    pub(crate) directory: &'a str,
}

pub(crate) struct Machine<'a> {
    setup: Setup<'a>,
    pub(crate) sources: &'a Sources,
    globals: Vec<Option<Value>>,
    /// The last call that was made from a user's file.
    pub(crate) site: Option<Spot>,
    /// The places of the arguments of the native function being called.
    pub(crate) argument_spots: Option<Rc<[Spot]>>,
    pub(crate) depth: u32,
    /// Work done so far.
    pub(super) steps: u64,
    /// Side effects so far.
    pub(crate) effects: u64,
    /// How many evaluations are under way whose moment is not certain.
    pub(super) guarded: u32,
    /// How many of them are late: something changed since they were written.
    pub(super) stale: u32,
    /// How many `or` with a further operand are being evaluated.
    pub(crate) defaulted: u32,
    pub(crate) output: String,
    pub(crate) exports: Option<Value>,
    pub(crate) variables: BTreeSet<String>,
    pub(crate) enumerated: bool,
    pub(crate) unset: Vec<(String, Spot)>,
}

impl<'a> Machine<'a> {
    /// A machine before the first form: of the variables, only those of native
    /// functions have a value.
    pub(crate) fn new(setup: Setup<'a>) -> Self {
        let global = |var: &Var| var.native.map(|id| Value::Function(Rc::new(Function::Native(id))));
        Self {
            setup,
            sources: setup.sources,
            globals: setup.vars.iter().map(global).collect(),
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

    pub(crate) fn library(&self) -> &'a Library {
        self.setup.library
    }

    pub(crate) fn native(&self, id: NativeId) -> &'static Native {
        self.setup.library.natives[id]
    }

    pub(crate) fn template(&self, id: TemplateId) -> &'a Template {
        &self.setup.templates[id]
    }

    pub(crate) fn environment(&self) -> &'a BTreeMap<String, String> {
        self.setup.environment
    }

    pub(crate) fn directory(&self) -> &'a str {
        self.setup.directory
    }

    pub(crate) fn global(&self, var: VarId) -> Outcome {
        self.globals.get(var).cloned().flatten().ok_or_else(|| {
            let name = self.setup.vars.get(var).map_or("?", |var| var.name.as_str());
            failed(format!("`{name}` is used before its definition has run"))
        })
    }

    pub(crate) fn is_defined(&self, var: VarId) -> bool {
        self.globals.get(var).is_some_and(Option::is_some)
    }

    /// Sets a variable and returns what it was.
    pub(crate) fn set_global(&mut self, var: VarId, value: Option<Value>) -> Option<Value> {
        self.globals.get_mut(var).and_then(|global| std::mem::replace(global, value))
    }

    /// Where the argument at `index` of the current native call is written, or
    /// the call itself.
    pub(crate) fn argument_spot(&self, index: usize) -> Option<Spot> {
        self.argument_spots.as_ref().and_then(|spots| spots.get(index).copied()).or(self.site)
    }
}
