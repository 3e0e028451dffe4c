//! Looking at sequences: forcing lazy cells, walking, realising to the end.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::moment::Moment;
use crate::clojure::machine::state::Machine;
use crate::clojure::source::Spot;
use crate::clojure::value::{Chunks, Lazy, Map, Seq, State, Value, Vector};

/// The size of a chunk.
pub(crate) const CHUNK: usize = 32;
/// How deep collections may nest where they are compared, hashed or printed.
const DEEPEST: u32 = 1_000;

impl Machine<'_> {
    /// `(seq value)`: a sequence that is neither empty nor lazy, or `nil`.
    pub(crate) fn seq(&mut self, value: &Value) -> Outcome {
        let items = match value {
            value if value.is_nil() => return Ok(Value::Nil),
            Value::Seq(seq) => return self.seq_of(seq),
            Value::Vector(vector) => {
                return Ok(array_seq(
                    vector,
                    if vector.items.len() > CHUNK { Chunks::Aligned } else { Chunks::None },
                ));
            }
            Value::Array(vector) => return Ok(array_seq(vector, Chunks::None)),
            Value::Map(map) => map
                .iter()
                .map(|entry| Value::entry(entry.key.clone(), entry.value.clone(), entry.spot))
                .collect::<Vec<_>>(),
            Value::Set(set) => set.iter().map(|entry| entry.key.clone()).collect(),
            Value::String(text) => units(text)?,
            other => return Err(failed(format!("{} is not a sequence", other.what()))),
        };
        self.spend(4 * items.len())?;
        Ok(array_seq(&Rc::new(Vector::of(items)), Chunks::None))
    }

    fn seq_of(&mut self, seq: &Rc<Seq>) -> Outcome {
        let mut value = Value::Seq(Rc::clone(seq));
        loop {
            let Value::Seq(seq) = &value else { return Ok(value) };
            self.spend(1)?;
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
        let moment = match lazy.uncertain_since {
            None => Moment::Certain,
            Some(effects) if effects == self.effects => Moment::Uncertain,
            Some(_) => Moment::Late,
        };
        let result = self.guarded(moment, |machine| machine.invoke_closure(&body, Vec::new()));
        let value = match result {
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
                self.spend(vector.items.len())?;
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
        self.weigh(std::slice::from_ref(value))?;
        match value {
            Value::Vector(vector) | Value::Array(vector) => {
                vector.items.iter().try_for_each(|item| self.realise_within(item, depth + 1))
            }
            // Keys are realised when they are put in; walking them counts the work to come.
            Value::Map(map) | Value::Set(map) => map.iter().try_for_each(|entry| {
                self.realise_within(&entry.key, depth + 1)?;
                self.realise_within(&entry.value, depth + 1)
            }),
            Value::Object(object) => {
                object.entries.iter().try_for_each(|entry| self.realise_within(&entry.value, depth + 1))
            }
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
    pub(crate) fn put(&mut self, map: &mut Map, key: Value, value: Value, spot: Option<Spot>) -> Outcome<()> {
        self.realise_guarded(&key)?;
        self.spend(1 + map.len() / 64)?;
        let what = key.what();
        map.insert(key, value, spot)
            .map_err(|_| failed(format!("{what} as a key is not covered: its hash is not certain")))
    }

    /// Realises a value where side effects would come at an uncertain moment.
    pub(crate) fn realise_guarded(&mut self, value: &Value) -> Outcome<()> {
        self.guarded(Moment::Uncertain, |machine| machine.realise(value))
    }
}

fn array_seq(items: &Rc<Vector>, chunks: Chunks) -> Value {
    if items.items.is_empty() {
        return Value::Nil;
    }
    Value::seq(Seq::Array { items: Rc::clone(items), from: 0, list: false, chunks })
}

/// The UTF-16 units of a string, each a string of its own.
pub(crate) fn units(text: &str) -> Outcome<Vec<Value>> {
    if text.chars().any(|char| char.len_utf16() > 1) {
        return Err(failed("a character outside the basic plane cannot be taken apart here"));
    }
    Ok(text.chars().map(|char| Value::string(char.to_string())).collect())
}
