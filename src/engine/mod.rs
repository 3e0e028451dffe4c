//! Where the adapters meet the core: a workspace is observed, what is to be
//! done is decided, and it is done. It prints nothing; it tells what happens
//! as events to whoever listens.

pub mod apply;
pub mod bug;
pub mod check;
pub mod compile;
pub mod files;
pub mod hooks;
pub mod inspect;
mod machine;
pub mod pm2;
pub mod shadow_config;
pub mod sync;
pub mod watch;
pub mod workspace;

use crate::adapters::signals;
use crate::adapters::signals::Interrupt;
use crate::core::sync::event::Event;

/// Listens for Ctrl-C and the polite end. Where that is impossible, they do
/// what they always do: they end the program at once.
pub fn listen_for_signals() -> Interrupt {
    signals::listen_for_signals().unwrap_or_default()
}

/// Makes sure that children can be waited for, whatever the parent ignores. Where
/// that is impossible, most parents ignore nothing.
pub fn handle_sigchld() {
    drop(signals::handle_sigchld());
}

/// Whoever listens to what happens.
pub type Listener<'a> = &'a mut dyn FnMut(Event);
