//! A pause: until it ends, hooks leave everything as it is. Syncs by hand are a
//! person's own wish, and work.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the file `paused` in the state folder says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when, RFC 3339.
    pub since: String,
    /// Until when, RFC 3339; without it, until `pm2sync resume`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Why, in a person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Pause {
    /// Whether it is over at `now`, RFC 3339 in UTC to the second like its own
    /// times, which therefore order as text.
    pub fn is_over(&self, now: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until <= now)
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "paused since {}", self.since)?;
        if let Some(until) = &self.until {
            write!(f, " until {until}")?;
        }
        self.reason.as_deref().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Pause;

    #[test]
    fn a_pause_ends_at_its_time_or_never() {
        let since = "2026-01-01T10:00:00Z".to_owned();
        let ending =
            Pause { since: since.clone(), until: Some("2026-01-01T11:00:00Z".to_owned()), reason: None };
        assert!(!ending.is_over("2026-01-01T10:59:59Z") && ending.is_over("2026-01-01T11:00:00Z"));
        let endless = Pause { since, until: None, reason: Some("deploying by hand".to_owned()) };
        assert!(!endless.is_over("2027-01-01T00:00:00Z"));
        assert_eq!(endless.to_string(), "paused since 2026-01-01T10:00:00Z: deploying by hand");
    }
}
