//! When to look after files have changed: once it has been quiet for a while,
//! so that a save of many files is one look, but not later than a limit, so
//! that what never ends does not put it off for ever. However many changes
//! there are, two moments are all that is kept of them.

use std::time::Duration;

/// The least upper limit of waiting for quiet.
const LEAST_LIMIT: Duration = Duration::from_secs(2);

/// How many quiet windows the upper limit is long.
const LIMIT_IN_WINDOWS: u32 = 10;

/// A window that opens at the first change. Moments are counted from any fixed one.
#[derive(Clone, Debug)]
pub struct Debounce {
    quiet: Duration,
    limit: Duration,
    /// The first and the last change since the last look.
    changes: Option<(Duration, Duration)>,
}

impl Debounce {
    /// A window that wants so long without a change.
    pub fn new(quiet: Duration) -> Self {
        Self { quiet, limit: (quiet * LIMIT_IN_WINDOWS).max(LEAST_LIMIT), changes: None }
    }

    /// Something may have changed.
    pub fn record_change(&mut self, now: Duration) {
        let first = self.changes.map_or(now, |(first, _)| first);
        self.changes = Some((first, now));
    }

    /// When to look, if there is anything to look for.
    pub fn due(&self) -> Option<Duration> {
        let (first, last) = self.changes?;
        Some((last + self.quiet).min(first + self.limit))
    }

    /// It is looked now.
    pub fn reset(&mut self) {
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
    fn a_save_is_looked_at_once_it_has_been_quiet() {
        let mut debounce = Debounce::new(ms(200));
        assert_eq!(debounce.due(), None);
        debounce.record_change(ms(1000));
        debounce.record_change(ms(1150));
        assert_eq!(debounce.due(), Some(ms(1350)));
        debounce.reset();
        assert_eq!(debounce.due(), None);
    }

    #[test]
    fn changes_without_an_end_are_looked_at_by_the_limit() {
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
