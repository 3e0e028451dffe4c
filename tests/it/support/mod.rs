//! What the tests say their sentences with: a sandbox, the workspaces in it, and
//! what PM2 runs there.

mod daemon;
mod finished;
mod lease;
mod running;
mod sandbox;
mod sources;
mod tools;
mod tripwire;
mod workspace;

pub(crate) use finished::{Finished, run};
pub(crate) use running::{App, Snapshot};
pub(crate) use sandbox::Sandbox;
pub(crate) use sources::{APPS, APPS_FILE, INDEX, INDEX_FILE};
pub(crate) use tools::{find, lefthook, node_programs, python_programs, repository};
pub(crate) use tripwire::Tripwires;
pub(crate) use workspace::Workspace;
