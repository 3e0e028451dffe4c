//! Letting go of values without recursion: a program can nest a list a million
//! deep, and freeing it the usual way would overflow the stack.

use std::mem::take;
use std::rc::Rc;

use crate::clojure::value::map::Map;
use crate::clojure::value::seq::{Seq, State};
use crate::clojure::value::{Atom, Boxed, Failure, Function, Object, Value, Vector};

/// Gives up what it holds, so that it can be freed one by one.
trait Hollow {
    fn hollow(&mut self, work: &mut Vec<Value>);
}

/// Frees everything in `work`, and what only they hold.
fn free(mut work: Vec<Value>) {
    while let Some(value) = work.pop() {
        match value {
            Value::Vector(mut rc) | Value::Array(mut rc) => open(&mut rc, &mut work),
            Value::Map(mut rc) | Value::Set(mut rc) => open(&mut rc, &mut work),
            Value::Seq(mut rc) => open(&mut rc, &mut work),
            Value::Function(mut rc) => open(&mut rc, &mut work),
            Value::Atom(mut rc) => open(&mut rc, &mut work),
            Value::Reduced(mut rc) => open(&mut rc, &mut work),
            Value::Error(mut rc) => open(&mut rc, &mut work),
            Value::Object(mut rc) => open(&mut rc, &mut work),
            _ => {}
        }
    }
}

fn open<T: Hollow>(rc: &mut Rc<T>, work: &mut Vec<Value>) {
    if let Some(inner) = Rc::get_mut(rc) {
        inner.hollow(work);
    }
}

fn keep(value: Value, work: &mut Vec<Value>) {
    let flat = matches!(
        value,
        Value::Nil
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Keyword(_)
            | Value::Symbol(_)
            | Value::Regex(_)
            | Value::Host(_)
    );
    if !flat {
        work.push(value);
    }
}

fn hollow_vector(rc: &mut Rc<Vector>, work: &mut Vec<Value>) {
    open(rc, work);
}

impl Hollow for Vector {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        self.items.drain(..).for_each(|item| keep(item, work));
    }
}

impl Hollow for Map {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        for entry in self.drain() {
            keep(entry.key, work);
            keep(entry.value, work);
        }
    }
}

impl Hollow for Seq {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        match self {
            Self::Empty => {}
            Self::Array { items, .. } => hollow_vector(items, work),
            Self::Cons { head, tail, .. } => {
                keep(take(head), work);
                keep(take(tail), work);
            }
            Self::Chunk { items, tail, .. } => {
                hollow_vector(items, work);
                keep(take(tail), work);
            }
            Self::Lazy(lazy) => match std::mem::replace(lazy.state.get_mut(), State::Running) {
                State::Pending(function) => work.push(Value::Function(function)),
                State::Running => {}
                State::Done(value) => keep(value, work),
            },
        }
    }
}

impl Hollow for Function {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        if let Self::Closure { captured, .. } = self {
            captured.drain(..).for_each(|item| keep(item, work));
        }
    }
}

impl Hollow for Atom {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        keep(take(self.value.get_mut()), work);
    }
}

impl Hollow for Boxed {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        keep(take(&mut self.value), work);
    }
}

impl Hollow for Failure {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        keep(take(&mut self.cause), work);
        if let Some(data) = self.data.take() {
            keep(data, work);
        }
    }
}

impl Hollow for Object {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        self.entries.hollow(work);
    }
}

macro_rules! drop_by_hollowing {
    ($($kind:ty),*) => {
        $(impl Drop for $kind {
            fn drop(&mut self) {
                let mut work = Vec::new();
                self.hollow(&mut work);
                free(work);
            }
        })*
    };
}

drop_by_hollowing!(Vector, Map, Seq, Function, Atom, Boxed, Failure);
