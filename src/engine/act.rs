//! Carries out a plan, one app at a time, so that an app is down for its own
//! stop and start only. What PM2 shows afterwards is held against what was
//! asked for: PM2 calls much a success that is none.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::adapters::pm2::agent::{self, Agent, Launch, Replaced, Started};
use crate::core::definition::Definition;
use crate::core::drift::drift;
use crate::core::effective::{Machine, effective};
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::label::{self, Label};
use crate::core::outcome::{Outcome, Result as Ended};
use crate::core::plan::{Action, Left, Plan, Planned, Scaling, Target};
use crate::core::reason::InOneLine;
use crate::core::running::{Owner, Running};
use crate::engine::Listener;
use crate::engine::pm2::connect;
use crate::engine::workspace::Workspace;

/// How long PM2 may take for one stop or start, beside the time that the app
/// itself is given.
const ACT_LIMIT: Duration = Duration::from_mins(1);

const MEANWHILE: &str = "someone else started it meanwhile";
const LOOK: &str = "look, then `pm2sync sync`";

/// Carries out `plan`; what became of each action, in order.
pub fn act(
    workspace: &Workspace,
    home: &Path,
    plan: &Plan,
    machine: &Machine,
    tell: Listener<'_>,
) -> Result<Vec<Outcome>, Failure> {
    let mut actor =
        if plan.acts() { Some(Actor { agent: connect(workspace, home)?, workspace, machine }) } else { None };
    let mut outcomes = Vec::new();
    for planned in &plan.actions {
        let action = planned.action.verb();
        let ended = match (&planned.action, &mut actor) {
            (Action::Leave(left), _) => Err((Ended::Left, advice(*left, &planned.app))),
            (_, None) => continue,
            (_, Some(actor)) => actor.perform(planned).map_err(|message| (Ended::Failed, Some(message))),
        };
        let stays_stopped = matches!(planned.action, Action::Replace { stopped: true, .. });
        let note = stays_stopped.then(|| "it stays stopped".to_owned());
        let (result, message) = ended.map_or_else(|failed| failed, |()| (Ended::Done, note));
        let outcome = Outcome {
            app: planned.app.clone(),
            action,
            result,
            reasons: planned.reasons.clone(),
            message,
            needs_agreement: matches!(planned.action, Action::Leave(Left::Foreign | Left::Asked)),
        };
        tell(Event::Acted(outcome.clone()));
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The next step for an app that is left.
fn advice(left: Left, app: &str) -> Option<String> {
    match left {
        Left::Foreign => Some(format!("`pm2sync sync --yes --only '{app}'` takes it over")),
        Left::Asked => Some("`pm2sync sync --yes` removes it".to_owned()),
        Left::Drifted => Some("`pm2sync sync` puts it right".to_owned()),
        Left::Errored => Some(format!("its error log says why; `pm2sync sync --force '{app}'` tries again")),
        Left::Rejected => Some(format!("change it, or `pm2sync sync --force '{app}'` tries again")),
        Left::Unset => Some("set it, or `pm2sync sync` applies it as it is".to_owned()),
        Left::Invalid | Left::OtherWorkspace | Left::Module | Left::Kept => None,
    }
}

/// How processes are ended: by a delete or by a stop.
type End = fn(&mut Agent, &agent::Target, Duration) -> anyhow::Result<agent::Ended>;

struct Actor<'a> {
    agent: Agent,
    workspace: &'a Workspace,
    machine: &'a Machine,
}

impl Actor<'_> {
    fn perform(&mut self, planned: &Planned) -> Result<(), String> {
        let app = &planned.app;
        match &planned.action {
            Action::Start { definition } => {
                let limit = ACT_LIMIT + time_to_be_ready(definition);
                let started = self.agent.launch(&self.launch(definition)?, limit);
                self.verify(definition, started.map_err(in_words)?)
            }
            Action::Replace { definition, targets, stopped } => {
                self.replace(app, definition, targets, *stopped)
            }
            Action::Scale { definition, scaling } => self.scale(app, definition, scaling),
            Action::Remove { targets } => self.end(app, targets, Agent::delete),
            Action::Stop { targets } => self.end(app, targets, Agent::stop),
            Action::Leave(_) => Ok(()),
        }
    }

    fn replace(
        &mut self,
        app: &str,
        definition: &Definition,
        targets: &[Target],
        stopped: bool,
    ) -> Result<(), String> {
        let launch = self.launch(definition)?;
        let ends = targets.iter().map(|target| ACT_LIMIT + Duration::from_millis(target.kill_timeout));
        let limit = ends.sum::<Duration>() + ACT_LIMIT + time_to_be_ready(definition);
        let targets: Vec<agent::Target> = targets.iter().map(|target| named(app, target)).collect();
        match self.agent.replace(&targets, &launch, stopped, limit).map_err(in_words)? {
            Replaced::Started(started) => self.verify(definition, started),
            Replaced::Refused { message } => Err(format!("PM2 refuses it, so it was left: {message}")),
            Replaced::Interrupted(ended) => has_ended(&ended),
        }
    }

    /// Starts copies of one of its processes, or ends some of them.
    fn scale(&mut self, app: &str, definition: &Definition, scaling: &Scaling) -> Result<(), String> {
        match scaling {
            Scaling::Up { source, add } => {
                let limit = ACT_LIMIT + time_to_be_ready(definition);
                let copied = self.agent.duplicate(&named(app, source), *add, limit).map_err(in_words)?;
                if copied.is_some() {
                    return Err(format!("{MEANWHILE}, so it was left; {LOOK}"));
                }
            }
            Scaling::Down { targets } => self.end(app, targets, Agent::delete)?,
        }
        let processes = self.agent.list(ACT_LIMIT).map_err(in_words)?;
        let processes = processes.into_iter().filter(|process| process["name"] == app).collect();
        self.verify(definition, Started::Started { processes })
    }

    /// Ends each process that still is the one that was planned for.
    fn end(&mut self, app: &str, targets: &[Target], by: End) -> Result<(), String> {
        for target in targets {
            let limit = ACT_LIMIT + Duration::from_millis(target.kill_timeout);
            has_ended(&by(&mut self.agent, &named(app, target), limit).map_err(in_words)?)?;
        }
        Ok(())
    }

    fn launch(&self, definition: &Definition) -> Result<Launch, String> {
        let label = Label::new(self.workspace.root(), definition);
        let mut app = definition.options().clone();
        app.insert(label::OPTION.to_owned(), serde_json::to_value(label).map_err(|error| error.to_string())?);
        let inherit = &self.workspace.settings.env.inherit;
        Ok(Launch {
            app: Value::Object(app),
            environment: self.workspace.environment.for_apps(inherit).variables().clone(),
            directory: self.workspace.root().to_owned(),
        })
    }

    /// Holds what PM2 shows after a start against what was asked for.
    fn verify(&self, definition: &Definition, started: Started) -> Result<(), String> {
        let processes = match started {
            Started::Started { processes } => processes,
            Started::Exists { .. } => return Err(format!("{MEANWHILE}, so nothing was put over it; {LOOK}")),
            Started::Failed { message, .. } => return Err(format!("PM2 did not start it: {message}")),
        };
        let running = Running::parse(&Value::Array(processes));
        let Some(app) = running.get(definition.name()) else {
            return Err("PM2 says it started, but does not list it".to_owned());
        };
        match app.owner(self.workspace.root()) {
            Owner::Us(label) if label.definition == *definition => {}
            _ => return Err(format!("what runs now is not what was started; {LOOK}")),
        }
        let effective = effective(definition, self.machine).map_err(|why| why.message)?;
        let differences = drift(definition, &effective, app);
        if differences.is_empty() {
            Ok(())
        } else {
            Err(format!("PM2 started it otherwise than defined: {}", InOneLine(&differences)))
        }
    }
}

