//! The journal: a line for each sync, the newest last. It is a record for
//! people; nothing is decided by it, and losing it loses nothing else.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::{Context as _, Result};

use crate::adapters::fs::{read_lossy, write_whole};
use crate::adapters::state::StateFolder;
use crate::core::sync::journal::Entry;

const FILE: &str = "journal.jsonl";

/// At this size, in bytes, the older half goes.
const LARGEST: usize = 1 << 20;

impl StateFolder {
    /// Adds a line to the journal.
    pub fn record(&self, entry: &Entry) -> Result<()> {
        self.make()?;
        let path = self.path().join(FILE);
        let line = serde_json::to_string(entry).context("cannot write down a sync")? + "\n";
        if let Some(text) = read_lossy(&path).ok().flatten().filter(|text| text.len() > LARGEST) {
            let newer = text[text.floor_char_boundary(text.len() / 2)..]
                .split_once('\n')
                .map_or("", |(_, rest)| rest);
            return write_whole(&path, (newer.to_owned() + &line).as_bytes(), 0o600);
        }
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(line.as_bytes()))
            .with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// The syncs that are remembered, the oldest first. A line that is none, as
    /// a crash can leave it, is passed over.
    pub fn journal(&self) -> Result<Vec<Entry>> {
        let text = read_lossy(&self.path().join(FILE))?.unwrap_or_default();
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FILE, LARGEST};
    use crate::adapters::state::StateFolder;
    use crate::core::sync::journal::Entry;
    use crate::core::sync::outcome::Synced;
    use crate::core::sync::trigger::Trigger;

    fn entry(what: &str) -> Entry {
        Entry::new("2026-01-01T00:00:00Z".to_owned(), 5, Trigger::named(what), Ok(&Synced::default()))
    }

    #[test]
    fn the_journal_keeps_its_order_and_passes_over_broken_lines() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        assert!(state.journal().unwrap().is_empty());
        state.record(&entry("first")).unwrap();
        let path = state.path().join(FILE);
        fs::write(&path, fs::read_to_string(&path).unwrap() + "{\"at\": \"20\n").unwrap();
        state.record(&entry("second")).unwrap();
        let whats: Vec<String> =
            state.journal().unwrap().into_iter().map(|entry| entry.trigger.what).collect();
        assert_eq!(whats, ["first", "second"]);
    }

    #[test]
    fn a_journal_that_has_grown_large_loses_its_older_half() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().to_owned());
        let line = serde_json::to_string(&entry("old")).unwrap() + "\n";
        fs::write(state.path().join(FILE), line.repeat(LARGEST / line.len() + 2)).unwrap();
        state.record(&entry("new")).unwrap();
        let journal = state.journal().unwrap();
        assert!(fs::metadata(state.path().join(FILE)).unwrap().len() < LARGEST as u64 * 6 / 10);
        assert_eq!(journal.last().map(|entry| entry.trigger.what.as_str()), Some("new"));
    }
}
