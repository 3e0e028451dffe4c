//! What a plan can do with one app, and to which processes.

use std::fmt;

use serde::Serialize;

use crate::core::definition::Definition;

/// The word of an action, in plans, reports, the journal and JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// What does not run is started.
    Start,
    /// Processes of another definition, or of a wrong count, make way.
    Replace,
    /// What is no longer defined is deleted.
    Remove,
    /// What is no longer defined is stopped.
    Stop,
    /// It is left as it is.
    Leave,
}

impl Verb {
    /// All of them, in the order of a summary.
    pub const ALL: [Self; 5] = [Self::Start, Self::Replace, Self::Remove, Self::Stop, Self::Leave];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::Stop => "stop",
            Self::Leave => "leave",
        }
    }

    /// Its past tense.
    pub fn past(self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Replace => "replaced",
            Self::Remove => "removed",
            Self::Stop => "stopped",
            Self::Leave => "left",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A process that an action is about, so that no other can be hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// PM2's id.
    pub pm_id: u32,
    /// Its identity: ids are used again.
    pub unique_id: String,
    /// How long PM2 may wait for it to end, in milliseconds.
    pub kill_timeout: u64,
}

/// What is to be done with one app.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Start what does not run.
    Start {
        /// What is started.
        definition: Definition,
    },
    /// Delete the processes and start the definition in their place.
    Replace {
        /// What is started.
        definition: Definition,
        /// What is deleted.
        targets: Vec<Target>,
        /// Whether the app was stopped, and so is put in place without running.
        stopped: bool,
    },
    /// Start or end some processes of an app that has too few or too many of
    /// them. The others go on, and what is started carries their label.
    Scale {
        /// What each of them runs.
        definition: Definition,
        /// Which way.
        scaling: Scaling,
    },
    /// Delete an owned app whose definition is gone.
    Remove {
        /// What is deleted.
        targets: Vec<Target>,
    },
    /// Stop an owned app whose definition is gone.
    Stop {
        /// What is stopped.
        targets: Vec<Target>,
    },
    /// Leave it as it is, though it is not as desired.
    Leave(LeaveReason),
}

/// How an app comes to the right count of processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// Start more of the same.
    Up {
        /// What the new ones are copies of.
        source: Target,
        /// How many are started.
        add: usize,
    },
    /// End some.
    Down {
        /// What is deleted.
        targets: Vec<Target>,
    },
}

/// Why an app is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeaveReason {
    /// Its definition cannot be applied.
    Invalid,
    /// Someone else started it: a person has to agree.
    Foreign,
    /// It belongs to another workspace.
    OtherWorkspace,
    /// It is a PM2 module.
    Module,
    /// It drifted, and a hook only reports that.
    Drifted,
    /// Its definition is gone, and the policy or a guard keeps it.
    Kept,
    /// Its definition is gone, and a person has to agree to the removal.
    Asked,
    /// PM2 gave up restarting it, and its definition is what it was.
    Errored,
    /// Its definition was tried before and rolled back.
    Rejected,
    /// Its definition depends on variables that are unset or different now, and
    /// a hook does not decide whether that is meant.
    Unset,
    /// It is the process that makes the plan.
    Itself,
    /// An old process of it could not be ended, and PM2 has forgotten that.
    Survived,
}

impl LeaveReason {
    /// The next step for an app that is left so, where its reasons do not say it.
    pub(crate) fn advice(self, app: &str) -> Option<String> {
        match self {
            Self::Foreign => Some(format!("`pm2sync sync --yes --only '{app}'` takes it over")),
            Self::OtherWorkspace => Some(
                "rename one of the two, or give each workspace a PM2 of its own: `[pm2] home`; where this \
                 folder takes the place of that one, `pm2sync sync --take-over` with its path"
                    .to_owned(),
            ),
            Self::Module => Some("rename the app".to_owned()),
            Self::Asked => Some("`pm2sync sync --yes` removes it".to_owned()),
            Self::Drifted => Some("`pm2sync sync` puts it right".to_owned()),
            Self::Errored => {
                Some(format!("its error log says why; `pm2sync sync --force '{app}'` tries again"))
            }
            Self::Rejected => Some(format!("change it, or `pm2sync sync --force '{app}'` tries again")),
            Self::Unset => Some("set it, or `pm2sync sync` applies it as it is".to_owned()),
            Self::Survived => Some(format!(
                "end it, then `pm2sync sync`; `pm2sync sync --force '{app}'` starts another beside it"
            )),
            Self::Itself => Some("it is this very watch; `pm2sync sync` from a shell does it".to_owned()),
            Self::Invalid | Self::Kept => None,
        }
    }
}

impl Action {
    /// Its word in plans and reports. Scaling is a way of replacing: the words
    /// are a contract.
    pub(crate) fn verb(&self) -> Verb {
        match self {
            Self::Start { .. } => Verb::Start,
            Self::Replace { .. } | Self::Scale { .. } => Verb::Replace,
            Self::Remove { .. } => Verb::Remove,
            Self::Stop { .. } => Verb::Stop,
            Self::Leave(_) => Verb::Leave,
        }
    }

    /// Whether it is as it should be all the same: kept because the policy or a
    /// guard says so.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self, Self::Leave(LeaveReason::Kept))
    }

    /// Whether performing it would touch any process.
    pub(crate) fn acts(&self) -> bool {
        !matches!(self, Self::Leave(_))
    }

    /// What is put in place.
    pub(crate) fn definition(&self) -> Option<&Definition> {
        match self {
            Self::Start { definition }
            | Self::Replace { definition, .. }
            | Self::Scale { definition, .. } => Some(definition),
            Self::Remove { .. } | Self::Stop { .. } | Self::Leave(_) => None,
        }
    }

    /// Whether it starts processes, which then have to prove that they stay up.
    pub(crate) fn runs(&self) -> bool {
        matches!(
            self,
            Self::Start { .. }
                | Self::Replace { stopped: false, .. }
                | Self::Scale { scaling: Scaling::Up { .. }, .. }
        )
    }

    /// Removals first, since they free ports; then replaces, then starts.
    pub(in crate::core) fn order(&self) -> u8 {
        match self {
            Self::Remove { .. } => 0,
            Self::Stop { .. } => 1,
            Self::Replace { .. } | Self::Scale { .. } => 2,
            Self::Start { .. } => 3,
            Self::Leave(_) => 4,
        }
    }
}