/// Whether a process is gone, or why not.
fn has_ended(ended: &agent::Ended) -> Result<(), String> {
    match ended {
        agent::Ended::Ended { survivor: None } | agent::Ended::Gone => Ok(()),
        agent::Ended::Ended { survivor: Some(pid) } => {
            Err(format!("process {pid} survived its stop; end it, then `pm2sync sync`"))
        }
        agent::Ended::Changed { .. } => Err(format!("{MEANWHILE}, so it was left; {LOOK}")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn in_words(error: anyhow::Error) -> String {
    format!("{error:#}")
}

fn named(app: &str, target: &Target) -> agent::Target {
    agent::Target {
        pm_id: u64::from(target.pm_id),
        unique_id: target.unique_id.clone(),
        name: app.to_owned(),
    }
}

/// With `wait_ready` each process may take its `listen_timeout` (default 3 s).
fn time_to_be_ready(definition: &Definition) -> Duration {
    if definition.flag("wait_ready") != Some(true) {
        return Duration::ZERO;
    }
    let each = definition.number("listen_timeout").and_then(|ms| u64::try_from(ms).ok()).unwrap_or(3000);
    // `0` and less count from the CPUs, of which nobody has more than this.
    let count = definition.number("instances").unwrap_or(1);
    let count = u64::try_from(count).ok().filter(|&count| count > 0).unwrap_or(256);
    Duration::from_millis(each.saturating_mul(count))
}
