//! The analyser: forms to nodes. Names are resolved, macros expanded and
//! arities checked before anything runs, so that an undeclared symbol is an
//! error even on a path that is never taken, as it is a warning in shadow-cljs.

pub(crate) mod analyser;
mod build;
mod call;
mod comprehension;
mod conditional;
mod define;
mod destructure;
mod forms;
mod function;
mod interop;
mod literal;
pub(crate) mod macros;
mod mutual;
pub(crate) mod namespace;
mod scope;
pub(crate) mod special;
mod threading;
