//! Evaluating what reaches out of an expression: definitions, and the members of
//! JavaScript's values.

use std::rc::Rc;

use crate::clojure::library::interop;
use crate::clojure::run::eval::{Frame, error_value};
use crate::clojure::run::fault::{Outcome, failed};
use crate::clojure::run::machine::Machine;
use crate::clojure::run::node::{Node, Op};
use crate::clojure::run::source::Spot;
use crate::clojure::value::{Failure, Value};

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
