//! The values of a running program, as ClojureScript has them: immutable but
//! for atoms and transients, numbers are doubles, characters are strings of one unit.
//!
//! All types that a value is made of stand in this file, because they name one
//! another; what they can do stands in the files below.

mod drop;
pub(crate) mod equal;
pub(crate) mod hash;
mod make;
pub(crate) mod map;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod print;
mod seq;

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::form::Name;
use crate::clojure::source::Spot;

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

/// A map, and through its keys a set: see `map.rs`.
#[derive(Clone, Default)]
pub(crate) struct Map {
    entries: Vec<Entry>,
    hashed: bool,
    /// Where the map is written, or the call that stands for it.
    pub(crate) spot: Option<Spot>,
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: Value,
    pub(crate) value: Value,
    /// Where the key is written.
    pub(crate) spot: Option<Spot>,
    /// The place in hashed order, where it is certain; 0 is `nil`'s.
    order: Option<u64>,
}

/// A sequence: see `seq.rs`.
pub(crate) enum Seq {
    /// `()`
    Empty,
    /// Items from an index on; never empty.
    Array {
        items: Rc<Vector>,
        from: usize,
        /// Whether `list?` is true of it.
        list: bool,
        chunks: Chunks,
    },
    Cons {
        head: Value,
        /// A sequence or `nil`.
        tail: Value,
    },
    /// A chunk and what follows it; never an empty chunk.
    Chunk {
        items: Rc<Vector>,
        from: usize,
        tail: Value,
    },
    Lazy(Lazy),
}

/// Whether functions take several items of an array at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunks {
    None,
    /// Up to the next multiple of 32 in the array: vectors.
    Aligned,
    /// 32 from where they are: ranges.
    Next,
}

/// A cell that is computed once, when its value is needed.
pub(crate) struct Lazy {
    pub(crate) state: RefCell<State>,
    /// The count of side effects when the cell was made, where the moment of
    /// its evaluation is not certain.
    pub(crate) uncertain_since: Option<u64>,
}

pub(crate) enum State {
    Pending(Rc<Function>),
    Running,
    /// What the body gave, as a sequence or `nil`.
    Done(Value),
}

/// The number of a native function among all that there are.
pub(crate) type NativeId = usize;

/// The number of a function's code in its program.
pub(crate) type TemplateId = usize;

/// What can be called.
pub(crate) enum Function {
    Native(NativeId),
    Closure { template: TemplateId, captured: Vec<Value> },
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
