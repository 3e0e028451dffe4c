//! Threads that nobody waits for.

use std::thread;

use anyhow::{Context as _, Result};

/// Runs work on a thread that is not joined. Fails where the system gives no more
/// threads.
pub(in crate::adapters) fn in_background(work: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new().spawn(work).map(drop).context(NO_THREAD)
}

/// The message where the system gives no more threads.
pub(crate) const NO_THREAD: &str =
    "cannot start a thread; the limits on processes and memory are too low here";
