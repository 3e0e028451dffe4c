//! A value that may be a secret: an environment variable, arguments. It can be
//! compared and passed on, and is shown only by `reveal`.

use std::fmt;

use serde_json::Value;

/// A value that neither `Debug` nor `Display` nor serde gives away.
#[derive(Clone, PartialEq)]
pub struct Secret(Value);

impl Secret {
    /// Hides a value.
    pub fn new(value: Value) -> Self {
        Self(value)
    }

    /// The value, for a terminal whose user asked to see it: control
    /// characters are escaped, since the text is not ours.
    pub fn reveal(&self) -> String {
        let text = match &self.0 {
            Value::String(text) => text.clone(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        };
        let escaped = |letter: char| {
            if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }
        };
        text.chars().map(escaped).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Secret;

    #[test]
    fn it_is_shown_only_by_name() {
        let secret = Secret::new(json!("hunter2"));
        assert_eq!(format!("{secret} {secret:?}"), "… …");
        assert_eq!(secret.reveal(), "hunter2");
        assert_eq!(Secret::new(json!(["--key", "k"])).reveal(), "--key k");
        assert_eq!(Secret::new(json!("a\u{1b}[31m\nb")).reveal(), "a\\u{1b}[31m\\nb");
    }
}
