//! Rebuild loops: a compile that changes its own sources, so that every sync would
//! trigger the next one.
//!
//! A loop differs from a person who saves often by when files change: only during
//! a compile, and never while apps are proving healthy or between two syncs.

use std::path::PathBuf;
use std::time::Duration;

/// So many syncs in a row whose files changed only while they were compiled are a loop.
const LOOP: u32 = 2;

/// The first backoff, which doubles with each further sync.
const PAUSE: Duration = Duration::from_secs(5);

/// The longest backoff.
const LONGEST: Duration = Duration::from_mins(5);

/// A rebuild loop that was detected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loop {
    /// The files that change while they are compiled.
    pub paths: Vec<PathBuf>,
    /// The backoff, unless something else is edited.
    pub pause: Duration,
}

/// How many syncs in a row had their files changed while they were compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct RebuildLoop(u32);

impl RebuildLoop {
    /// After a sync: whether anything had been edited since the one before, and
    /// what changed while it was compiled.
    pub(crate) fn after(&mut self, edited: bool, meanwhile: Vec<PathBuf>) -> Option<Loop> {
        self.0 = match (meanwhile.is_empty(), edited) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => self.0 + 1,
        };
        let rounds = self.0.checked_sub(LOOP)?;
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(rounds)).min(LONGEST);
        Some(Loop { paths: meanwhile, pause })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::RebuildLoop;

    fn written() -> Vec<PathBuf> {
        vec![PathBuf::from("ecosystems/made.cljs")]
    }

    #[test]
    fn files_that_change_only_while_they_are_compiled_are_a_loop_that_slows_down() {
        let mut rebuild_loop = RebuildLoop::default();
        assert_eq!(rebuild_loop.after(true, written()), None);
        let found = rebuild_loop.after(false, written()).unwrap();
        assert_eq!((found.paths, found.pause), (written(), Duration::from_secs(5)));
        assert_eq!(rebuild_loop.after(false, written()).unwrap().pause, Duration::from_secs(10));
        for _ in 0..100 {
            assert!(rebuild_loop.after(false, written()).unwrap().pause <= Duration::from_mins(5));
        }
        assert_eq!(rebuild_loop.after(false, Vec::new()), None);
        assert_eq!(rebuild_loop.after(false, written()), None, "it begins again");
    }

    #[test]
    fn someone_who_saves_all_the_time_is_none() {
        let mut rebuild_loop = RebuildLoop::default();
        assert!((0..100).all(|_| rebuild_loop.after(true, written()).is_none()));
    }
}
