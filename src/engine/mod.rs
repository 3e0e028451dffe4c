//! Where the adapters meet the core: a workspace is observed, what is to be
//! done is decided, and it is done. It prints nothing; it tells what happens
//! as events to whoever listens.

pub mod act;
pub mod check;
pub mod command;
pub mod compile;
pub mod decide;
pub mod doctor;
pub mod embedded;
pub mod files;
pub mod hook;
pub mod hooks_folder;
pub mod install;
pub mod pm2;
pub mod revisions;
pub mod shadow;
pub mod status;
pub mod sync;
pub mod workspace;

use crate::core::event::Event;

/// Whoever listens to what happens.
pub type Listener<'a> = &'a mut dyn FnMut(Event);
