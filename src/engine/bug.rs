//! Stops a panic where something has to be said of it, or written down, after
//! what it ended. Locks were given back on its way, and nothing that it left is
//! trusted: what was pending still is.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::adapters::bugs::Bugs;
use crate::core::failure::Failure;

/// What `work` comes to; a panic in it is a failure like others.
pub fn catch_panic<T>(bugs: &Bugs, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // One that was noted before and did no harm is not the cause of another.
    drop(bugs.take());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Failure::Bug(bugs.take())))
}
