//! The two questions that make lazy sequences safe: may a side effect happen here,
//! and may changing state be read here?

use crate::clojure::machine::fault::{ADVICE, Outcome, Stop, advised, failed};
use crate::clojure::machine::state::Machine;
use crate::clojure::value::Value;

/// How the moment of an evaluation compares with ClojureScript's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It is the same.
    Certain,
    /// It may be another, but nothing has changed in between.
    Uncertain,
    /// It may be another, and something has changed or could.
    Late,
}

impl Machine<'_> {
    /// Runs something whose moment may differ from ClojureScript's. What is
    /// thrown in it cannot be caught: perhaps it is not thrown there, or later.
    pub(crate) fn guarded<T>(
        &mut self,
        moment: Moment,
        run: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        self.guarded += u32::from(moment != Moment::Certain);
        self.stale += u32::from(moment == Moment::Late);
        let result = run(self);
        self.guarded -= u32::from(moment != Moment::Certain);
        self.stale -= u32::from(moment == Moment::Late);
        match result {
            Err(Stop::Thrown(thrown)) if moment != Moment::Certain => {
                let what = match &thrown.value {
                    Value::Error(error) => error.message.to_string(),
                    other => other.what().to_owned(),
                };
                let stop = failed(format!("the program throws: {what}"));
                Err(thrown.spot.into_iter().fold(stop, Stop::at))
            }
            other => other,
        }
    }

    /// Notes a side effect, where its moment is certain.
    pub(crate) fn effect(&mut self, what: &str) -> Outcome<()> {
        if self.guarded > 0 {
            return Err(advised(
                format!("`{what}` inside a lazy sequence or a comparison: when it runs is not certain"),
                format!("use `doseq`, `run!` or `mapv`, or {ADVICE}"),
            ));
        }
        self.effects += 1;
        Ok(())
    }

    /// Notes that changing state is read.
    pub(crate) fn observe(&self, what: &str) -> Outcome<()> {
        if self.stale > 0 {
            return Err(advised(
                format!(
                    "{what} is read inside a lazy sequence after something changed: its value then is not certain"
                ),
                format!("use `doall` or `mapv` where the sequence is made, or {ADVICE}"),
            ));
        }
        Ok(())
    }
}
