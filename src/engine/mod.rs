//! Where the adapters meet the core: observes a workspace, has the core decide
//! what to do, and does it. It prints nothing; it reports what happens as events.

pub(crate) mod apply;
pub(crate) mod bug;
pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod files;
pub mod hooks;
pub(crate) mod inspect;
mod machine;
pub(crate) mod pm2;
pub(crate) mod shadow_config;
pub(crate) mod sync;
pub(crate) mod watch;
pub mod workspace;

use crate::adapters::signals;
use crate::core::sync::event::Event;

pub use crate::adapters::signals::Interrupt;

/// Handles SIGINT and SIGTERM. Where that is impossible, they end the program at
/// once, as by default.
pub fn listen_for_signals() -> Interrupt {
    signals::listen_for_signals().unwrap_or_default()
}

/// Makes sure that children can be waited for, although the parent may ignore
/// SIGCHLD. Where that is impossible, it is no error: few parents do.
pub fn handle_sigchld() {
    drop(signals::handle_sigchld());
}

/// Receives the events of a sync.
pub type Listener<'a> = &'a mut dyn FnMut(Event);
