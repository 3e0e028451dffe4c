//! The result of one check: a verdict, its message, and the next step.

use crate::core::inspect::doctor::Verdict;

/// A verdict, its message, and the next step.
pub(super) type Assessment = (Verdict, String, Option<String>);

pub(super) fn good(message: impl Into<String>) -> Assessment {
    (Verdict::Good, message.into(), None)
}

pub(super) fn note(message: impl Into<String>, next: &str) -> Assessment {
    (Verdict::Note, message.into(), Some(next.to_owned()))
}

pub(super) fn wrong(message: impl Into<String>, next: impl Into<String>) -> Assessment {
    (Verdict::Wrong, message.into(), Some(next.into()))
}

pub(super) fn from_result(fact: &Result<String, String>, next: &str) -> Assessment {
    match fact {
        Ok(message) => good(message),
        Err(message) => failed(message, next),
    }
}

/// Some errors name the next step themselves, after `; `.
pub(super) fn failed(message: &str, next: &str) -> Assessment {
    match message.split_once("; ") {
        Some((message, next)) => wrong(message, next),
        None => wrong(message, next),
    }
}
