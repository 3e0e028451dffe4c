//! Carries out one action through PM2, and holds what PM2 shows afterwards
//! against what was asked for: PM2 calls much a success that is none.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::adapters::pm2::agent::{self, Agent, Launch, Replaced, Started};
use crate::adapters::state::Lock;
use crate::core::definition::Definition;
use crate::core::definition::label::Label;
use crate::core::definition::options;
use crate::core::failure::Failure;
use crate::core::plan::{Action, Planned, Scaling, Target, targets};
use crate::core::pm2::drift::drift_at_start;
use crate::core::pm2::effective::effective;
use crate::core::pm2::inherited::inherited;
use crate::core::pm2::running::{Owner, Running, RunningApp};
use crate::core::reason::words::InOneLine;
use crate::core::sync::redacted::Redacted;
use crate::engine::machine::machine_for;
use crate::engine::pm2::connect;
use crate::engine::workspace::Workspace;

/// How long PM2 may take for one stop or start, beside the time that the app
/// itself is given.
const ACT_LIMIT: Duration = Duration::from_mins(1);

/// How long PM2 may take to write its dump.
const SAVE_LIMIT: Duration = Duration::from_secs(20);

const MEANWHILE: &str = "someone else started it meanwhile";
const LOOK: &str = "look, then `pm2sync sync`";

/// Why an action came to nothing.
#[derive(Debug)]
pub(crate) struct Fault {
    /// In words.
    pub message: Redacted,
    /// Whether the app's old process is gone and nothing right is in its place.
    pub is_down: bool,
    /// The process that outlived its stop, where that is why.
    pub survivor: Option<u32>,
}

impl Fault {
    fn before(message: impl Into<Redacted>) -> Self {
        Self { message: message.into(), is_down: false, survivor: None }
    }

    fn after(message: impl Into<Redacted>) -> Self {
        Self { message: message.into(), is_down: true, survivor: None }
    }
}

/// What PM2 has taken.
#[derive(Debug, Default)]
pub(crate) struct Performed {
    /// An app that was to say that it is ready, and never did, in words.
    pub never_ready: Option<String>,
}

/// Whoever acts: a connected agent, and what it acts for.
#[derive(Debug)]
pub(crate) struct Actor<'a> {
    agent: Agent,
    workspace: &'a Workspace,
    home: &'a Path,
    lock: &'a Lock,
    /// What runs, where apps go on with what they have inherited.
    kept: Option<&'a Running>,
}

impl<'a> Actor<'a> {
    /// Connects to PM2, and starts its daemon where none runs. An app of `kept`
    /// that is replaced goes on with what it has inherited, as far as the
    /// caller's environment lacks it.
    pub(crate) fn connect(
        workspace: &'a Workspace,
        home: &'a Path,
        lock: &'a Lock,
        kept: Option<&'a Running>,
    ) -> Result<Self, Failure> {
        Ok(Self { agent: connect(workspace, home, lock)?, workspace, home, lock, kept })
    }

    /// Connects again, where the agent has ended in the middle of another action.
    fn revive(&mut self) -> Result<(), Fault> {
        if !self.agent.is_alive() {
            let agent = connect(self.workspace, self.home, self.lock);
            self.agent = agent
                .map_err(|failure| Fault::before(Redacted::quoting("cannot connect to PM2", failure)))?;
        }
        Ok(())
    }

    /// Carries out one action.
    pub(crate) fn perform(&mut self, planned: &Planned) -> Result<Performed, Fault> {
        self.revive()?;
        let app = &planned.app;
        match &planned.action {
            Action::Start { definition } => {
                let limit = ACT_LIMIT + definition.time_for_all_to_be_ready();
                let started = self.agent.launch(&self.launch(definition)?, limit);
                self.verify(definition, started.map_err(unknown)?)
            }
            Action::Replace { definition, targets, stopped } => {
                self.replace(app, definition, targets, *stopped)
            }
            Action::Scale { definition, scaling } => self.scale(app, definition, scaling),
            Action::Remove { targets } => self.end(app, targets, Agent::delete),
            Action::Stop { targets } => self.end(app, targets, Agent::stop),
            Action::Leave(_) => Ok(Performed::default()),
        }
    }

    /// Puts `definition` in the place of what runs of `app`, which is ours.
    pub(crate) fn restore(
        &mut self,
        app: &str,
        definition: &Definition,
        there: Option<&RunningApp>,
    ) -> Result<Performed, Fault> {
        self.revive()?;
        let targets = there.map(targets).unwrap_or_default();
        self.replace(app, definition, &targets, false)
    }

    /// What `pm2 save` does.
    pub(crate) fn save(&mut self) -> anyhow::Result<()> {
        self.agent.save(SAVE_LIMIT)
    }

    fn replace(
        &mut self,
        app: &str,
        definition: &Definition,
        targets: &[Target],
        stopped: bool,
    ) -> Result<Performed, Fault> {
        let launch = self.launch(definition)?;
        let ends = targets.iter().map(|target| ACT_LIMIT + Duration::from_millis(target.kill_timeout));
        let limit = ends.sum::<Duration>() + ACT_LIMIT + definition.time_for_all_to_be_ready();
        let targets: Vec<agent::ProcessIdentity> = targets.iter().map(|target| named(app, target)).collect();
        match self.agent.replace(&targets, &launch, stopped, limit).map_err(unknown)? {
            Replaced::Started(started) => self.verify(definition, started),
            Replaced::Refused { message } => {
                Err(Fault::before(Redacted::quoting("PM2 refuses it, so it was left", message)))
            }
            Replaced::Interrupted(ended) => has_ended(&ended).map(|()| Performed::default()),
        }
    }

