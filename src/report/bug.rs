//! What is said of a bug of pm2sync itself: one line with its place, never what
//! the panic says.

use std::io::{self, Write as _};
use std::panic;

use crate::core::bug::Bug;

/// From now on a panic, in whatever thread, is one line on stderr, and `note`
/// hears of it.
pub fn install_panic_hook(note: impl Fn(Bug) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |panic| {
        let bug = panic.location().map(Bug::at).unwrap_or_default();
        drop(writeln!(io::stderr().lock(), "pm2sync: {bug}"));
        note(bug);
    }));
}
