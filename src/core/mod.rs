//! The pure core: what is desired, what runs, what has to be done and why.
//!
//! Values in, values out. Nothing here sees a file, a process, a clock, the
//! environment or the network; what must be looked up is asked for as data and
//! answered by an adapter.

pub mod bug;
pub mod definition;
pub mod failure;
pub mod files;
pub mod finding;
pub mod hooks;
pub mod inspect;
pub mod plan;
pub mod pm2;
pub mod reason;
pub mod settings;
pub mod sync;
pub mod watch;
