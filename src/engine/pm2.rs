//! The workspace's PM2: where it and node lie, what it runs, and the agent
//! through which it is changed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};

use crate::adapters::clock;
use crate::adapters::pm2::agent::{Agent, AgentConfig};
use crate::adapters::pm2::jlist::jlist;
use crate::adapters::pm2::package::find_package;
use crate::adapters::pm2::rpc::{RpcError, monitor_data};
use crate::adapters::pm2::socket_path;
use crate::adapters::process::find_program;
use crate::adapters::state::Lock;
use crate::core::failure::Failure;
use crate::core::pm2::running::{Owner, Running, RunningApp};
use crate::engine::workspace::Workspace;

/// How long the daemon may take to list its processes.
const READ_LIMIT: Duration = Duration::from_secs(5);

/// How long PM2's command line may take for that instead.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// How long PM2 may take to finish a stop or a start, beside the time that the app
/// itself is given.
const REST_LIMIT: Duration = Duration::from_secs(5);

/// How long PM2 takes at most to forget a process that has ended.
const END_LIMIT: Duration = Duration::from_millis(500);

/// The interval at which it is polled.
const PAUSE: Duration = Duration::from_millis(50);

/// How long PM2 may take to load, connect, and start its daemon.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// The running set: empty where no daemon runs. It starts no daemon.
pub(crate) fn running(workspace: &Workspace, home: &Path) -> Result<Running, Failure> {
    let socket = socket_path(home).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    let now = clock::now_in_milliseconds();
    match monitor_data(&socket, READ_LIMIT) {
        Ok(list) => Ok(Running::parse(&list).seen_at(now)),
        Err(RpcError::NotRunning { .. }) => Ok(Running::default()),
        // The command line would wait as long, or start a daemon of its own.
        Err(error @ (RpcError::TimedOut { .. } | RpcError::Forbidden { .. })) => {
            Err(Failure::Other(anyhow!(error)))
        }
        Err(error @ (RpcError::Refused { .. } | RpcError::Broken { .. })) => {
            let environment = workspace.environment.cleaned();
            let pm2 = find_pm2(workspace)?;
            let list = jlist(&pm2, home, workspace.root(), environment.variables(), COMMAND_LIMIT);
            Ok(Running::parse(&list.context(error)?).seen_at(now))
        }
    }
}

/// The running set, once PM2 is neither stopping nor starting one of our apps: what
/// a killed sync has begun goes on in the daemon, and a process that is being
/// stopped would be taken for a running one. Waits no longer than necessary.
///
/// Between its stop and its end an app looks as if a person had stopped it, and
/// between two starts of a cluster as if somebody had scaled it: where the last
/// sync may have been killed, it polls until the list is the same twice.
pub(crate) fn running_at_rest(
    workspace: &Workspace,
    home: &Path,
    was_cut_off: bool,
) -> Result<Running, Failure> {
    let began = Instant::now();
    let mut settled_ids: Option<Vec<u32>> = None;
    loop {
        let running = running(workspace, home)?;
        let is_ours = |app: &RunningApp| matches!(app.owner(workspace.root()), Owner::Us(_));
        let ours = || running.iter().map(|(_, app)| app).filter(|app| is_ours(app));
        let is_changing = ours().any(RunningApp::is_in_transition);
        let may_go_on = |app: &&RunningApp| app.is_in_transition() || (was_cut_off && app.may_be_partial());
        let given = ours().filter(may_go_on).map(|app| time_given(app, workspace.root()));
        let limit = REST_LIMIT + given.max().unwrap_or_default();
        let ids: Vec<u32> = ours().flat_map(|app| &app.processes).map(|process| process.pm_id).collect();
        let is_new = was_cut_off && settled_ids.as_ref() != Some(&ids);
        let may_change = is_new && ours().any(|app| app.is_stopped() || app.may_be_partial());
        let is_last = workspace.interrupt.is_requested() || began.elapsed() >= limit;
        if is_last || !(is_changing || may_change) {
            return Ok(running);
        }
        settled_ids = (!is_changing).then_some(ids);
        sleep(if is_changing { PAUSE } else { END_LIMIT });
    }
}

/// How long an app of ours may take to stop, and to become ready.
fn time_given(app: &RunningApp, root: &Path) -> Duration {
    match app.owner(root) {
        Owner::Us(label) => {
            Duration::from_millis(app.kill_timeout()) + label.definition.time_for_all_to_be_ready()
        }
        Owner::Nobody | Owner::OtherWorkspace(_) => Duration::ZERO,
    }
}

/// The agent, connected; where no daemon runs, one is started, with the
/// cleaned environment and at the root. It holds the home's lock as long as it works.
pub(crate) fn connect(workspace: &Workspace, home: &Path, lock: &Lock) -> Result<Agent, Failure> {
    workspace.require_utf8_root()?;
    let config = AgentConfig {
        node: find_node(workspace)?,
        package: find_package(&find_pm2(workspace)?)?.root,
        home: home.to_owned(),
        directory: workspace.root().to_owned(),
        environment: workspace.environment.cleaned().variables().clone(),
    };
    Ok(Agent::start(Some(lock.file()), &config, CONNECT_LIMIT)?)
}

/// The node program, from PATH.
pub(crate) fn find_node(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let found = find_program(OsStr::new("node"), workspace.environment.cleaned().path(), workspace.root());
    found.ok_or_else(|| {
        anyhow!("cannot find `node` on PATH; install Node.js, or add its folder to PATH").into()
    })
}

/// The `pm2` program: the workspace's own, else the one on PATH.
pub(crate) fn find_pm2(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let command = workspace.settings.pm2.command.as_str();
    let own = workspace.root().join("node_modules/.bin").join(command);
    if !command.contains('/') && own.is_file() {
        return Ok(own);
    }
    let found = find_program(OsStr::new(command), workspace.environment.cleaned().path(), workspace.root());
    found.ok_or_else(|| {
        anyhow!(
            "cannot find `{command}`, neither in `node_modules/.bin` nor on PATH; `npm install pm2` installs it"
        )
        .into()
    })
}