    /// Starts copies of one of its processes, or ends some of them.
    fn scale(&mut self, app: &str, definition: &Definition, scaling: &Scaling) -> Result<Performed, Fault> {
        match scaling {
            Scaling::Up { source, add } => {
                let limit = ACT_LIMIT + definition.time_for_all_to_be_ready();
                let copied = self.agent.duplicate(&named(app, source), *add, limit).map_err(unknown)?;
                if copied.is_some() {
                    return Err(Fault::before(format!("{MEANWHILE}, so it was left; {LOOK}")));
                }
            }
            Scaling::Down { targets } => {
                self.end(app, targets, Agent::delete)?;
            }
        }
        let processes = self.agent.list(ACT_LIMIT).map_err(unknown)?;
        let processes = processes.into_iter().filter(|process| process["name"] == app).collect();
        self.verify(definition, Started::Started { processes, took: Duration::ZERO })
    }

    /// Ends each process that still is the one that was planned for.
    fn end(&mut self, app: &str, targets: &[Target], by: End) -> Result<Performed, Fault> {
        for target in targets {
            let limit = ACT_LIMIT + Duration::from_millis(target.kill_timeout);
            has_ended(&by(&mut self.agent, &named(app, target), limit).map_err(unknown)?)?;
        }
        Ok(Performed::default())
    }

    fn launch(&self, definition: &Definition) -> Result<Launch, Fault> {
        let label = Label::new(self.workspace.root(), definition);
        let mut app = definition.options().clone();
        let label = serde_json::to_value(label).map_err(|error| Fault::before(error.to_string()))?;
        app.insert(options::LABEL.to_owned(), label);
        let inherit = &self.workspace.settings.env.inherit;
        let kept = self.kept.and_then(|running| running.get(definition.name()));
        let kept = kept.and_then(|app| match app.owner(self.workspace.root()) {
            Owner::Us(label) => Some(inherited(app, &label.definition, inherit)),
            _ => None,
        });
        let environment = self.workspace.environment.for_apps(inherit).or(kept.unwrap_or_default());
        Ok(Launch {
            app: Value::Object(app),
            environment: environment.variables().clone(),
            directory: self.workspace.root().to_owned(),
        })
    }

    /// Holds what PM2 shows after a start against what was asked for.
    fn verify(&self, definition: &Definition, started: Started) -> Result<Performed, Fault> {
        let (processes, took) = match started {
            Started::Started { processes, took } => (processes, took),
            Started::Exists { .. } => {
                return Err(Fault::before(format!("{MEANWHILE}, so nothing was put over it; {LOOK}")));
            }
            Started::Failed { message, .. } => {
                return Err(Fault::after(Redacted::quoting("PM2 did not start it", message)));
            }
        };
        let running = Running::parse(&Value::Array(processes));
        let Some(app) = running.get(definition.name()) else {
            return Err(Fault::after("PM2 says it started, but does not list it"));
        };
        match app.owner(self.workspace.root()) {
            Owner::Us(label) if label.definition == *definition => {}
            _ => return Err(Fault::before(format!("what runs now is not what was started; {LOOK}"))),
        }
        let machine = machine_for(self.workspace, std::iter::once(definition));
        let effective = effective(definition, &machine).map_err(|why| Fault::before(why.message))?;
        let differences = drift_at_start(definition, &effective, app);
        if !differences.is_empty() {
            let differences = InOneLine(&differences);
            return Err(Fault::before(format!("PM2 started it otherwise than defined: {differences}")));
        }
        // PM2 starts one after the other, and waits for each.
        let each = definition.time_to_be_ready();
        let ready = each * u32::try_from(app.processes.len()).unwrap_or(u32::MAX);
        let never = !ready.is_zero() && took >= ready;
        let never_ready = never.then(|| format!("never said ready within {} ms", ready.as_millis()));
        Ok(Performed { never_ready })
    }
}

/// How processes are ended: by a delete or by a stop.
type End = fn(&mut Agent, &agent::ProcessIdentity, Duration) -> anyhow::Result<agent::Ended>;

/// Whether a process is gone, or why not.
fn has_ended(ended: &agent::Ended) -> Result<(), Fault> {
    match ended {
        agent::Ended::Ended { survivor: None } | agent::Ended::Gone => Ok(()),
        agent::Ended::Ended { survivor: Some(pid) } => {
            let message = format!("process {pid} survived its stop; end it, then `pm2sync sync`");
            Err(Fault { survivor: u32::try_from(*pid).ok(), ..Fault::before(message) })
        }
        agent::Ended::Changed { .. } => Err(Fault::before(format!("{MEANWHILE}, so it was left; {LOOK}"))),
    }
}

/// After an error of the agent's own nobody knows how far it came.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn unknown(error: anyhow::Error) -> Fault {
    Fault::before(Redacted::quoting("it is not known how far PM2 came", format!("{error:#}")))
}

fn named(app: &str, target: &Target) -> agent::ProcessIdentity {
    agent::ProcessIdentity {
        pm_id: u64::from(target.pm_id),
        unique_id: target.unique_id.clone(),
        name: app.to_owned(),
    }
}
