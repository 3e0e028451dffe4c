//! Catches a panic where it has to be reported or recorded. Unwinding has released
//! the locks, and what was pending stays pending.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::core::failure::Failure;

pub(crate) use crate::adapters::bugs::Bugs;

/// The result of `work`; a panic in it is a failure like others.
pub(crate) fn catch_panic<T>(bugs: &Bugs, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // One that was noted before, and caught, is not the cause of this one.
    drop(bugs.take());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Failure::Bug(bugs.take())))
}
