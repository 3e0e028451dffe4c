//! What ends the evaluation of a form early.

use crate::clojure::source::Spot;
use crate::clojure::value::Value;

/// What every failure of coverage advises.
pub(crate) const ADVICE: &str = "set `compiler = \"shadow-cljs\"` to compile with ClojureScript itself";

/// The result of evaluating a form.
pub(crate) type Outcome<T = Value> = Result<T, Stop>;

/// Why there is no value.
pub(crate) enum Stop {
    /// `recur`: the slots are set, the nearest loop goes on.
    Recur,
    /// `throw`: a `catch` may take it.
    Thrown(Box<Thrown>),
    /// What nothing in the program can catch: a limit, or something that is not
    /// covered.
    Failed(Box<Failed>),
}

pub(crate) struct Thrown {
    pub(crate) value: Value,
    pub(crate) spot: Option<Spot>,
}

pub(crate) struct Failed {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) spot: Option<Spot>,
}

/// A failure with its message; the place is added on the way up.
pub(crate) fn failed(message: impl Into<String>) -> Stop {
    Stop::Failed(Box::new(Failed { message: message.into(), help: None, spot: None }))
}

/// A failure, and what to do about it.
pub(crate) fn advised(message: impl Into<String>, help: impl Into<String>) -> Stop {
    Stop::Failed(Box::new(Failed { message: message.into(), help: Some(help.into()), spot: None }))
}

/// What a throw of `js/Error` gives.
pub(crate) fn thrown(message: &str) -> Stop {
    Stop::Thrown(Box::new(Thrown { value: Value::error(message), spot: None }))
}

impl Stop {
    /// The same, standing at `spot` unless it has a place already.
    pub(crate) fn at(mut self, spot: Spot) -> Self {
        match &mut self {
            Self::Recur => {}
            Self::Thrown(thrown) => thrown.spot = thrown.spot.or(Some(spot)),
            Self::Failed(failed) => failed.spot = failed.spot.or(Some(spot)),
        }
        self
    }
}
