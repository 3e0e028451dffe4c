//! Making values, and calling them by name.

use std::rc::Rc;

use crate::clojure::form::Name;
use crate::clojure::source::Spot;
use crate::clojure::value::{Chunks, Failure, Host, Map, Seq, Value, Vector};

impl Vector {
    pub(crate) fn of(items: Vec<Value>) -> Self {
        Self { items, is_entry: false, spot: None }
    }
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

    /// These items as a sequence that is not a list and does not come in chunks;
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

    /// What `(js/Error. message)` makes.
    pub(crate) fn error(message: impl Into<Rc<str>>) -> Self {
        Self::Error(Rc::new(Failure { message: message.into(), data: None, cause: Self::Nil }))
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
