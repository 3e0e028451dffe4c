//! Running what the analyser made.

pub(crate) mod call;
mod effect;
pub(crate) mod eval;
pub(crate) mod fault;
mod literal;
pub(crate) mod machine;
pub(crate) mod node;
pub(crate) mod sequence;
pub(crate) mod source;
