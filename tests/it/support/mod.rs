//! What the tests say their sentences with: a sandbox, the workspaces in it, and
//! what PM2 runs there.

mod daemon;
mod finished;
mod lease;
mod listing;
mod processes;
mod running;
mod sandbox;
mod slow;
mod sources;
mod stubborn;
mod tools;
mod tripwire;
mod users;
mod watching;
mod workspace;

pub(crate) use finished::{Begun, Finished, begin, run};
pub(crate) use processes::{children, is_alive, is_free, signal, signal_group, until, variable_of};
pub(crate) use running::{App, Snapshot};
pub(crate) use sandbox::Sandbox;
pub(crate) use slow::{SLOW_FILE, slow_sandbox};
pub(crate) use sources::{APP_JS, APPS, APPS_FILE, ENV_JS, INDEX, INDEX_FILE, definitions};
pub(crate) use stubborn::{STUBBORN_FILE, STUBBORN_JS};
pub(crate) use tools::{find, lefthook, node_programs, older_pm2, python_programs, repository};
pub(crate) use tripwire::Tripwires;
pub(crate) use users::for_someone_else;
pub(crate) use watching::Watching;
pub(crate) use workspace::Workspace;
