//! The outside world, one thing to a module. Adapters do what they are asked
//! and report what happened; they decide nothing and print nothing.

pub mod bugs;
pub(crate) mod clock;
pub(crate) mod compiler;
pub(crate) mod fs;
pub(crate) mod git;
pub(crate) mod index;
mod json;
pub(crate) mod lifetime;
pub(crate) mod machine;
pub mod node;
pub mod pm2;
pub mod process;
pub(crate) mod revision;
pub mod signals;
pub(crate) mod state;
pub(crate) mod watch;
