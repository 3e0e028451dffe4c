//! Changes what PM2 runs, through PM2's own programmatic API in one node
//! process, which takes commands and gives structured answers. PM2's printing
//! cannot disturb them, and every command has a time limit: a daemon that dies
//! in the middle gives an error, never a hang.
//!
//! It decides nothing. It refuses only an action whose target has changed: deleting
//! another process than the one meant, starting under a name that exists.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use serde_json::{Value, json};

use crate::adapters::json::from_javascript;
use crate::adapters::pm2::socket_path;
use crate::adapters::process::{Conversation, Program, ReceiveError, Status, Variables, converse};

const SCRIPT: &str = include_str!("agent.js");

/// How to start the agent.
#[derive(Clone, Debug)]
pub struct AgentConfig {
    /// The node program.
    pub node: PathBuf,
    /// The folder of PM2's package.
    pub package: PathBuf,
    /// PM2's home; it wins over a `PM2_HOME` in `environment`.
    pub home: PathBuf,
    /// Where the agent, and a daemon that it has to spawn, runs.
    pub directory: PathBuf,
    /// The whole environment of the agent, and of such a daemon.
    pub environment: Variables,
}

/// A running agent, connected to the daemon. Dropping it ends its process; a
/// daemon that it spawned lives on.
#[derive(Debug)]
pub struct Agent {
    conversation: Option<Conversation>,
    next_id: u64,
}

/// One process, by everything that identifies it: PM2 reuses ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessIdentity {
    /// PM2's number for it.
    pub pm_id: u64,
    /// What PM2 gives to a start once only.
    pub unique_id: String,
    /// Its name.
    pub name: String,
}

/// An app to start, or to register without running it.
#[derive(Clone, Debug)]
pub struct Launch {
    /// One entry of `apps`, with its `name` and its label.
    pub app: Value,
    /// What the app gets beside its own `env`: this, and nothing of the agent's.
    pub environment: Variables,
    /// Where a relative `cwd` or `script` counts from.
    pub directory: PathBuf,
}

/// The result of a delete or a stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// PM2 has done it; `survivor` is its process id if that still lives.
    Ended { survivor: Option<u64> },
    /// No process has that id.
    Gone,
    /// The id belongs to another start or another app now; nothing was done.
    Changed { found: Box<Value> },
}

/// The result of a start. Processes have the shape that `list` gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Started {
    /// Every process of that name, freshly read, and how long PM2 took for the start.
    Started { processes: Vec<Value>, took: Duration },
    /// The name was there already; nothing was done.
    Exists { processes: Vec<Value> },
    /// PM2 failed, with its own message; it may have left processes.
    Failed { message: String, processes: Vec<Value> },
}

/// The result of a replace.
#[derive(Clone, Debug, PartialEq)]
pub enum Replaced {
    /// PM2 would not take the app; nothing was touched.
    Refused { message: String },
    /// A process did not end, or was another one; nothing was started.
    Interrupted(Ended),
    /// All of them ended, and this came of the start.
    Started(Started),
}

impl Agent {
    /// Loads PM2's package and connects, within `limit`. Where no daemon runs
    /// this spawns one, with the agent's environment and directory.
    ///
    /// The agent holds the file of a `lock` open, too: it finishes what it was told
    /// although its caller is killed, and no other process may act before that.
    pub fn start(lock: Option<&File>, config: &AgentConfig, limit: Duration) -> Result<Self> {
        socket_path(&config.home)?;
        let mut environment = config.environment.clone();
        environment.insert("PM2_HOME".into(), config.home.clone().into());
        let program = Program {
            path: config.node.clone(),
            args: vec!["-e".into(), SCRIPT.into(), config.package.clone().into()],
            directory: config.directory.clone(),
            environment,
        };
        let mut agent = Self { conversation: Some(converse(&program, lock)?), next_id: 0 };
        agent.call("connect", json!({}), limit)?;
        Ok(agent)
    }

    /// Whether it still answers: after an error of its own it does not.
    pub fn is_alive(&self) -> bool {
        self.conversation.is_some()
    }

    /// Everything PM2 runs, as `rpc::monitor_data` gives it.
    pub fn list(&mut self, limit: Duration) -> Result<Vec<Value>> {
        processes_in(self.call("list", json!({}), limit)?)
    }

    /// Deletes one process, if it still is the one that is meant.
    pub fn delete(&mut self, target: &ProcessIdentity, limit: Duration) -> Result<Ended> {
        self.finish("delete", target, limit)
    }

    /// Stops one process, if it still is the one that is meant; PM2 keeps it
    /// in its list.
    pub fn stop(&mut self, target: &ProcessIdentity, limit: Duration) -> Result<Ended> {
        self.finish("stop", target, limit)
    }

    /// Starts `count` copies of one process, which carry its label, if it still
    /// is the one that is meant; what happened to it, where it is not.
    pub fn duplicate(
        &mut self,
        source: &ProcessIdentity,
        count: usize,
        limit: Duration,
    ) -> Result<Option<Ended>> {
        let mut request = target_in(source);
        request["count"] = count.into();
        let mut answer = self.call("duplicate", request, limit)?;
        match answer.get("result").and_then(Value::as_str) {
            Some("copied") => Ok(None),
            _ => ended_in("duplicate", &mut answer).map(Some),
        }
    }

    fn finish(&mut self, command: &'static str, target: &ProcessIdentity, limit: Duration) -> Result<Ended> {
        let mut answer = self.call(command, target_in(target), limit)?;
        ended_in(command, &mut answer)
    }

