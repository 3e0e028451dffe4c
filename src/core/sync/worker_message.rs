//! The messages of a worker to the hook that started it: the lines of
//! `events.jsonl`. The worker words them; no value of a variable is in them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkerMessage {
    /// The worker with this process id has started.
    #[serde(rename = "begun")]
    Started {
        /// The process.
        pid: u32,
        /// What triggered it, in one line.
        trigger: String,
    },
    /// It waits for something that may take long, so the hook need not wait.
    #[serde(rename = "waits")]
    Waiting(String),
    /// Something happened.
    Line {
        /// The text.
        text: String,
        /// The error log of an app that failed, and the offset to show it from.
        #[serde(skip_serializing_if = "Option::is_none")]
        log: Option<(PathBuf, u64)>,
    },
    /// The sync failed, and why.
    Failed(String),
    /// It has ended.
    Ended {
        /// When, RFC 3339.
        at: String,
        /// How, in one line.
        text: String,
    },
}

/// A background sync in one line, from all messages of its worker.
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
    fn a_background_sync_is_reported_in_one_line() {
        let started = WorkerMessage::Started { pid: 7, trigger: "git pull".to_owned() };
        let ended = WorkerMessage::Ended { at: "2026-01-01T00:00:00Z".to_owned(), text: "1 done".to_owned() };
        assert_eq!(summary_of(&[]), None);
        assert!(summary_of(std::slice::from_ref(&started)).unwrap().contains("before it finished"));
        let summary = summary_of(&[started, ended]).unwrap();
        assert_eq!(summary, "git pull, in the background until 2026-01-01T00:00:00Z: 1 done");
    }
}
