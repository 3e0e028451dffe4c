//! Where the adapters meet the core: a workspace is observed, what is to be
//! done is decided, and it is done. It prints nothing; it tells what happens
//! as events to whoever listens.

pub mod act;
mod begun;
pub mod bug;
pub mod check;
pub mod command;
pub mod compile;
pub mod decide;
pub mod doctor;
pub mod embedded;
pub mod files;
pub mod follow;
pub mod guard;
pub mod hook;
pub mod hooks_folder;
pub mod install;
pub mod locks;
pub mod pause;
pub mod perform;
pub mod pm2;
pub mod proof;
pub mod revisions;
mod round;
pub mod shadow;
mod stage;
pub mod status;
pub mod sync;
pub mod watch;
pub mod worker;
pub mod workspace;

use crate::adapters::signals;
use crate::core::event::Event;
use crate::core::interrupt::Interrupt;

/// Listens for Ctrl-C and the polite end. Where that is impossible, they do
/// what they always do: they end the program at once.
pub fn listen() -> Interrupt {
    signals::listen().unwrap_or_default()
}

/// Makes sure that children can be waited for, whatever the parent ignores. Where
/// that is impossible, most parents ignore nothing.
pub fn hear_of_children() {
    drop(signals::hear_of_children());
}

/// Whoever listens to what happens.
pub type Listener<'a> = &'a mut dyn FnMut(Event);
