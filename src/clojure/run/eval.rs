//! Evaluating nodes.

use std::cell::RefCell;
use std::rc::Rc;

use crate::clojure::library::interop;
use crate::clojure::run::fault::{Outcome, Stop, Thrown, failed};
use crate::clojure::run::machine::Machine;
use crate::clojure::run::node::{Case, Certainty, Class, Node, Op, Slot, Template, Try, VarId};
use crate::clojure::run::source::Spot;
use crate::clojure::value::equal::equal;
use crate::clojure::value::map::Map;
use crate::clojure::value::seq::{Lazy, Seq, State};
use crate::clojure::value::{Failure, Function, Object, Value, print};

type Frame = Vec<Value>;

impl Machine<'_> {
    pub(crate) fn eval(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Constant(value) => Ok(value.clone()),
            Op::Local(slot) => Ok(frame[*slot].clone()),
            Op::Var(var, dynamic) => {
                let seen = if *dynamic { self.observe("a dynamic variable") } else { Ok(()) };
                seen.and_then(|()| self.global(*var)).map_err(|stop| self.at(stop, node.spot))
            }
            _ => {
                self.deeper().map_err(|stop| self.at(stop, node.spot))?;
                let result = self.eval_compound(node, frame);
                self.depth -= 1;
                result.map_err(|stop| self.at(stop, node.spot))
            }
        }
    }

    /// Gives a failure its place, unless it is in a file of ours: then the call
    /// in the user's file is the place.
    fn at(&self, stop: Stop, spot: Spot) -> Stop {
        if self.sources.is_builtin(spot) { stop } else { stop.at(spot) }
    }

    fn eval_compound(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::If(parts) => {
                let test = self.eval(&parts[0], frame)?;
                self.eval(&parts[if test.truthy() { 1 } else { 2 }], frame)
            }
            Op::Do(nodes) => self.eval_do(nodes, frame),
            Op::Or(nodes) => self.eval_or(nodes, frame),
            Op::Let(bindings, body) => {
                self.bind(bindings, frame)?;
                self.eval(body, frame)
            }
            Op::Loop(bindings, body) => {
                self.bind(bindings, frame)?;
                loop {
                    match self.eval(body, frame) {
                        Err(Stop::Recur) => self.spend(1)?,
                        other => return other,
                    }
                }
            }
            Op::Recur(slots, nodes) => {
                let values = self.eval_all(nodes, frame)?;
                slots.iter().zip(values).for_each(|(&slot, value)| frame[slot] = value);
                Err(Stop::Recur)
            }
            Op::Call(function, arguments, spots) => {
                self.eval_call(node.spot, function, arguments, spots, frame)
            }
            Op::Case(case) => self.eval_case(case, frame),
            Op::Try(parts) => self.eval_try(parts, frame),
            Op::Throw(value) => {
                let value = self.eval(value, frame)?;
                Err(Stop::Thrown(Box::new(Thrown { value, spot: None })))
            }
            Op::Binding(pairs, body) => self.eval_binding(pairs, body, frame),
            Op::Property(..) | Op::Method(..) | Op::NewError(..) | Op::SetExports(..) => {
                self.eval_host(node, frame)
            }
            Op::Define { .. } | Op::SetVar(..) => self.eval_definition(&node.op, frame),
            _ => self.eval_literal(node, frame),
        }
    }

    fn eval_do(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome {
        let Some((last, others)) = nodes.split_last() else { return Ok(Value::Nil) };
        for node in others {
            self.eval(node, frame)?;
        }
        self.eval(last, frame)
    }

    fn eval_or(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome {
        let Some((last, others)) = nodes.split_last() else { return Ok(Value::Nil) };
        for node in others {
            self.defaulted += 1;
            let value = self.eval(node, frame);
            self.defaulted -= 1;
            let value = value?;
            if value.truthy() {
                return Ok(value);
            }
        }
        self.eval(last, frame)
    }

    fn bind(&mut self, bindings: &[(Slot, Node)], frame: &mut Frame) -> Outcome<()> {
        for (slot, node) in bindings {
            frame[*slot] = self.eval(node, frame)?;
        }
        Ok(())
    }

    fn eval_all(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            values.push(self.eval(node, frame)?);
        }
        Ok(values)
    }

    fn eval_call(
        &mut self,
        spot: Spot,
        function: &Node,
        arguments: &[Node],
        spots: &Rc<[Spot]>,
        frame: &mut Frame,
    ) -> Outcome {
        let function = self.eval(function, frame)?;
        let values = self.eval_all(arguments, frame)?;
        if self.sources.is_builtin(spot) {
            self.argument_spots = None;
        } else {
            self.site = Some(spot);
            self.argument_spots = Some(Rc::clone(spots));
        }
        self.call(&function, values)
    }

    fn closure(template: &Rc<Template>, frame: &Frame) -> Function {
        let captured = template.captures.iter().map(|&slot| frame[slot].clone()).collect();
        Function::Closure { template: Rc::clone(template), captured }
    }

    fn eval_literal(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        Ok(match &node.op {
            Op::Function(template) => Value::Function(Rc::new(Self::closure(template, frame))),
            Op::Lazy(template, certainty) => {
                let body = Rc::new(Self::closure(template, frame));
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
                Value::Object(Rc::new(Object { entries: interop::object_entries(entries, Some(node.spot)) }))
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

    fn eval_case(&mut self, case: &Case, frame: &mut Frame) -> Outcome {
        let test = self.eval(&case.test, frame)?;
        self.realise_guarded(&test)?;
        self.spend(case.constants.len() / 8)?;
        let branch = case.constants.iter().find(|(constant, _)| equal(constant, &test)).map(|(_, at)| *at);
        if let Some(branch) = branch.and_then(|at| case.branches.get(at)).or(case.default.as_ref()) {
            return self.eval(branch, frame);
        }
        let shown = print::string(&test).unwrap_or_default();
        Err(thrown_error(&format!("No matching clause: {shown}")))
    }

    fn eval_try(&mut self, parts: &Try, frame: &mut Frame) -> Outcome {
        let mut result = self.eval(&parts.body, frame);
        if let Err(Stop::Thrown(thrown)) = &result {
            let value = thrown.value.clone();
            let catch = parts.catches.iter().find(|catch| match (catch.class, &value) {
                (Class::Anything, _) | (Class::Error, Value::Error(_)) => true,
                (Class::ExceptionInfo, Value::Error(error)) => error.data.is_some(),
                _ => false,
            });
            if let Some(catch) = catch {
                frame[catch.slot] = value;
                result = self.eval(&catch.body, frame);
            }
        }
        if let Some(finally) = &parts.finally
            && !matches!(result, Err(Stop::Failed(_)))
        {
            self.eval(finally, frame)?;
        }
        result
    }

    fn eval_binding(&mut self, pairs: &[(VarId, Node)], body: &Node, frame: &mut Frame) -> Outcome {
        let mut values = Vec::with_capacity(pairs.len());
        for (var, node) in pairs {
            values.push((*var, self.eval(node, frame)?));
        }
        self.effect("binding")?;
        let before: Vec<_> =
            values.into_iter().map(|(var, value)| (var, self.set_global(var, Some(value)))).collect();
        let result = self.eval(body, frame);
        for (var, value) in before.into_iter().rev() {
            self.set_global(var, value);
        }
        self.effects += 1;
        result
    }

    fn eval_definition(&mut self, op: &Op, frame: &mut Frame) -> Outcome {
        match op {
            Op::Define { var, value, once } => {
                if !(*once && self.is_defined(*var)) {
                    let value = self.eval(value, frame)?;
                    self.effect("def")?;
                    self.set_global(*var, Some(value.clone()));
                    return Ok(value);
                }
                Ok(Value::Nil)
            }
            Op::SetVar(var, value) => {
                let value = self.eval(value, frame)?;
                self.effect("set!")?;
                self.set_global(*var, Some(value.clone()));
                Ok(value)
            }
            _ => Ok(Value::Nil),
        }
    }

    fn eval_host(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Property(target, name) => {
                let target = self.eval(target, frame)?;
                self.mark(node.spot);
                interop::property(self, &target, name)
            }
            Op::Method(target, name, arguments) => {
                let target = self.eval(target, frame)?;
                let arguments = self.eval_all(arguments, frame)?;
                self.mark(node.spot);
                interop::method(self, &target, name, &arguments)
            }
            Op::NewError(arguments) => {
                let mut arguments = self.eval_all(arguments, frame)?;
                match arguments.pop() {
                    Some(Value::String(message)) if arguments.is_empty() => {
                        Ok(Value::Error(Rc::new(Failure { message, data: None, cause: Value::Nil })))
                    }
                    None => Ok(error_value("")),
                    _ => Err(failed("`js/Error.` needs one string")),
                }
            }
            Op::SetExports(value) => {
                let value = self.eval(value, frame)?;
                self.effect("set!")?;
                self.exports = Some(value.clone());
                Ok(value)
            }
            _ => Ok(Value::Nil),
        }
    }

    fn mark(&mut self, spot: Spot) {
        if !self.sources.is_builtin(spot) {
            self.site = Some(spot);
        }
    }
}

fn error_value(message: &str) -> Value {
    Value::Error(Rc::new(Failure { message: message.into(), data: None, cause: Value::Nil }))
}

/// What a throw of `js/Error` gives.
pub(crate) fn thrown_error(message: &str) -> Stop {
    Stop::Thrown(Box::new(Thrown { value: error_value(message), spot: None }))
}
