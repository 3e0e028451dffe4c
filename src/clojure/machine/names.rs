//! Which names exist: namespaces, their variables, and what a file may call by
//! which name.

use std::collections::{HashMap, HashSet};

use crate::clojure::form::Name;
use crate::clojure::machine::node::VarId;
use crate::clojure::value::NativeId;

/// The namespace of the core library, which every file refers to.
pub(crate) const CORE: &str = "cljs.core";
/// What our own files, and what macros expand to, may call and nobody else.
pub(crate) const INTERNAL: &str = "pm2sync.internal";
/// JavaScript's own functions, by what stands behind `js/`.
pub(crate) const JS: &str = "js";
/// The namespace of `format`.
pub(crate) const STRING: &str = "goog.string";
/// What a file requires to have it.
pub(crate) const FORMAT: &str = "goog.string.format";

/// Numbers of arguments that a function takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arities {
    pub(crate) fixed: Vec<usize>,
    /// Arguments before `&`, when there is a variadic arity.
    pub(crate) variadic: Option<usize>,
}

impl Arities {
    pub(crate) fn accept(&self, count: usize) -> bool {
        self.fixed.contains(&count) || self.variadic.is_some_and(|least| count >= least)
    }
}

/// A variable, as far as it is known before it runs.
#[expect(clippy::struct_excessive_bools, reason = "what `^` says of a definition, each on its own")]
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dynamic: bool,
    pub(crate) private: bool,
    /// Whether its arguments after the first are passed as one function.
    pub(crate) delayed: bool,
    /// `declare`d only, so far.
    pub(crate) declared: bool,
    pub(crate) arities: Option<Arities>,
    /// The function in Rust that it is.
    pub(crate) native: Option<NativeId>,
}

#[derive(Default)]
pub(crate) struct Namespace {
    pub(crate) defs: HashMap<String, VarId>,
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) required: HashSet<String>,
    pub(crate) refers: HashMap<String, VarId>,
    /// Core names that mean something else here.
    pub(crate) excluded: HashSet<String>,
}

/// All namespaces of a program.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) vars: Vec<Var>,
    pub(crate) namespaces: HashMap<String, Namespace>,
}

/// What a symbol that is not a local stands for.
pub(crate) enum Resolved {
    Var(VarId),
    /// Nothing here: perhaps a macro or function of the core library.
    Core,
    Unknown(Problem),
}

/// Why a symbol stands for nothing.
pub(crate) enum Problem {
    NotRequired(String),
    NoSuchVar { namespace: String, name: String },
    Private { namespace: String, name: String },
}

impl Names {
    pub(crate) fn define(&mut self, var: Var) -> VarId {
        let namespace = self.namespaces.entry(var.namespace.clone()).or_default();
        if let Some(&id) = namespace.defs.get(&var.name) {
            self.vars[id] = var;
            return id;
        }
        let id = self.vars.len();
        namespace.defs.insert(var.name.clone(), id);
        if var.namespace != CORE {
            namespace.excluded.insert(var.name.clone());
        }
        self.vars.push(var);
        id
    }

    pub(crate) fn lookup(&self, namespace: &str, name: &str) -> Option<VarId> {
        self.namespaces.get(namespace)?.defs.get(name).copied()
    }

    /// A variable, unless another namespace than its own has to be required for it.
    fn known(&self, here: &Namespace, var: VarId) -> Resolved {
        if self.vars[var].namespace == STRING && !here.required.contains(FORMAT) {
            return Resolved::Unknown(Problem::NotRequired(FORMAT.into()));
        }
        Resolved::Var(var)
    }

    /// Resolves a symbol as it is written in namespace `from`; `trusted` code
    /// may name any namespace.
    pub(crate) fn resolve(&self, from: &str, symbol: &Name, trusted: bool) -> Resolved {
        let Some(here) = self.namespaces.get(from) else { return Resolved::Core };
        let Some(prefix) = &symbol.namespace else {
            let own = here.defs.get(&symbol.name).or_else(|| here.refers.get(&symbol.name));
            return match own {
                Some(&var) => self.known(here, var),
                None if here.excluded.contains(&symbol.name) => Resolved::Unknown(Problem::NoSuchVar {
                    namespace: from.into(),
                    name: symbol.name.clone(),
                }),
                None => self
                    .lookup(CORE, &symbol.name)
                    .filter(|&var| from == CORE || trusted || !self.vars[var].private)
                    .map_or(Resolved::Core, Resolved::Var),
            };
        };
        let namespace = here.aliases.get(prefix).unwrap_or(prefix);
        let core = namespace == CORE || namespace == "clojure.core";
        let namespace = if core { CORE } else { namespace.as_str() };
        if !(core || trusted || namespace == from || here.required.contains(namespace)) {
            return Resolved::Unknown(Problem::NotRequired(prefix.clone()));
        }
        match self.lookup(namespace, &symbol.name) {
            Some(var) if self.vars[var].private && namespace != from && !trusted => {
                Resolved::Unknown(Problem::Private { namespace: namespace.into(), name: symbol.name.clone() })
            }
            Some(var) => self.known(here, var),
            None if core => Resolved::Core,
            None => Resolved::Unknown(Problem::NoSuchVar {
                namespace: namespace.into(),
                name: symbol.name.clone(),
            }),
        }
    }
}
