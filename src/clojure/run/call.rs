//! Calling: functions, and the values that can stand in their place.

use std::rc::Rc;

use crate::clojure::machine::fault::{Outcome, Stop, failed};
use crate::clojure::machine::moment::Moment;
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Function, Value, number};

impl Machine<'_> {
    /// Calls any value with arguments.
    pub(crate) fn call(&mut self, function: &Value, arguments: Vec<Value>) -> Outcome {
        self.spend(1)?;
        match function {
            Value::Function(function) => self.invoke(function, arguments),
            Value::Keyword(name) => self.look_up(function, &format!(":{name}"), arguments),
            Value::Symbol(name) => self.look_up(function, &name.to_string(), arguments),
            Value::Map(_) | Value::Set(_) if (1..=2).contains(&arguments.len()) => {
                let default = arguments.get(1).cloned().unwrap_or_default();
                self.get(function, &arguments[0], default)
            }
            Value::Vector(vector) if arguments.len() == 1 => match &arguments[0] {
                Value::Number(at) => {
                    number::index(*at).and_then(|at| vector.items.get(at).cloned()).ok_or_else(|| {
                        failed(format!(
                            "no index {} in a vector of {}",
                            number::text(*at),
                            vector.items.len()
                        ))
                    })
                }
                other => Err(failed(format!("{} is not an index of a vector", other.what()))),
            },
            Value::Map(_) | Value::Set(_) | Value::Vector(_) => Err(failed(format!(
                "wrong number of arguments ({}) for {}",
                arguments.len(),
                function.what()
            ))),
            other => Err(failed(format!("{} cannot be called", other.what()))),
        }
    }

    /// `(:key map)` and `(:key map default)`.
    fn look_up(&mut self, key: &Value, shown: &str, mut arguments: Vec<Value>) -> Outcome {
        let default = match arguments.len() {
            1 => Value::Nil,
            2 => arguments.pop().unwrap_or_default(),
            count => return Err(failed(format!("wrong number of arguments ({count}) for `{shown}`"))),
        };
        self.get(&arguments[0], key, default)
    }

    pub(crate) fn invoke(&mut self, function: &Rc<Function>, arguments: Vec<Value>) -> Outcome {
        match &**function {
            Function::Native(id) => self.invoke_native(self.native(*id), arguments),
            Function::Closure { .. } => self.invoke_closure(function, arguments),
            Function::Multi(multi) => self.invoke_multi(multi, arguments),
        }
    }

    pub(crate) fn invoke_native(&mut self, native: &Native, arguments: Vec<Value>) -> Outcome {
        let count = arguments.len();
        if count < native.least || native.most.is_some_and(|most| count > most) {
            return Err(failed(format!("wrong number of arguments ({count}) for `{}`", native.name)));
        }
        self.weigh(&arguments)?;
        (native.run)(self, arguments)
    }

    /// When a function would look at the arguments that `apply` gives it.
    pub(crate) fn laziness(&self, function: &Function) -> Moment {
        match function {
            Function::Native(id) if ["swap!", "vswap!"].contains(&self.native(*id).name) => Moment::Late,
            Function::Native(_) => Moment::Certain,
            Function::Multi(_) => Moment::Late,
            Function::Closure { template, .. } => {
                match self.template(*template).arities.iter().find(|arity| arity.variadic) {
                    None => Moment::Certain,
                    // Our own functions change nothing before they look.
                    Some(arity) if self.sources.is_builtin(arity.body.spot) => Moment::Uncertain,
                    Some(_) => Moment::Late,
                }
            }
        }
    }

    pub(crate) fn invoke_closure(&mut self, function: &Rc<Function>, arguments: Vec<Value>) -> Outcome {
        let Function::Closure { template, captured } = &**function else {
            return self.invoke(function, arguments);
        };
        let (template, count) = (self.template(*template), arguments.len());
        let Some(arity) = template.arity(count) else {
            let name = template.name.as_deref().unwrap_or("fn");
            return Err(failed(format!("wrong number of arguments ({count}) for `{name}`")));
        };
        self.deeper()?;
        let mut frame = vec![Value::Nil; arity.size];
        for &(index, slot) in &arity.loads {
            frame[slot] = captured[index].clone();
        }
        if let Some(slot) = arity.own {
            frame[slot] = Value::Function(Rc::clone(function));
        }
        let mut arguments = arguments.into_iter();
        for (&slot, argument) in arity.parameters.iter().zip(arguments.by_ref().take(arity.fixed)) {
            frame[slot] = argument;
        }
        if arity.variadic
            && count > arity.fixed
            && let Some(&slot) = arity.parameters.last()
        {
            let rest = Value::vector(arguments.collect());
            frame[slot] = self.seq(&rest)?;
        }
        let result = loop {
            match self.eval(&arity.body, &mut frame) {
                Err(Stop::Recur) => {
                    if let Err(stop) = self.spend(1) {
                        break Err(stop);
                    }
                }
                other => break other,
            }
        };
        self.depth -= 1;
        result
    }
}
