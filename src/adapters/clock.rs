//! The time of day.

use std::time::Duration;

use jiff::Timestamp;

/// Now, as RFC 3339 in UTC, to the second.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Now, in milliseconds since 1970.
pub(crate) fn now_in_milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}

/// The time so long from now, as RFC 3339 in UTC; nothing beyond the calendar.
pub(crate) fn after(span: Duration) -> Option<String> {
    let then = Timestamp::now().checked_add(span).ok()?;
    Some(then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Milliseconds since 1970 as RFC 3339 in UTC, to the second.
pub(crate) fn at(milliseconds: i64) -> Option<String> {
    Some(Timestamp::from_millisecond(milliseconds).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
