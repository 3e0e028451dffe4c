//! Evaluating nodes.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, Stop, Thrown, thrown};
use crate::clojure::machine::node::{Call, Case, Class, Node, Op, Slot, Try, VarId};
use crate::clojure::machine::state::Machine;
use crate::clojure::source::Spot;
use crate::clojure::value::equal::equal;
use crate::clojure::value::{Value, print};

/// The locals of a function that is running.
pub(super) type Frame = Vec<Value>;

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
    pub(super) fn at(&self, stop: Stop, spot: Spot) -> Stop {
        if self.sources.is_builtin(spot) { stop } else { stop.at(spot) }
    }

    fn eval_compound(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::If(parts) => {
                let test = self.eval_asked(&parts[0], frame)?;
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
            Op::Call(call) => self.eval_call(node.spot, call, frame),
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

    /// What is asked whether it is there may be absent: a variable that is
    /// unset here is not a mistake.
    fn eval_asked(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        self.defaulted += 1;
        let value = self.eval(node, frame);
        self.defaulted -= 1;
        value
    }

    fn eval_or(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome {
        let Some((last, others)) = nodes.split_last() else { return Ok(Value::Nil) };
        for node in others {
            let value = self.eval_asked(node, frame)?;
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

    pub(super) fn eval_all(&mut self, nodes: &[Node], frame: &mut Frame) -> Outcome<Vec<Value>> {
        let mut values = Vec::with_capacity(nodes.len());
        for node in nodes {
            values.push(self.eval(node, frame)?);
        }
        Ok(values)
    }

    fn eval_call(&mut self, spot: Spot, call: &Call, frame: &mut Frame) -> Outcome {
        let function = self.eval(&call.function, frame)?;
        let values = self.eval_all(&call.arguments, frame)?;
        if self.sources.is_builtin(spot) {
            self.argument_spots = None;
        } else {
            self.site = Some(spot);
            self.argument_spots = Some(Rc::clone(&call.spots));
        }
        self.call(&function, values)
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
        Err(thrown(&format!("No matching clause: {shown}")))
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
}
