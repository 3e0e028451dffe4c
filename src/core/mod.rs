//! The pure core: the desired apps, the running apps, the plan and its reasons.
//!
//! Values in, values out. Nothing here sees a file, a process, a clock, the
//! environment or the network; a question about the machine is a value, which an
//! adapter answers.

pub(crate) mod bug;
pub(crate) mod definition;
pub(crate) mod failure;
pub(crate) mod files;
pub(crate) mod finding;
pub(crate) mod hooks;
pub(crate) mod inspect;
pub(crate) mod plan;
pub(crate) mod pm2;
pub(crate) mod reason;
pub mod settings;
pub mod sync;
pub(crate) mod watch;
