//! The report of a bug of pm2sync itself: one line with its place, never the
//! panic's message.

use std::io::{self, Write as _};
use std::panic;

use crate::core::bug::Bug;

/// From now on a panic in any thread is one line on stderr, and is passed to `note`.
pub fn install_panic_hook(note: impl Fn(Bug) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |panic| {
        let bug = panic.location().map(Bug::at).unwrap_or_default();
        drop(writeln!(io::stderr().lock(), "pm2sync: {bug}"));
        note(bug);
    }));
}
