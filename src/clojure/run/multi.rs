//! Calling multimethods.

use crate::clojure::machine::fault::{Outcome, thrown};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::equal::equal;
use crate::clojure::value::{Multi, Value, print};

impl Machine<'_> {
    /// Calls the method for what the dispatch function gives.
    pub(crate) fn invoke_multi(&mut self, multi: &Multi, arguments: Vec<Value>) -> Outcome {
        let value = self.call(&multi.dispatch, arguments.clone())?;
        self.realise_guarded(&value)?;
        let find = |value: &Value| {
            let methods = multi.methods.borrow();
            methods.iter().find(|(other, _)| equal(other, value)).map(|(_, method)| method.clone())
        };
        if let Some(method) = find(&value).or_else(|| find(&multi.default)) {
            return self.call(&method, arguments);
        }
        let shown = print::string(&value).unwrap_or_else(|_| value.what().to_owned());
        let message = format!("No method in multimethod '{}' for dispatch value: {shown}", multi.name);
        Err(thrown(&message))
    }
}
