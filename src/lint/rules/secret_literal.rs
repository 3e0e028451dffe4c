//! `secret-literal`: a secret that is written out.
//!
//! Whoever can read the repository has it, forever: git forgets nothing. Read
//! it with `env-var`, from the environment or from `.env`, and replace the one
//! that was committed. Found are keys named like a secret, with a text that is
//! not a placeholder, an address or a file. The text itself is never shown.
//!
//! Found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:API_TOKEN "a8f5f167f44f"}})
//! ;                               ^^^^^^^^^^^^^^ error: `API_TOKEN` is named like a secret, and its value is written out
//! ```
//!
//! Not found:
//!
//! ```clojure
//! (defapp "web" {:script "web.js"
//!                :env {:API_TOKEN (env-var "API_TOKEN" "")}})
//! ```

use crate::clojure::Form;
use crate::core::finding::Finding;
use crate::lint::inputs::project::Project;
use crate::lint::inputs::source::Source;
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "secret-literal",
    severity: Severity::Error,
    file: include_str!("secret_literal.rs"),
    check: Check::Source(check),
};

/// Words of a key that make it the name of a secret; pairs stand side by side.
const SECRETS: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["secret"],
    &["token"],
    &["credential"],
    &["credentials"],
    &["apikey"],
    &["bearer"],
    &["pass"],
    &["dbpassword"],
    &["pgpassword"],
    &["pwd"],
    &["api", "key"],
    &["api", "keys"],
    &["hmac", "key"],
    &["session", "key"],
    &["ssh", "key"],
    &["access", "key"],
    &["private", "key"],
    &["auth", "key"],
    &["encryption", "key"],
    &["signing", "key"],
];

/// Last words of a key that names something about a secret.
const ABOUT: &[&str] = &[
    "algorithm",
    "backend",
    "count",
    "dir",
    "enabled",
    "endpoint",
    "env",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "hasher",
    "header",
    "host",
    "id",
    "issuer",
    "length",
    "limit",
    "mode",
    "name",
    "path",
    "policy",
    "prefix",
    "provider",
    "required",
    "size",
    "strategy",
    "through",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
];

/// Texts, and parts of texts, that stand for a secret.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "placeholder",
    "example",
    "dummy",
    "xxx",
    "***",
    "...",
    "todo",
    "redacted",
    "your-",
    "your_",
    "insert-",
    "fake",
    "sample",
    "not-a-secret",
    "not-set",
    "unset",
    "vault:",
    "op://",
    "arn:aws:",
    "projects/",
    "$",
    "{{",
    "<",
    "enc[",
];

/// Whole texts that are not secrets.
const HARMLESS: &[&str] =
    &["none", "null", "undefined", "true", "false", "test", "secret", "password", "token", "local", "dev"];

fn check(_project: &Project<'_>, source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    if !source.is_definition {
        return found;
    }
    source.walk(&mut |form: &Form| {
        // `{:API_TOKEN "…"}`, and `(assoc options :API_TOKEN "…")`.
        let assoc = form.list().filter(|items| items.first().is_some_and(|first| first.is_symbol("assoc")));
        let added = assoc.and_then(|items| items.get(2..)).unwrap_or_default().chunks_exact(2);
        let added = added.map(|pair| (&pair[0], &pair[1]));
        for (key, value) in form.map().into_iter().flatten().chain(added) {
            let Some(name) = key.keyword().map(|name| name.name.as_str()).or(key.string()) else { continue };
            if is_secret(name) && value.string().is_some_and(|text| !stands_for_a_secret(text)) {
                let message = format!("`{name}` is named like a secret, and its value is written out");
                let help =
                    format!("read it with `(env-var \"{name}\")`, and replace the one that was committed");
                found.push(Finding::at(RULE.severity, source.place(value.span), message).help(help));
            }
        }
    });
    found
}

fn is_secret(key: &str) -> bool {
    let words = words(key);
    let names = SECRETS.iter().any(|secret| words.windows(secret.len()).any(|window| window == *secret));
    names && !words.last().is_some_and(|last| ABOUT.contains(&last.as_str()))
}

/// The words of `API_TOKEN`, `apiToken` and `api-token`.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in key.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn stands_for_a_secret(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let is_address = lower.split_once("://").is_some_and(|(_, rest)| !rest.contains('@'));
    let is_file = lower.starts_with(['/', '~']) || lower.starts_with("./") || lower.starts_with("../");
    // A name of a variable, like `PROD_API_TOKEN`, says where the secret is.
    let is_variable = text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    lower.len() < 4
        || is_address
        || is_file
        || is_variable
        || HARMLESS.contains(&lower.as_str())
        || PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder))
}

#[cfg(test)]
mod tests {
    use super::{is_secret, stands_for_a_secret};

    #[test]
    fn keys_are_named_like_secrets_word_by_word() {
        for key in
            ["API_TOKEN", "dbPassword", "client-secret", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "apiKey"]
        {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "MAX_TOKENS",
            "TOKEN_FILE",
            "PASSWORD_MIN_LENGTH",
            "AWS_ACCESS_KEY_ID",
            "SECRETARY",
            "KEY",
            "TOKEN_URL",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn placeholders_addresses_and_files_are_not_secrets() {
        for text in [
            "",
            "changeme",
            "<token>",
            "${TOKEN}",
            "https://x.org/token",
            "/run/secrets/t",
            "your-token-here",
            "PROD_TOKEN",
        ] {
            assert!(stands_for_a_secret(text), "{text}");
        }
        for text in ["hunter2", "a8f5f167f44f", "postgres://u:p@h/db", "sk-live-4242"] {
            assert!(!stands_for_a_secret(text), "{text}");
        }
    }
}