    /// Starts one app under a name that is free, and waits as PM2 does: for its
    /// launch, or with `wait_ready` for its word or its `listen_timeout`.
    pub fn launch(&mut self, launch: &Launch, limit: Duration) -> Result<Started> {
        if launch.app.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
            bail!("cannot start an app without a name; give it a `name`");
        }
        let answer = self.call("start", request(launch), limit)?;
        started_in("start", answer)
    }

    /// Deletes the processes and starts the app in their place, or with
    /// `register` puts it there without running it. One command: the agent
    /// finishes it although its caller is killed. What PM2's own checks refuse
    /// touches nothing.
    pub fn replace(
        &mut self,
        targets: &[ProcessIdentity],
        launch: &Launch,
        register: bool,
        limit: Duration,
    ) -> Result<Replaced> {
        let mut request = request(launch);
        request["targets"] = targets.iter().map(target_in).collect();
        request["register"] = register.into();
        let mut answer = self.call("replace", request, limit)?;
        match answer.get("result").and_then(Value::as_str) {
            Some("refused") => {
                let message = answer.get("message").and_then(Value::as_str).unwrap_or_default();
                Ok(Replaced::Refused { message: message.to_owned() })
            }
            Some("ended" | "changed") => ended_in("replace", &mut answer).map(Replaced::Interrupted),
            _ => started_in("replace", answer).map(Replaced::Started),
        }
    }

    /// What `pm2 save --force` does: an empty list is saved too. The dump and
    /// its backup are each written whole or not at all.
    pub fn save(&mut self, limit: Duration) -> Result<()> {
        self.call("save", json!({}), limit).map(|_| ())
    }

    /// One command and its answer. After a timeout it is unknown what the agent is
    /// still doing, so it is killed and answers no more.
    fn call(&mut self, command: &'static str, mut request: Value, limit: Duration) -> Result<Value> {
        let started = Instant::now();
        let id = self.next_id;
        self.next_id += 1;
        request["id"] = id.into();
        request["command"] = command.into();
        request["limit"] = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).into();
        let Some(mut conversation) = self.conversation.take() else {
            bail!("PM2's agent has ended; start another");
        };
        let ended = |conversation: &mut Conversation| {
            let stderr = String::from_utf8_lossy(&conversation.stderr_so_far()).trim().to_owned();
            let why = match (stderr.as_str(), conversation.status()) {
                ("", Some(Status::Killed(signal))) => format!("signal {signal} killed it"),
                ("", Some(Status::Exited(code))) => format!("it ended with code {code} and printed nothing"),
                ("", _) => "it printed nothing".to_owned(),
                (stderr, _) => last_lines(stderr, 5),
            };
            anyhow!("PM2's agent ended during `{command}`: {why}")
        };
        if conversation.send(&request.to_string()).is_err() {
            return Err(ended(&mut conversation));
        }
        let mut answer = loop {
            let line = match conversation.receive(limit.saturating_sub(started.elapsed())) {
                Ok(line) => line,
                Err(ReceiveError::TimedOut) => {
                    bail!(
                        "PM2 did not finish `{command}` within {} ms; see `pm2.log` in its home",
                        limit.as_millis()
                    )
                }
                Err(ReceiveError::Ended) => return Err(ended(&mut conversation)),
            };
            // What PM2 has started for itself, as npm, may print on the same stream.
            let answer = from_javascript(&line).ok();
            if let Some(answer) = answer.filter(|answer| answer.get("id") == Some(&Value::from(id))) {
                break answer;
            }
        };
        self.conversation = Some(conversation);
        if let Some(message) = answer.get("error").and_then(Value::as_str) {
            bail!("PM2 failed at `{command}`: {message}");
        }
        Ok(answer.get_mut("ok").map(Value::take).unwrap_or_default())
    }
}

/// A process as the agent takes it.
fn target_in(target: &ProcessIdentity) -> Value {
    json!({ "pm_id": target.pm_id, "unique_id": target.unique_id, "name": target.name })
}

/// An app as the agent takes it. Invalid UTF-8 is replaced, as node does.
fn request(launch: &Launch) -> Value {
    let text = |value: &OsString| value.to_string_lossy().into_owned();
    let environment: serde_json::Map<String, Value> =
        launch.environment.iter().map(|(name, value)| (text(name), text(value).into())).collect();
    json!({ "app": launch.app, "environment": environment, "directory": launch.directory.to_string_lossy() })
}

fn ended_in(command: &str, answer: &mut Value) -> Result<Ended> {
    match answer.get("result").and_then(Value::as_str) {
        Some("ended") => Ok(Ended::Ended { survivor: answer.get("survivor").and_then(Value::as_u64) }),
        Some("gone") => Ok(Ended::Gone),
        Some("changed") => {
            let found = answer.get_mut("process").map(Value::take).unwrap_or_default();
            Ok(Ended::Changed { found: Box::new(found) })
        }
        _ => bail!("PM2's agent gave no result for `{command}`"),
    }
}

fn started_in(command: &str, answer: Value) -> Result<Started> {
    let result = answer.get("result").and_then(Value::as_str).map(str::to_owned);
    let message = answer.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    let took = answer.get("took").and_then(Value::as_u64).unwrap_or_default();
    let processes = processes_in(answer)?;
    match result.as_deref() {
        Some("started") => Ok(Started::Started { processes, took: Duration::from_millis(took) }),
        Some("exists") => Ok(Started::Exists { processes }),
        Some("failed") => Ok(Started::Failed { message, processes }),
        _ => bail!("PM2's agent gave no result for `{command}`"),
    }
}

fn processes_in(mut answer: Value) -> Result<Vec<Value>> {
    match answer.get_mut("processes").map(Value::take) {
        Some(Value::Array(processes)) => Ok(processes),
        _ => bail!("PM2's process list is not an array"),
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
