//! Panics of the program itself, noted by the panic hook and taken where they are
//! caught.

use std::sync::{Arc, Mutex, PoisonError};

use crate::core::bug::Bug;

/// The panic since the last one was taken. The panic hook notes it, since where it
/// is caught its place is not known.
#[derive(Clone, Debug, Default)]
pub struct Bugs(Arc<Mutex<Option<Bug>>>);

impl Bugs {
    /// Notes a bug; the first one counts, since others follow from it.
    pub fn note(&self, bug: Bug) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(bug);
    }

    /// Takes the bug; one without a place where none was noted.
    pub fn take(&self) -> Bug {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::Bugs;
    use crate::core::bug::Bug;

    #[test]
    fn the_first_bug_is_the_one_that_is_reported() {
        let (bugs, first, second) = (Bugs::default(), Bug::at(Location::caller()), Bug::default());
        bugs.note(first.clone());
        bugs.note(second);
        assert_eq!(bugs.take(), first);
        assert_eq!(bugs.take(), Bug::default());
    }
}
