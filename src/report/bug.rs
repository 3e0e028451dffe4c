//! What is said of a bug of pm2sync itself: one line with its place, never what
//! the panic says.

use std::io::{self, Write as _};
use std::panic;

use crate::core::bug::{Bug, Bugs};

/// From now on a panic, in whatever thread, is one line on stderr, and is noted
/// for whoever stops it.
pub fn tell() -> Bugs {
    let bugs = Bugs::default();
    let noted = bugs.clone();
    panic::set_hook(Box::new(move |panic| {
        let bug = panic.location().map(Bug::at).unwrap_or_default();
        drop(writeln!(io::stderr().lock(), "pm2sync: {bug}"));
        noted.note(bug);
    }));
    bugs
}
