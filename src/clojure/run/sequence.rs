//! Looking at sequences: forcing lazy cells, walking, realising to the end.

use std::rc::Rc;

use crate::clojure::run::fault::{Outcome, Stop, failed};
use crate::clojure::run::machine::Machine;
use crate::clojure::value::map::Map;
use crate::clojure::value::seq::{Lazy, Seq, State};
use crate::clojure::value::{Value, Vector};

/// The size of a chunk.
pub(crate) const CHUNK: usize = 32;
/// How deep collections may nest where they are compared, hashed or printed.
const DEEPEST: u32 = 1_000;

impl Machine<'_> {
    /// `(seq value)`: a sequence that is neither empty nor lazy, or `nil`.
    pub(crate) fn seq(&mut self, value: &Value) -> Outcome {
        let items = match value {
            Value::Nil => return Ok(Value::Nil),
            Value::Seq(seq) => return self.seq_of(seq),
            Value::Vector(vector) => return Ok(array_seq(vector, vector.items.len() > CHUNK)),
            Value::Array(vector) => return Ok(array_seq(vector, false)),
            Value::Map(map) => map
                .iter()
                .map(|entry| Value::vector(vec![entry.key.clone(), entry.value.clone()]))
                .collect::<Vec<_>>(),
            Value::Set(set) => set.iter().map(|entry| entry.key.clone()).collect(),
            Value::String(text) => units(text)?,
            other => return Err(failed(format!("{} is no sequence", other.what()))),
        };
        self.spend(items.len())?;
        Ok(array_seq(&Rc::new(Vector { items }), false))
    }

    fn seq_of(&mut self, seq: &Rc<Seq>) -> Outcome {
        let mut value = Value::Seq(Rc::clone(seq));
        loop {
            let Value::Seq(seq) = &value else { return Ok(value) };
            value = match &**seq {
                Seq::Empty => return Ok(Value::Nil),
                Seq::Lazy(lazy) => self.force(lazy)?,
                _ => return Ok(value),
            };
        }
    }

    /// Computes a cell once. The result is a sequence, perhaps lazy, or `nil`.
    fn force(&mut self, lazy: &Lazy) -> Outcome {
        let state = std::mem::replace(&mut *lazy.state.borrow_mut(), State::Running);
        let body = match state {
            State::Done(value) => {
                *lazy.state.borrow_mut() = State::Done(value.clone());
                return Ok(value);
            }
            State::Running => return Err(failed("a lazy sequence needs itself to be computed")),
            State::Pending(body) => body,
        };
        let late = lazy.uncertain_since.is_some_and(|effects| effects != self.effects);
        let uncertain = lazy.uncertain_since.is_some();
        self.guarded += u32::from(uncertain);
        self.stale += u32::from(late);
        let result = self.invoke_closure(&body, Vec::new());
        self.guarded -= u32::from(uncertain);
        self.stale -= u32::from(late);
        let value = match result {
            Err(Stop::Thrown(thrown)) if uncertain => {
                let message = "an error is thrown inside a lazy sequence: when is not certain";
                return Err(thrown.spot.into_iter().fold(failed(message), Stop::at));
            }
            Err(stop) => {
                *lazy.state.borrow_mut() = State::Pending(body);
                return Err(stop);
            }
            Ok(Value::Seq(seq)) => Value::Seq(seq),
            Ok(other) => self.seq(&other)?,
        };
        *lazy.state.borrow_mut() = State::Done(value.clone());
        Ok(value)
    }

    /// First item and rest, `None` at the end.
    pub(crate) fn uncons(&mut self, value: &Value) -> Outcome<Option<(Value, Value)>> {
        self.spend(1)?;
        let value = self.seq(value)?;
        let Value::Seq(seq) = &value else { return Ok(None) };
        Ok(Some(seq.split()))
    }

    /// All items, in order.
    pub(crate) fn items(&mut self, value: &Value) -> Outcome<Vec<Value>> {
        match value {
            Value::Vector(vector) | Value::Array(vector) => {
                self.spend(vector.items.len() / 8)?;
                return Ok(vector.items.clone());
            }
            _ => {}
        }
        let mut items = Vec::new();
        let mut rest = value.clone();
        while let Some((item, tail)) = self.uncons(&rest)? {
            items.push(item);
            rest = tail;
        }
        Ok(items)
    }

    /// Realises every sequence inside a value, so that it can be compared,
    /// hashed or printed.
    pub(crate) fn realise(&mut self, value: &Value) -> Outcome<()> {
        self.realise_within(value, 0)
    }

    fn realise_within(&mut self, value: &Value, depth: u32) -> Outcome<()> {
        if depth > DEEPEST {
            return Err(failed(format!("a collection is nested more than {DEEPEST} deep")));
        }
        self.spend(1)?;
        match value {
            Value::Vector(vector) | Value::Array(vector) => {
                vector.items.iter().try_for_each(|item| self.realise_within(item, depth + 1))
            }
            Value::Map(map) => map.iter().try_for_each(|entry| self.realise_within(&entry.value, depth + 1)),
            Value::Seq(_) => {
                let mut rest = value.clone();
                while let Some((item, tail)) = self.uncons(&rest)? {
                    self.realise_within(&item, depth + 1)?;
                    rest = tail;
                }
                Ok(())
            }
            Value::Atom(atom) => {
                let inner = atom.value.borrow().clone();
                self.realise_within(&inner, depth + 1)
            }
            _ => Ok(()),
        }
    }

    /// Puts an entry into a map.
    pub(crate) fn put(
        &mut self,
        map: &mut Map,
        key: Value,
        value: Value,
        spot: Option<crate::clojure::run::source::Spot>,
    ) -> Outcome<()> {
        self.realise_guarded(&key)?;
        self.spend(1 + map.len() / 64)?;
        let what = key.what();
        map.insert(key, value, spot)
            .map_err(|_| failed(format!("{what} as a key is not covered: its hash is not certain")))
    }

    /// Realises a value where side effects would come at an uncertain moment.
    pub(crate) fn realise_guarded(&mut self, value: &Value) -> Outcome<()> {
        self.guarded += 1;
        let result = self.realise(value);
        self.guarded -= 1;
        result
    }
}

fn array_seq(items: &Rc<Vector>, chunked: bool) -> Value {
    if items.items.is_empty() {
        return Value::Nil;
    }
    Value::seq(Seq::Array { items: Rc::clone(items), from: 0, list: false, chunked })
}

/// The UTF-16 units of a string, each a string of its own.
pub(crate) fn units(text: &str) -> Outcome<Vec<Value>> {
    if text.chars().any(|char| char.len_utf16() > 1) {
        return Err(failed("a character outside the basic plane cannot be taken apart here"));
    }
    Ok(text.chars().map(|char| Value::string(char.to_string())).collect())
}
