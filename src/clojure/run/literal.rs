//! Evaluating literals: functions, collections and JavaScript's.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::node::{Certainty, Node, Op};
use crate::clojure::machine::state::Machine;
use crate::clojure::run::eval::Frame;
use crate::clojure::source::Spot;
use crate::clojure::value::{Function, Lazy, Map, Seq, State, TemplateId, Value};

impl Machine<'_> {
    fn closure(&self, template: TemplateId, frame: &Frame) -> Function {
        let slots = &self.template(template).captures;
        let captured = slots.iter().map(|&slot| frame[slot].clone()).collect();
        Function::Closure { template, captured }
    }

    pub(super) fn eval_literal(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        Ok(match &node.op {
            Op::Function(template) => Value::Function(Rc::new(self.closure(*template, frame))),
            Op::Lazy(template, certainty) => {
                let body = Rc::new(self.closure(*template, frame));
                let uncertain_since = (*certainty == Certainty::Uncertain).then_some(self.effects);
                Value::seq(Seq::Lazy(Lazy { state: RefCell::new(State::Pending(body)), uncertain_since }))
            }
            Op::Vector(nodes) => Value::vector(self.eval_all(nodes, frame)?),
            Op::Array(nodes) => Value::array(self.eval_all(nodes, frame)?),
            Op::Map(pairs) => self.eval_map(node.spot, pairs, frame)?,
            Op::Set(nodes) => self.eval_set(nodes, frame)?,
            Op::Object(pairs) => {
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let spot = value.spot;
                    entries.push((Rc::clone(key), self.eval(value, frame)?, Some(spot)));
                }
                Value::object(entries, Some(node.spot))
            }
            Op::Host(host) => Value::Host(*host),
            _ => return Err(failed("a form that cannot be evaluated")),
        })
    }

    /// A map of up to eight keys is made in the order of its text; the compiler
    /// shuffles bigger ones, so more than one side effect in them is not certain.
    fn eval_map(&mut self, spot: Spot, pairs: &[(Node, Node)], frame: &mut Frame) -> Outcome {
        let mut map = if pairs.len() > 8 { Map::hashed() } else { Map::default() };
        map.spot = (!self.sources.is_builtin(spot)).then_some(spot);
        let mut effective = 0;
        for (key, value) in pairs {
            let before = self.effects;
            let spot = key.spot;
            let key = self.eval(key, frame)?;
            let value = self.eval(value, frame)?;
            effective += usize::from(self.effects != before);
            let size = map.len();
            self.put(&mut map, key, value, Some(spot))?;
            if map.len() == size {
                return Err(self.at(failed("duplicate key in a map"), spot));
            }
        }
        if pairs.len() > 8 && effective > 1 {
            return Err(failed("the order of side effects in a map of more than eight keys is not certain"));
        }
        Ok(Value::map(map))
    }

    fn eval_set(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome {
        let constant = nodes.iter().all(|node| matches!(node.op, Op::Constant(_)));
        let mut set = Map::default();
        let mut effective = 0;
        for node in nodes {
            let before = self.effects;
            let value = self.eval(node, frame)?;
            effective += usize::from(self.effects != before);
            self.realise_guarded(&value)?;
            let size = set.len();
            let what = value.what();
            let put = if constant {
                set.append(value, Value::Nil, None)
            } else {
                set.insert(value, Value::Nil, None)
            };
            put.map_err(|_| failed(format!("{what} in a set is not covered: its hash is not certain")))?;
            if set.len() == size {
                return Err(failed("duplicate item in a set"));
            }
        }
        if effective > 1 {
            return Err(failed("the order of side effects in a set is not certain"));
        }
        Ok(Value::set(set))
    }
}
