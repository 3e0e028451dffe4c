//! The messages of a worker, in `events.jsonl`, for the hook that follows it. The
//! file is removed once it has been read to its end; one that exists while no
//! worker runs holds unreported messages.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::adapters::fs::{read_lossy, remove};
use crate::adapters::state::StateFolder;
use crate::core::sync::worker_message::WorkerMessage;

const FILE: &str = "events.jsonl";

/// The feed as the worker writes it.
#[derive(Debug)]
pub struct WorkerFeed(File);

impl WorkerFeed {
    /// Writes one message. A full disk does not stop the worker.
    pub fn write(&mut self, word: &WorkerMessage) {
        if let Ok(line) = serde_json::to_string(word) {
            drop(self.0.write_all((line + "\n").as_bytes()));
        }
    }
}

/// The feed as a hook reads it. It keeps the file open that it found, so that one
/// that is removed or recreated meanwhile is still read to its end.
#[derive(Debug)]
pub struct FeedReader {
    path: PathBuf,
    file: Option<File>,
    unfinished: String,
}

impl FeedReader {
    /// The complete messages since the last call.
    pub fn read_new(&mut self) -> Result<Vec<WorkerMessage>> {
        let cannot = || format!("cannot read `{}`", self.path.display());
        let file = match &mut self.file {
            Some(file) => file,
            none => match File::open(&self.path) {
                Ok(file) => none.insert(file),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error).with_context(cannot),
            },
        };
        file.read_to_string(&mut self.unfinished).with_context(cannot)?;
        let whole = self.unfinished.rfind('\n').map_or(0, |end| end + 1);
        let lines: String = self.unfinished.drain(..whole).collect();
        Ok(lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Removes the file that was read, but not one that was created since.
    pub fn remove_file(&self) -> Result<()> {
        let Some(read) = &self.file else { return Ok(()) };
        let identity = |found: Metadata| (found.dev(), found.ino());
        let read = read.metadata().map(identity).ok();
        if read.is_some() && read == self.path.metadata().map(identity).ok() {
            remove(&self.path)?;
        }
        Ok(())
    }
}

impl StateFolder {
    /// Creates the feed, in the place of an old one.
    pub fn create_feed(&self) -> Result<WorkerFeed> {
        let path = self.path().join(FILE);
        self.make()?;
        remove(&path)?;
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path);
        Ok(WorkerFeed(file.with_context(|| format!("cannot write `{}`", path.display()))?))
    }

    /// A reader from the beginning of the feed.
    pub fn feed_reader(&self) -> FeedReader {
        FeedReader { path: self.path().join(FILE), file: None, unfinished: String::new() }
    }

    /// All messages since the worker started.
    pub fn feed_messages(&self) -> Result<Vec<WorkerMessage>> {
        let text = read_lossy(&self.path().join(FILE))?.unwrap_or_default();
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Takes the messages of a worker that was not followed to its end. None while
    /// a worker runs.
    pub fn take_unreported(&self) -> Result<Vec<WorkerMessage>> {
        // Without any, no lock file has to be created.
        if self.feed_messages()?.is_empty() {
            return Ok(Vec::new());
        }
        let Some(_none_works) = self.no_worker()? else { return Ok(Vec::new()) };
        // Complete only now that no worker runs.
        let messages = self.feed_messages()?;
        remove(&self.path().join(FILE))?;
        Ok(messages)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::FILE;
    use crate::adapters::state::StateFolder;
    use crate::core::sync::worker_message::WorkerMessage;

    #[test]
    fn messages_are_read_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let line = |text: &str| WorkerMessage::Line { text: text.to_owned(), log: None };
        let mut reader = state.feed_reader();
        assert_eq!(reader.read_new().unwrap(), []);
        let mut feed = state.create_feed().unwrap();
        feed.write(&line("one"));
        feed.write(&line("two"));
        assert_eq!(reader.read_new().unwrap(), [line("one"), line("two")]);
        feed.write(&line("three"));
        assert_eq!(reader.read_new().unwrap(), [line("three")]);
        assert_eq!(state.feed_messages().unwrap().len(), 3);
        drop(state.create_feed().unwrap());
        feed.write(&line("four"));
        reader.remove_file().unwrap();
        assert!(folder.path().join("pm2sync").join(FILE).exists(), "another feed was created");
        state.feed_reader().remove_file().unwrap();
        assert_eq!(reader.read_new().unwrap(), [line("four")]);
        let mut other = state.feed_reader();
        assert_eq!(other.read_new().unwrap(), []);
        other.remove_file().unwrap();
        assert!(!folder.path().join("pm2sync").join(FILE).exists());
    }

    #[test]
    fn unreported_messages_are_complete_whenever_they_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let (theirs, ends) = (state.clone(), Arc::new(AtomicBool::new(false)));
        let has_ended = Arc::clone(&ends);
        let worker = thread::spawn(move || {
            for _ in 0..500 {
                let lock = theirs.lock_worker().unwrap();
                let mut feed = theirs.create_feed().unwrap();
                feed.write(&WorkerMessage::Started { pid: 7, trigger: "git pull".to_owned() });
                feed.write(&WorkerMessage::Ended { at: String::new(), text: String::new() });
                drop((feed, lock));
            }
            has_ended.store(true, Ordering::Relaxed);
        });
        while !ends.load(Ordering::Relaxed) {
            let messages = state.take_unreported().unwrap();
            assert!(
                messages.is_empty() || matches!(messages.last(), Some(WorkerMessage::Ended { .. })),
                "{messages:?}"
            );
        }
        worker.join().unwrap();
    }
}
