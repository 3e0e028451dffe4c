//! How many PM2 daemons run at one time: a few, so that the tests of a machine
//! with many threads do not starve each other's processes.

use std::sync::{Condvar, Mutex, PoisonError};

/// Fewer than the tests that run at one time (`.cargo/config.toml`): what only
/// computes has its turn beside what waits.
const DAEMONS: usize = 6;

static FREE: Mutex<usize> = Mutex::new(DAEMONS);
static RETURNED: Condvar = Condvar::new();

/// The right to run a daemon; given back when dropped.
#[derive(Debug)]
pub(crate) struct Lease(());

impl Lease {
    /// Waits until there is one to be had.
    pub(crate) fn take() -> Self {
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = RETURNED.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Self(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *FREE.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        RETURNED.notify_one();
    }
}
