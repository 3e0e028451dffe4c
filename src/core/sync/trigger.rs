//! What triggered a sync: a command, or an operation of git with its revisions and
//! the sources that changed between them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A trigger, as reports name it and the journal keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// `git pull`, `pm2sync sync`.
    pub what: String,
    /// The revision before, as a full id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The revision after, as a full id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The sources and inputs that differ between the two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl Trigger {
    /// A trigger that knows of no revisions.
    pub fn named(what: &str) -> Self {
        Self { what: what.to_owned(), ..Self::default() }
    }
}

impl fmt::Display for Trigger {
    /// `git pull 3f2a1b0..9c1bd2e: ecosystems/api.cljs`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let (Some(from), Some(to)) = (&self.from, &self.to) else { return Ok(()) };
        write!(f, " {}..{}", short(from), short(to))?;
        if self.sources.is_empty() { Ok(()) } else { write!(f, ": {}", self.sources.join(", ")) }
    }
}

fn short(revision: &str) -> &str {
    revision.get(..7).unwrap_or(revision)
}

#[cfg(test)]
mod tests {
    use super::Trigger;

    #[test]
    fn a_trigger_is_one_line() {
        let id = |digit: &str| Some(digit.repeat(40));
        let pull = Trigger { from: id("1"), to: id("2"), ..Trigger::named("git pull") };
        assert_eq!(pull.to_string(), "git pull 1111111..2222222");
        let pull = Trigger { sources: vec!["a.cljs".to_owned(), "b.cljs".to_owned()], ..pull };
        assert_eq!(pull.to_string(), "git pull 1111111..2222222: a.cljs, b.cljs");
        assert_eq!(Trigger::named("pm2sync sync").to_string(), "pm2sync sync");
    }
}
