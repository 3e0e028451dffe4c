//! A watch that PM2 itself runs as an app: which app that is, and which
//! variables are meant for it alone.

use std::collections::BTreeSet;
use std::path::Path;

use crate::adapters::fs::real_path;
use crate::core::pm2::running::Process;
use crate::engine::pm2::running;
use crate::engine::workspace::{Context, Workspace};

/// This process as PM2 sees it.
#[derive(Debug, Default)]
pub(in crate::engine) struct OwnApp {
    /// The name of its app, where the workspace's own PM2 runs it.
    pub(in crate::engine) app: Option<String>,
    /// The variables of its definition, and the one that PM2 names after it.
    pub(in crate::engine) variables: BTreeSet<String>,
}

/// What PM2 says about this process in its environment; empty where PM2 did not
/// start it.
pub(in crate::engine) fn own_app(context: &Context, workspace: &Workspace) -> OwnApp {
    // PM2 passes all it knows about a process as variables.
    let variable = |name| context.environment.text(name);
    let (Some(name), Some(id), Some(home)) = (variable("name"), variable("unique_id"), variable("PM2_HOME"))
    else {
        return OwnApp::default();
    };
    let home = Path::new(home);
    let is_workspaces = workspace.pm2_home().is_ok_and(|own| same(&own, home));
    let running = running(workspace, home).unwrap_or_default();
    let is_this = |process: &&Process| process.unique_id == id;
    let process = running.get(name).and_then(|app| app.processes.iter().find(is_this));
    let label = process.and_then(|process| process.label.as_ref());
    let defined = label.and_then(|label| label.definition.environment());
    let variables = defined.into_iter().flat_map(|variables| variables.keys().cloned());
    OwnApp {
        app: is_workspaces.then(|| name.to_owned()),
        variables: variables.chain([name.to_owned()]).collect(),
    }
}

fn same(one: &Path, other: &Path) -> bool {
    one == other || real_path(one).is_some_and(|one| real_path(other) == Some(one))
}
