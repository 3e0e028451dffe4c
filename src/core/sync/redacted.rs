//! The message of an outcome, beside its reasons. It may quote PM2, whose messages
//! can hold anything: that part is shown once and never kept.

use std::fmt;

use serde::{Serialize, Serializer};

/// A message: whole, as it is shown, and redacted, as it may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    whole: String,
    own: String,
}

impl Redacted {
    /// Our own message, followed by a quoted one.
    pub fn quoting(own: &str, theirs: impl fmt::Display) -> Self {
        Self { whole: format!("{own}: {theirs}"), own: own.to_owned() }
    }

    /// The same with another one after it; `between` joins them.
    #[must_use]
    pub fn then(&self, between: &str, other: &Self) -> Self {
        Self {
            whole: format!("{}{between}{}", self.whole, other.whole),
            own: format!("{}{between}{}", self.own, other.own),
        }
    }

    /// As it is shown.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// Without what is quoted.
    pub fn own(&self) -> &str {
        &self.own
    }
}

impl From<String> for Redacted {
    fn from(own: String) -> Self {
        Self { whole: own.clone(), own }
    }
}

impl From<&str> for Redacted {
    fn from(own: &str) -> Self {
        own.to_owned().into()
    }
}

impl Serialize for Redacted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::Redacted;

    #[test]
    fn what_is_quoted_is_shown_and_not_kept() {
        let first = Redacted::quoting("PM2 did not start it", "no s3cret");
        let both = first.then("; ", &"the old definition runs again".into());
        assert_eq!(both.whole(), "PM2 did not start it: no s3cret; the old definition runs again");
        assert_eq!(both.own(), "PM2 did not start it; the old definition runs again");
        assert_eq!(serde_json::json!(both), both.whole());
    }
}
