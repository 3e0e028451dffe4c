//! Debounce: when to check after files have changed. Once no change has come for a
//! while, so that a save of many files is one check, but not later than a limit,
//! so that changes without end do not postpone it forever. However many changes
//! there are, only the first and the last moment are kept.

use std::time::Duration;

/// The shortest upper limit of the wait.
const LEAST_LIMIT: Duration = Duration::from_secs(2);

/// The upper limit, in debounce times.
const LIMIT_IN_WINDOWS: u32 = 10;

/// A debounce that begins at the first change. Moments are counted from any fixed
/// one.
#[derive(Clone, Debug)]
pub(crate) struct Debounce {
    quiet: Duration,
    limit: Duration,
    /// The first and the last change since the last check.
    changes: Option<(Duration, Duration)>,
}

impl Debounce {
    /// A debounce of this length.
    pub(crate) fn new(quiet: Duration) -> Self {
        Self { quiet, limit: (quiet * LIMIT_IN_WINDOWS).max(LEAST_LIMIT), changes: None }
    }

    /// Something may have changed.
    pub(crate) fn record_change(&mut self, now: Duration) {
        let first = self.changes.map_or(now, |(first, _)| first);
        self.changes = Some((first, now));
    }

    /// When to check, if anything has changed.
    pub(crate) fn due(&self) -> Option<Duration> {
        let (first, last) = self.changes?;
        Some((last + self.quiet).min(first + self.limit))
    }

    /// Forgets the changes: they are checked now.
    pub(crate) fn reset(&mut self) {
        self.changes = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Debounce;

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn a_save_is_checked_once_the_debounce_is_over() {
        let mut debounce = Debounce::new(ms(200));
        assert_eq!(debounce.due(), None);
        debounce.record_change(ms(1000));
        debounce.record_change(ms(1150));
        assert_eq!(debounce.due(), Some(ms(1350)));
        debounce.reset();
        assert_eq!(debounce.due(), None);
    }

    #[test]
    fn changes_without_an_end_are_checked_at_the_limit() {
        let mut debounce = Debounce::new(ms(200));
        for at in (0..100_000).step_by(50) {
            debounce.record_change(ms(at));
        }
        assert_eq!(debounce.due(), Some(ms(2000)));
        let mut slow = Debounce::new(ms(1000));
        slow.record_change(ms(0));
        slow.record_change(ms(9900));
        assert_eq!(slow.due(), Some(ms(10_000)));
    }
}
