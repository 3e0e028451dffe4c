//! What a sync in the background says to the hook that started it, word by
//! word: the lines of `events.jsonl`. Lines are worded by the worker; values of
//! variables are in none of them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerMessage {
    /// The worker with this process id has begun.
    #[serde(rename = "begun")]
    Started {
        /// The process.
        pid: u32,
        /// What made it look, in one line.
        trigger: String,
    },
    /// It waits for something that may take long: nobody need wait with it.
    #[serde(rename = "waits")]
    Waiting(String),
    /// Something happened.
    Line {
        /// In words.
        text: String,
        /// Where an app that failed says why, and from which byte on.
        #[serde(skip_serializing_if = "Option::is_none")]
        log: Option<(PathBuf, u64)>,
    },
    /// It came to nothing, and why.
    Failed(String),
    /// It has come to its end.
    Ended {
        /// When, RFC 3339.
        at: String,
        /// How, in one line.
        text: String,
    },
}

/// What a worker that nobody followed to its end has to say: one line.
pub fn summary_of(messages: &[WorkerMessage]) -> Option<String> {
    let Some(WorkerMessage::Started { trigger, .. }) = messages.first() else { return None };
    Some(match messages.last() {
        Some(WorkerMessage::Ended { at, text }) => format!("{trigger}, in the background until {at}: {text}"),
        _ => {
            format!("{trigger}: the background sync was killed before it finished; `pm2sync sync` continues")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{WorkerMessage, summary_of};

    #[test]
    fn a_worker_that_ended_alone_is_told_of_in_one_line() {
        let started = WorkerMessage::Started { pid: 7, trigger: "git pull".to_owned() };
        let ended = WorkerMessage::Ended { at: "2026-01-01T00:00:00Z".to_owned(), text: "1 done".to_owned() };
        assert_eq!(summary_of(&[]), None);
        assert!(summary_of(std::slice::from_ref(&started)).unwrap().contains("before it finished"));
        let told = summary_of(&[started, ended]).unwrap();
        assert_eq!(told, "git pull, in the background until 2026-01-01T00:00:00Z: 1 done");
    }
}
