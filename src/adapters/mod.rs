//! The outside world, one thing to a module. Adapters do what they are asked
//! and report what happened; they decide nothing and print nothing.

pub mod bugs;
pub mod clock;
pub mod compiler;
pub mod fs;
pub mod git;
pub mod index;
mod json;
pub mod lifetime;
pub mod machine;
pub mod node;
pub mod pm2;
pub mod process;
pub mod revision;
pub mod signals;
pub mod state;
pub mod watch;
