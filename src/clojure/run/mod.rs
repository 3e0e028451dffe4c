//! Running what the analyser made: values from nodes. What only the library knows,
//! the machine has been given.

mod call;
mod effect;
mod eval;
mod literal;
mod look_up;
mod multi;
pub(crate) mod sequence;
