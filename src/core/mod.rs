//! The pure core: the desired apps, the running apps, the plan and its reasons.
//!
//! Values in, values out. Nothing here sees a file, a process, a clock, the
//! environment or the network; a question about the machine is a value, which an
//! adapter answers.

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
