//! The values of a running program, as ClojureScript has them: immutable but
//! for atoms and transients, numbers are doubles, characters are strings of one unit.

pub(crate) mod drop;
pub(crate) mod equal;
pub(crate) mod hash;
pub(crate) mod map;
pub(crate) mod number;
pub(crate) mod print;
pub(crate) mod seq;

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::form::Name;
use crate::clojure::library::Native;
use crate::clojure::run::node::Template;
use crate::clojure::run::source::Spot;
use crate::clojure::value::map::Map;
use crate::clojure::value::seq::{Chunks, Seq};

/// Any value.
#[derive(Clone, Default)]
pub(crate) enum Value {
    #[default]
    Nil,
    Bool(bool),
    Number(f64),
    String(Rc<str>),
    Keyword(Rc<Name>),
    Symbol(Rc<Name>),
    Regex(Rc<str>),
    Vector(Rc<Vector>),
    Map(Rc<Map>),
    /// The keys of the map; its values are `nil`.
    Set(Rc<Map>),
    Seq(Rc<Seq>),
    Function(Rc<Function>),
    Atom(Rc<Atom>),
    /// What `reduced` makes.
    Reduced(Rc<Boxed>),
    Transient(Rc<Transient>),
    Error(Rc<Failure>),
    Array(Rc<Vector>),
    Object(Rc<Object>),
    /// Something of node's that is known by name.
    Host(Host),
}

/// A vector, or the items of a JavaScript array.
#[derive(Default, Clone)]
pub(crate) struct Vector {
    pub(crate) items: Vec<Value>,
    /// Whether it is an entry of a map, which is a vector but for its text.
    pub(crate) is_entry: bool,
    /// Where the key of an entry is written.
    pub(crate) spot: Option<Spot>,
}

impl Vector {
    pub(crate) fn of(items: Vec<Value>) -> Self {
        Self { items, is_entry: false, spot: None }
    }
}

/// What can be called.
pub(crate) enum Function {
    Native(&'static Native),
    Closure { template: Rc<Template>, captured: Vec<Value> },
    Multi(Multi),
}

/// What `defmulti` makes.
pub(crate) struct Multi {
    pub(crate) name: Rc<str>,
    pub(crate) dispatch: Value,
    /// The value whose method takes what no other does.
    pub(crate) default: Value,
    pub(crate) methods: RefCell<Vec<(Value, Value)>>,
}

/// What `transient` makes.
pub(crate) struct Transient {
    /// `None` once it has been made persistent.
    pub(crate) value: RefCell<Option<Value>>,
}

/// The one thing that changes.
pub(crate) struct Atom {
    pub(crate) value: RefCell<Value>,
}

/// A value behind a marker.
pub(crate) struct Boxed {
    pub(crate) value: Value,
}

/// What `ex-info` and `js/Error.` make.
pub(crate) struct Failure {
    pub(crate) message: Rc<str>,
    /// `None` for a plain JavaScript error.
    pub(crate) data: Option<Value>,
    pub(crate) cause: Value,
}

/// A plain JavaScript object: keys in JavaScript's order.
#[derive(Default)]
pub(crate) struct Object {
    pub(crate) entries: Map,
}

/// The parts of node that a program may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Host {
    Process,
    Environment,
    Module,
    Path,
    Os,
    /// What is not there. It counts as `nil`, but an object drops it as JSON.
    Undefined,
}

impl Value {
    pub(crate) fn string(text: impl Into<Rc<str>>) -> Self {
        Self::String(text.into())
    }

    pub(crate) fn keyword(name: &str) -> Self {
        Self::Keyword(Rc::new(Name::plain(name)))
    }

    pub(crate) fn vector(items: Vec<Self>) -> Self {
        Self::Vector(Rc::new(Vector::of(items)))
    }

    /// An entry of a map, and where its key is written.
    pub(crate) fn entry(key: Self, value: Self, spot: Option<Spot>) -> Self {
        Self::Vector(Rc::new(Vector { items: vec![key, value], is_entry: true, spot }))
    }

    pub(crate) fn array(items: Vec<Self>) -> Self {
        Self::Array(Rc::new(Vector::of(items)))
    }

    pub(crate) fn map(map: Map) -> Self {
        Self::Map(Rc::new(map))
    }

    pub(crate) fn set(map: Map) -> Self {
        Self::Set(Rc::new(map))
    }

    pub(crate) fn seq(seq: Seq) -> Self {
        Self::Seq(Rc::new(seq))
    }

    /// These items as a sequence that is no list and does not come in chunks;
    /// `()` when there are none.
    pub(crate) fn plain_seq(items: Vec<Self>) -> Self {
        if items.is_empty() {
            return Self::seq(Seq::Empty);
        }
        Self::seq(Seq::Array {
            items: Rc::new(Vector::of(items)),
            from: 0,
            list: false,
            chunks: Chunks::None,
        })
    }

    /// A list of these items; `list?` is true of it.
    pub(crate) fn list(items: Vec<Self>) -> Self {
        if items.is_empty() {
            return Self::seq(Seq::Empty);
        }
        Self::seq(Seq::Array { items: Rc::new(Vector::of(items)), from: 0, list: true, chunks: Chunks::None })
    }

    /// Everything but `nil` and `false` counts as true.
    pub(crate) fn truthy(&self) -> bool {
        !(self.is_nil() || matches!(self, Self::Bool(false)))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil | Self::Host(Host::Undefined))
    }

    /// What to call it in a message.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Nil => "`nil`",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Keyword(_) => "a keyword",
            Self::Symbol(_) => "a symbol",
            Self::Regex(_) => "a regex",
            Self::Vector(_) => "a vector",
            Self::Map(_) => "a map",
            Self::Set(_) => "a set",
            Self::Seq(_) => "a sequence",
            Self::Function(_) => "a function",
            Self::Atom(_) => "an atom",
            Self::Reduced(_) => "a reduced value",
            Self::Transient(_) => "a transient",
            Self::Error(_) => "an error",
            Self::Array(_) => "a JavaScript array",
            Self::Object(_) => "a JavaScript object",
            Self::Host(Host::Process) => "`js/process`",
            Self::Host(Host::Environment) => "`js/process.env`",
            Self::Host(Host::Module) => "`js/module`",
            Self::Host(Host::Path) => "node's `path`",
            Self::Host(Host::Os) => "node's `os`",
            Self::Host(Host::Undefined) => "`js/undefined`",
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}
