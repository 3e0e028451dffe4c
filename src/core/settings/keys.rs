//! The one table of settings: each key with what it takes and its default.
//! Unknown keys and values of the wrong kind are found by it, and
//! docs/settings.md is held against it.

use std::fmt;

/// One key of `pm2sync.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its path, with a dot after the section.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Its default as it is written, or what one may write where there is none.
    pub example: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A list of texts.
    List,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A length of time.
    Span,
    /// `"*"`, or a list of names.
    StarOrList,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text in quotes"),
            Self::List => f.write_str("a list of texts"),
            Self::Choice(words) => write!(f, "one of `\"{}\"`", words.join("\"`, `\"")),
            Self::Span => f.write_str("a length of time in quotes"),
            Self::StarOrList => f.write_str("`\"*\"` or a list of names"),
        }
    }
}

const fn key(path: &'static str, kind: Kind, example: &'static str) -> Key {
    Key { path, kind, example }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key("sources", Kind::List, r#"["ecosystems/*.cljs"]"#),
    key("inputs", Kind::List, r#"["shadow-cljs.edn"]"#),
    key("entry", Kind::Text, r#""ecosystem.config.cjs""#),
    key(
        "compile.compiler",
        Kind::Choice(&["auto", "shadow-cljs", "embedded", "command", "none"]),
        r#""auto""#,
    ),
    key("compile.command", Kind::List, r#"["npx", "shadow-cljs", "release", "clobber"]"#),
    key("compile.output", Kind::Text, r#"".clobber/index.cjs""#),
    key("compile.warnings", Kind::Choice(&["fail", "show"]), r#""fail""#),
    key("apply.removed", Kind::Choice(&["delete", "stop", "keep", "ask"]), r#""delete""#),
    key("apply.on_failure", Kind::Choice(&["rollback", "keep"]), r#""rollback""#),
    key("apply.health_timeout", Kind::Span, r#""30s""#),
    key("pm2.home", Kind::Text, r#"".pm2""#),
    key("pm2.command", Kind::Text, r#""pm2""#),
    key("env.file", Kind::Text, r#"".env""#),
    key("env.name", Kind::Text, r#""production""#),
    key("env.inherit", Kind::StarOrList, r#""*""#),
    key("hooks.events", Kind::List, r#"["post-merge", "post-checkout", "post-rewrite", "post-commit"]"#),
    key("hooks.branches", Kind::List, r#"["*"]"#),
    key("hooks.wait", Kind::Span, r#""5s""#),
    key("check.generated", Kind::List, r#"[".clobber/**"]"#),
    key("check.docs", Kind::List, r#"["**/*.md"]"#),
    key("check.legacy", Kind::List, r#"["ecosystem.pm2.edn", "pm2-clj"]"#),
];

/// Whether `path` is a key, or a section that holds keys.
pub fn is_known(path: &str) -> bool {
    KEYS.iter().any(|key| key.path == path || is_in_section(key.path, path))
}

/// The known key of the same section that is spelled most like `path`.
pub fn nearest(path: &str) -> Option<&'static str> {
    let (section, name) = path.rsplit_once('.').unwrap_or(("", path));
    let in_section = |key: &Key| key.path.rsplit_once('.').map_or("", |(section, _)| section) == section;
    let sections = KEYS.iter().filter_map(|key| key.path.split_once('.')).map(|(section, _)| section);
    let names = KEYS.iter().filter(|key| in_section(key)).map(|key| last(key.path));
    let candidates = names.chain(sections.filter(|_| section.is_empty()));
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(candidate, name), candidate))
        .filter(|&(distance, candidate)| distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_in_section(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}
