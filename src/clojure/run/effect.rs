//! Evaluating what reaches out of an expression: definitions, and the members of
//! JavaScript's values.

use crate::clojure::machine::fault::{Outcome, failed};
use crate::clojure::machine::node::{Node, Op};
use crate::clojure::machine::state::Machine;
use crate::clojure::run::eval::Frame;
use crate::clojure::source::Spot;
use crate::clojure::value::Value;

impl Machine<'_> {
    pub(super) fn eval_definition(&mut self, op: &Op, frame: &mut Frame) -> Outcome {
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

    pub(super) fn eval_host(&mut self, node: &Node, frame: &mut Frame) -> Outcome {
        match &node.op {
            Op::Property(target, name) => {
                let target = self.eval(target, frame)?;
                self.mark(node.spot);
                (self.library().property)(self, &target, name)
            }
            Op::Method(target, name, arguments) => {
                let target = self.eval(target, frame)?;
                let arguments = self.eval_all(arguments, frame)?;
                self.mark(node.spot);
                (self.library().method)(self, &target, name, &arguments)
            }
            Op::NewError(arguments) => {
                let mut arguments = self.eval_all(arguments, frame)?;
                match arguments.pop() {
                    Some(Value::String(message)) if arguments.is_empty() => Ok(Value::error(message)),
                    None => Ok(Value::error("")),
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
