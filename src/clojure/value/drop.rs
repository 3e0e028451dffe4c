//! Dropping values without recursion: a program can nest a list a million
//! deep, and freeing it the usual way would overflow the stack.

use std::mem::take;
use std::rc::Rc;

use crate::clojure::value::{
    Atom, Boxed, Failure, Function, Map, Object, Seq, State, Transient, Value, Vector,
};

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
            Value::Transient(mut rc) => open(&mut rc, &mut work),
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
        match self {
            Self::Native(_) => {}
            Self::Closure { captured, .. } => captured.drain(..).for_each(|item| keep(item, work)),
            Self::Multi(multi) => {
                keep(take(&mut multi.dispatch), work);
                keep(take(&mut multi.default), work);
                for (value, method) in multi.methods.get_mut().drain(..) {
                    keep(value, work);
                    keep(method, work);
                }
            }
        }
    }
}

impl Hollow for Atom {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        keep(take(self.value.get_mut()), work);
    }
}

impl Hollow for Transient {
    fn hollow(&mut self, work: &mut Vec<Value>) {
        if let Some(value) = self.value.get_mut().take() {
            keep(value, work);
        }
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

drop_by_hollowing!(Vector, Map, Seq, Function, Atom, Transient, Boxed, Failure);

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use crate::clojure::value::{Atom, Boxed, Failure, Function, Lazy, Map, Object, Seq, State, Value};

    fn closure(captured: Value) -> Rc<Function> {
        Rc::new(Function::Closure { template: 0, captured: vec![captured] })
    }

    fn map_of(inner: Value) -> Map {
        let mut map = Map::default();
        map.insert(Value::keyword("a"), inner, None).unwrap();
        map
    }

    /// On a test's stack of 2 MiB, recursion would not get through this.
    #[test]
    fn values_nested_a_million_deep_are_dropped() {
        let wraps: [fn(Value) -> Value; 10] = [
            |inner| Value::vector(vec![inner]),
            |inner| Value::array(vec![inner]),
            |inner| Value::map(map_of(inner)),
            |inner| Value::Object(Rc::new(Object { entries: map_of(inner) })),
            |inner| Value::seq(Seq::Cons { head: inner, tail: Value::Nil }),
            |inner| Value::seq(Seq::Cons { head: Value::Nil, tail: inner }),
            |inner| {
                let state = RefCell::new(State::Pending(closure(inner)));
                Value::seq(Seq::Lazy(Lazy { state, uncertain_since: None }))
            },
            |inner| Value::Atom(Rc::new(Atom { value: RefCell::new(inner) })),
            |inner| Value::Reduced(Rc::new(Boxed { value: inner })),
            |inner| {
                Value::Error(Rc::new(Failure { message: "".into(), data: Some(inner), cause: Value::Nil }))
            },
        ];
        for wrap in wraps {
            let mut value = Value::Nil;
            for _ in 0..1_000_000 {
                value = wrap(value);
            }
            drop(value);
        }
    }
}
