//! What `synced.json` in the state folder remembers between syncs. No value of
//! any variable is in it; deleting it loses nothing but the enrolment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::desired::{Desired, DesiredApp};
use crate::core::files::digest::Digest;
use crate::core::sync::outcome::Outcome;
use crate::core::sync::unsettled::Unsettled;

/// The version of the file's form; another one counts as no file.
pub const VERSION: u32 = 1;

/// The content of `synced.json`. That it exists is the enrolment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The version of this form.
    pub version: u32,
    /// The fingerprint at the end of the last sync that left nothing to do.
    pub completed: Option<Digest>,
    /// The last fingerprint that failed to compile.
    pub attempted: Option<Digest>,
    /// What was compiled last.
    pub compiled: Option<CompiledState>,
    /// The last sync that reached PM2.
    pub last_sync: Option<LastSync>,
    /// Apps that were not brought to their definition, and why.
    pub unsettled: Vec<Unsettled>,
    /// Random text that goes into every digest of something secret.
    pub salt: String,
    /// Definitions that were tried and rolled back, by app: not tried again
    /// until they change.
    pub rejected: BTreeMap<String, Rejected>,
    /// Apps that a sync was about to start, and that have not proved healthy since: it
    /// may have been killed before their health check ended.
    #[serde(rename = "begun")]
    pub unproven: BTreeSet<String>,
    /// Processes that survived their stop, by app: nothing is started beside one.
    pub survivors: BTreeMap<String, Survivor>,
    /// Apps that were stopped since their definition was gone, with the runs
    /// that ended so: not stopped by a person, they run again when it is back.
    pub stopped: BTreeMap<String, BTreeSet<String>>,
    /// The variables that the definitions read at the last sync and that were set then.
    pub variables: BTreeMap<String, Variable>,
}

/// What is remembered of a compile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompiledState {
    /// Over the files that decide what the artifact holds.
    pub inputs: Option<Digest>,
    /// Of the bytes of the artifact.
    pub artifact: Option<Digest>,
    /// The files that the compile looked for, relative to the root.
    pub files: BTreeSet<PathBuf>,
    /// The variables that it read.
    #[serde(default)]
    pub variables: BTreeSet<String>,
}

/// When and by what a sync last reached PM2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSync {
    /// RFC 3339, in UTC.
    pub at: String,
    /// `sync`, or the cause a hook gave.
    pub by: String,
    /// The home of the PM2 that it reached.
    #[serde(default)]
    pub home: PathBuf,
}

/// A variable that the definitions read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Of its value, salted.
    pub digest: Digest,
    /// The apps whose definitions depend on it.
    pub apps: BTreeSet<String>,
}

/// A definition that was rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Of the definition, salted: there are secrets in it.
    pub digest: Digest,
    /// What was wrong with it.
    pub why: String,
}

/// A process that PM2 could not end, and has forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survivor {
    /// Its id.
    pub pid: u32,
    /// Its start time, since process ids are reused.
    pub began: String,
}

impl State {
    /// The digest of something secret, which is worth nothing without the salt.
    pub fn salted(&self, secret: &[u8]) -> Digest {
        Digest::of_parts([self.salt.as_bytes(), secret])
    }

    /// Whether this definition was rolled back before.
    pub fn rejects(&self, definition: &Definition) -> bool {
        let rejected = self.rejected.get(definition.name());
        rejected.is_some_and(|rejected| rejected.digest == self.digest_of(definition))
    }

    /// Removes from the unproven apps those that have proved healthy, now or by their
    /// outcome, and those that are no longer desired.
    pub fn forget_proved(&mut self, proved: &BTreeSet<String>, outcomes: &[Outcome], desired: &Desired) {
        self.unproven.retain(|app| match outcomes.iter().find(|outcome| outcome.app == *app) {
            Some(outcome) => outcome.is_unproven(),
            None => desired.speaks_of(app) && !proved.contains(app),
        });
    }

    /// Records what was rolled back now, and removes what came up since or is no
    /// longer desired.
    pub fn reject(&mut self, now: Vec<(Definition, String)>, outcomes: &[Outcome], desired: &Desired) {
        let came_up =
            |name: &str| outcomes.iter().any(|outcome| outcome.app == name && outcome.is_in_place());
        let mut rejected = std::mem::take(&mut self.rejected);
        rejected.retain(|name, before| {
            let same = |app: &DesiredApp| self.digest_of(&app.definition) == before.digest;
            desired.get(name).is_some_and(same) && !came_up(name)
        });
        self.rejected = rejected;
        for (definition, why) in now {
            self.reject_one(&definition, why);
        }
    }

    /// Remembers a definition that is being rolled back.
    pub fn reject_one(&mut self, definition: &Definition, why: String) {
        let digest = self.digest_of(definition);
        self.rejected.insert(definition.name().to_owned(), Rejected { digest, why });
    }

    /// Remembers the variables that are set now; of those that are in doubt, what
    /// they were before.
    pub fn remember_variables(
        &mut self,
        now: BTreeMap<String, Variable>,
        doubtful: &BTreeMap<String, BTreeSet<String>>,
    ) {
        let before = std::mem::replace(&mut self.variables, now);
        let in_doubt: BTreeSet<&String> = doubtful.values().flatten().collect();
        self.variables.extend(before.into_iter().filter(|(name, _)| in_doubt.contains(name)));
    }

    /// The digest of a definition.
    pub fn digest_of(&self, definition: &Definition) -> Digest {
        self.salted(Value::Object(definition.options().clone()).to_string().as_bytes())
    }
}
