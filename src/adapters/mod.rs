//! The outside world, one thing to a module. Adapters do what they are asked
//! and report what happened; they decide nothing and print nothing.

mod json;
pub mod node;
pub mod pm2;
pub mod process;
