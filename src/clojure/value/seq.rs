//! Sequences: lists, rests of vectors, cells that are computed when they are
//! looked at. Which of them come in chunks is as in ClojureScript, because the
//! side effects of a function that is mapped show how far ahead it was run.

use std::rc::Rc;

use crate::clojure::value::{Seq, State, Value, Vector};

impl Seq {
    /// The items of a sequence that has been realised to its end.
    pub(crate) fn realised(self: &Rc<Self>) -> Realised {
        Realised { rest: Value::Seq(Rc::clone(self)) }
    }
}

/// Walks a realised sequence; it ends where something is not realised.
pub(crate) struct Realised {
    rest: Value,
}

impl Iterator for Realised {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        loop {
            let Value::Seq(seq) = &self.rest else { return None };
            let (item, rest) = match &**seq {
                Seq::Empty => return None,
                Seq::Lazy(lazy) => {
                    let State::Done(value) = &*lazy.state.borrow() else { return None };
                    (None, value.clone())
                }
                other => {
                    let (head, tail) = other.split();
                    (Some(head), tail)
                }
            };
            self.rest = rest;
            if item.is_some() {
                return item;
            }
        }
    }
}

impl Seq {
    /// First item and rest of a cell that is neither empty nor lazy.
    pub(crate) fn split(&self) -> (Value, Value) {
        let advance = |items: &Rc<Vector>, from: usize| items.items.get(from).cloned().unwrap_or_default();
        match self {
            Self::Empty | Self::Lazy(_) => (Value::Nil, Value::Nil),
            Self::Array { items, from, list, chunks } => {
                let next = from + 1;
                let tail = if next < items.items.len() {
                    Value::seq(Self::Array {
                        items: Rc::clone(items),
                        from: next,
                        list: *list,
                        chunks: *chunks,
                    })
                } else if *list {
                    Value::seq(Self::Empty)
                } else {
                    Value::Nil
                };
                (advance(items, *from), tail)
            }
            Self::Cons { head, tail, .. } => (head.clone(), tail.clone()),
            Self::Chunk { items, from, tail } => {
                let next = from + 1;
                let tail = if next < items.items.len() {
                    Value::seq(Self::Chunk { items: Rc::clone(items), from: next, tail: tail.clone() })
                } else {
                    tail.clone()
                };
                (advance(items, *from), tail)
            }
        }
    }
}
