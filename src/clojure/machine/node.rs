//! What the analyser makes of forms: names resolved to slots and variables,
//! macros expanded, arities checked. This is what the machine runs.

use std::rc::Rc;

use crate::clojure::source::Spot;
use crate::clojure::value::{Host, TemplateId, Value};

pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) spot: Spot,
}

/// A form of a file, ready to run, and the size of its frame.
pub(crate) struct TopLevel {
    pub(crate) node: Node,
    pub(crate) size: usize,
}

/// The number of a local in its function's frame.
pub(crate) type Slot = usize;

/// The number of a variable in the program.
pub(crate) type VarId = usize;

pub(crate) enum Op {
    Constant(Value),
    Local(Slot),
    /// A variable, and whether `binding` may change it.
    Var(VarId, bool),
    If(Box<[Node; 3]>),
    Do(Vec<Node>),
    /// `or`, of two or more; all but the last have a default behind them.
    Or(Vec<Node>),
    Let(Vec<(Slot, Node)>, Box<Node>),
    Loop(Vec<(Slot, Node)>, Box<Node>),
    Recur(Vec<Slot>, Vec<Node>),
    Function(TemplateId),
    Lazy(TemplateId, Certainty),
    Call(Box<Call>),
    Vector(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Set(Vec<Node>),
    Array(Vec<Node>),
    Object(Vec<(Rc<str>, Node)>),
    Case(Box<Case>),
    Define {
        var: VarId,
        value: Box<Node>,
        once: bool,
    },
    SetVar(VarId, Box<Node>),
    SetExports(Box<Node>),
    Binding(Vec<(VarId, Node)>, Box<Node>),
    Throw(Box<Node>),
    Try(Box<Try>),
    Host(Host),
    Property(Box<Node>, Rc<str>),
    Method(Box<Node>, Rc<str>, Vec<Node>),
    NewError(Vec<Node>),
}

pub(crate) struct Call {
    pub(crate) function: Node,
    pub(crate) arguments: Vec<Node>,
    /// Where the arguments are written.
    pub(crate) spots: Rc<[Spot]>,
}

/// Whether the moment at which a lazy cell is computed is known exactly.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Certain,
    Uncertain,
}

pub(crate) struct Case {
    pub(crate) test: Node,
    /// Constants and the index of their branch.
    pub(crate) constants: Vec<(Value, usize)>,
    pub(crate) branches: Vec<Node>,
    pub(crate) default: Option<Node>,
}

pub(crate) struct Try {
    pub(crate) body: Node,
    pub(crate) catches: Vec<Catch>,
    pub(crate) finally: Option<Node>,
}

pub(crate) struct Catch {
    pub(crate) class: Class,
    pub(crate) slot: Slot,
    pub(crate) body: Node,
}

/// What a `catch` takes.
#[derive(Clone, Copy)]
pub(crate) enum Class {
    Anything,
    Error,
    ExceptionInfo,
}

/// A function's code.
pub(crate) struct Template {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) arities: Vec<Arity>,
    /// Slots of the enclosing frame whose values it takes along.
    pub(crate) captures: Vec<Slot>,
}

pub(crate) struct Arity {
    /// Arguments before `&`.
    pub(crate) fixed: usize,
    pub(crate) variadic: bool,
    /// Slots of the parameters, in order; the last is the rest's.
    pub(crate) parameters: Vec<Slot>,
    /// Where captured values go: index in the captures, and slot.
    pub(crate) loads: Vec<(usize, Slot)>,
    /// Where the function itself goes.
    pub(crate) own: Option<Slot>,
    pub(crate) size: usize,
    pub(crate) body: Node,
}

impl Template {
    /// The arity for a number of arguments.
    pub(crate) fn arity(&self, count: usize) -> Option<&Arity> {
        self.arities
            .iter()
            .find(|arity| !arity.variadic && arity.fixed == count)
            .or_else(|| self.arities.iter().find(|arity| arity.variadic && arity.fixed <= count))
    }
}
