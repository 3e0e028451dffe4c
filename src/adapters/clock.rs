//! The time of day.

use jiff::Timestamp;

/// Now, as RFC 3339 in UTC, to the second.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Milliseconds since 1970 as RFC 3339 in UTC, to the second.
pub fn at(milliseconds: i64) -> Option<String> {
    Some(Timestamp::from_millisecond(milliseconds).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
