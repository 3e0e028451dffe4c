//! Collections, evaluated or quoted.

use std::rc::Rc;

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::machine::node::{Node, Op};
use crate::clojure::value::{Map, Value, hash};

impl Analyser<'_> {
    pub(super) fn collection(&mut self, form: &Form) -> Node {
        let op = match &form.kind {
            Kind::Vector(items) => Op::Vector(self.all(items)),
            Kind::Map(items) => {
                let nodes = items
                    .chunks_exact(2)
                    .map(|pair| (self.form(&pair[0], false), self.form(&pair[1], false)));
                Op::Map(nodes.collect())
            }
            Kind::Set(items) => match self.set_order(items) {
                Some(order) => Op::Set(order.into_iter().map(|at| self.form(&items[at], false)).collect()),
                None => return self.refuse(form.span, "the order of this set is not certain here"),
            },
            Kind::Js(inner) => match &inner.kind {
                Kind::Vector(items) => Op::Array(self.all(items)),
                Kind::Map(items) => {
                    let pairs = items.chunks_exact(2).filter_map(|pair| {
                        let key: Rc<str> = match &pair[0].kind {
                            Kind::String(text) => text.as_str().into(),
                            Kind::Keyword(Name { namespace: None, name }) => name.as_str().into(),
                            _ => {
                                self.error(pair[0].span, "a key of `#js {}` is a string or a plain keyword");
                                return None;
                            }
                        };
                        let mut value = self.form(&pair[1], false);
                        let spot = self.spot(pair[0].span);
                        // The place of the entry is its key's.
                        value = Node { op: value.op, spot };
                        Some((key, value))
                    });
                    Op::Object(pairs.collect())
                }
                _ => return self.nil(form.span),
            },
            _ => return self.nil(form.span),
        };
        self.node(form.span, op)
    }

    fn all(&mut self, items: &[Form]) -> Vec<Node> {
        items.iter().map(|form| self.form(form, false)).collect()
    }

    /// The order in which the compiler, on the JVM, sees the items of a set
    /// literal: by their hash there. `None` when that is not known.
    fn set_order(&self, items: &[Form]) -> Option<Vec<usize>> {
        if items.len() < 2 {
            return Some((0..items.len()).collect());
        }
        let hashes: Option<Vec<(u64, usize)>> =
            items.iter().enumerate().map(|(at, item)| Some((self.jvm_order(item)?, at))).collect();
        let mut hashes = hashes?;
        hashes.sort_unstable();
        let distinct = hashes.windows(2).all(|pair| pair[0].0 != pair[1].0);
        distinct.then(|| hashes.into_iter().map(|(_, at)| at).collect())
    }

    fn jvm_order(&self, form: &Form) -> Option<u64> {
        let hash = match &form.kind {
            Kind::Nil => return Some(0),
            Kind::Integer(value) => hash::of_jvm_integer(*value),
            Kind::Character(char) => u32::from(*char),
            Kind::Symbol(name) => hash::of_value(&Value::Symbol(name.clone().into()))?,
            Kind::Bool(_) | Kind::String(_) | Kind::Keyword(_) | Kind::AutoKeyword(_) => {
                hash::of_value(&self.constant(form).ok()?)?
            }
            _ => return None,
        };
        Some(hash::order(hash) + 1)
    }

    /// The value of a quoted form.
    pub(super) fn quoted(&mut self, form: &Form) -> Value {
        match &form.kind {
            Kind::List(items) => Value::list(items.iter().map(|item| self.quoted(item)).collect()),
            Kind::Vector(items) => Value::vector(items.iter().map(|item| self.quoted(item)).collect()),
            Kind::Symbol(name) => Value::Symbol(Rc::new(name.clone())),
            Kind::Map(items) => {
                let mut map = if items.len() > 16 { Map::hashed() } else { Map::default() };
                let spot = self.spot(form.span);
                map.spot = (!self.builtin).then_some(spot);
                for pair in items.chunks_exact(2) {
                    let spot = self.spot(pair[0].span);
                    let (key, value) = (self.quoted(&pair[0]), self.quoted(&pair[1]));
                    if map.insert(key, value, Some(spot)).is_err() {
                        self.refuse(pair[0].span, "this key is not covered: its hash is not certain");
                    }
                }
                Value::map(map)
            }
            Kind::Set(items) => {
                let Some(order) = self.set_order(items) else {
                    self.refuse(form.span, "the order of this set is not certain here");
                    return Value::Nil;
                };
                let mut set = Map::default();
                for at in order {
                    let value = self.quoted(&items[at]);
                    if set.append(value, Value::Nil, None).is_err() {
                        self.refuse(items[at].span, "this item is not covered: its hash is not certain");
                    }
                }
                Value::set(set)
            }
            _ => match self.constant(form) {
                Ok(value) => value,
                Err(message) => {
                    self.refuse(form.span, &message);
                    Value::Nil
                }
            },
        }
    }
}
