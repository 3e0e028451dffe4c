//! The one table of settings: each key with what it takes, its default and what
//! it means. Unknown keys and values of the wrong kind are found by it, and the
//! table of docs/settings.md is made of it
//! (`UPDATE_EXPECT=1 cargo test every_setting_is_documented`).

use std::fmt;

use crate::core::settings::choice::Choice as _;
use crate::core::settings::{Compiler, OnFailure, Removed, Warnings};
use crate::text::nearest;

/// One key of `pm2sync.toml`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its path, with a dot after the section.
    pub path: &'static str,
    /// What it takes.
    pub kind: KeyKind,
    /// Its default as it is written, where it has one.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that makes docs/settings.md"))]
    pub default: Option<&'static str>,
    /// What one may write: the default, where there is one.
    pub example: &'static str,
    /// What it means, as docs/settings.md says it.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test that makes docs/settings.md"))]
    pub doc: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
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

impl fmt::Display for KeyKind {
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

/// A key with its default.
const fn key(path: &'static str, kind: KeyKind, default: &'static str, doc: &'static str) -> Key {
    Key { path, kind, default: Some(default), example: default, doc }
}

/// A key that is not set unless one sets it.
const fn unset(path: &'static str, kind: KeyKind, example: &'static str, doc: &'static str) -> Key {
    Key { path, kind, default: None, example, doc }
}

/// Every key there is.
pub(crate) const KEYS: &[Key] = &[
    key(
        "sources",
        KeyKind::List,
        r#"["ecosystems/*.cljs"]"#,
        "The definitions: patterns from the top of the repository. `*` does not cross a slash, `**` does.",
    ),
    key(
        "inputs",
        KeyKind::List,
        r#"["shadow-cljs.edn"]"#,
        "Files that are not definitions, but whose change means recompiling.",
    ),
    key(
        "entry",
        KeyKind::Text,
        r#""ecosystem.config.cjs""#,
        "What a person gives to PM2: the one line that requires the artifact, or a config written by \
         hand.",
    ),
    key(
        "compile.compiler",
        KeyKind::Choice(Compiler::WORDS),
        r#""auto""#,
        "`\"shadow-cljs\"`, `\"embedded\"`, `\"command\"`, `\"none\"`, or `\"auto\"`: see below.",
    ),
    key(
        "compile.command",
        KeyKind::List,
        r#"["npx", "shadow-cljs", "release", "clobber"]"#,
        "What `shadow-cljs` and `command` run, in the top folder.",
    ),
    key("compile.output", KeyKind::Text, r#"".clobber/index.cjs""#, "The artifact."),
    key(
        "compile.warnings",
        KeyKind::Choice(Warnings::WORDS),
        r#""fail""#,
        "What the compiler's warnings (undeclared names, wrong number of arguments) do: `\"fail\"`, or \
         `\"show\"` and go on.",
    ),
    key(
        "apply.removed",
        KeyKind::Choice(Removed::WORDS),
        r#""delete""#,
        "What becomes of our apps that are no longer defined: `\"delete\"`, `\"stop\"`, `\"keep\"`, or \
         `\"ask\"` (by hand only).",
    ),
    key(
        "apply.on_failure",
        KeyKind::Choice(OnFailure::WORDS),
        r#""rollback""#,
        "What follows a start that fails: `\"rollback\"` to the definition that ran before, if it ran \
         well, or `\"keep\"` the failed one.",
    ),
    key(
        "apply.health_timeout",
        KeyKind::Span,
        r#""30s""#,
        "How long a started app may take to prove that it stays up. One that has neither done so nor \
         failed by then is reported, and left running.",
    ),
    unset(
        "pm2.home",
        KeyKind::Text,
        r#"".pm2""#,
        "PM2's home, from the top of the repository. When set it wins over `PM2_HOME`; only \
         `PM2SYNC_PM2_HOME` wins over it. Without it: `PM2_HOME`, else `~/.pm2`.",
    ),
    key(
        "pm2.command",
        KeyKind::Text,
        r#""pm2""#,
        "The `pm2` to use. By default that of `node_modules/.bin`, else the one on PATH.",
    ),
    key(
        "env.file",
        KeyKind::Text,
        r#"".env""#,
        "Variables for the evaluation of definitions. They win over the shell's. Any other file than the \
         usual `.env` has to be there, and nothing is compiled without it. `check` and `plan BASE..HEAD` \
         do without either, since CI holds no secrets.",
    ),
    unset(
        "env.name",
        KeyKind::Text,
        r#""production""#,
        "Which `env_NAME` of a definition counts over its `env`, as for `pm2 start --env NAME`: with \
         `\"production\"`, what `:env_production` says. `PM2SYNC_ENV` says it for one machine.",
    ),
    key(
        "env.inherit",
        KeyKind::StarOrList,
        r#""*""#,
        "Which of the caller's variables reach the apps beside their `env`: all but git's, npm's and \
         PM2's own, or a list of names.",
    ),
    key(
        "hooks.events",
        KeyKind::List,
        r#"["post-merge", "post-checkout", "post-rewrite", "post-commit"]"#,
        "The hooks that `install-hooks` installs. `pre-commit` may be added: it checks what is staged, \
         and is the one that may fail.",
    ),
    key(
        "hooks.branches",
        KeyKind::List,
        r#"["*"]"#,
        "The branches, as patterns, on which hooks act. With any but `*`, a detached HEAD is none of \
         them.",
    ),
    key(
        "hooks.wait",
        KeyKind::Span,
        r#""5s""#,
        "How long git waits for a sync that a hook began; then it continues in the background.",
    ),
    key(
        "check.generated",
        KeyKind::List,
        r#"[".clobber/**"]"#,
        "Globs of what is generated: `check` finds a tracked file that matches.",
    ),
    key("check.docs", KeyKind::List, r#"["**/*.md"]"#, "Globs of the documents that `check` reads."),
    key(
        "check.legacy",
        KeyKind::List,
        r#"["ecosystem.pm2.edn", "pm2-clj"]"#,
        "Words that no document may contain any more; `*` at the beginning of one stands for any file name. <!-- \
         pm2sync: allow(legacy-reference) the default itself -->",
    ),
];

/// Whether `path` is a key, or a section that holds keys.
pub(crate) fn is_known(path: &str) -> bool {
    KEYS.iter().any(|key| key.path == path || is_in_section(key.path, path))
}

/// The known key of the same section that is spelled most like `path`.
pub(crate) fn nearest(path: &str) -> Option<&'static str> {
    let (section, name) = path.rsplit_once('.').unwrap_or(("", path));
    let in_section = |key: &Key| key.path.rsplit_once('.').map_or("", |(section, _)| section) == section;
    let sections = KEYS.iter().filter_map(|key| key.path.split_once('.')).map(|(section, _)| section);
    let names = KEYS.iter().filter(|key| in_section(key)).map(|key| last(key.path));
    let candidates = names.chain(sections.filter(|_| section.is_empty()));
    nearest::nearest(name, candidates)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_in_section(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::{KEYS, Key};

    const HEAD: &str = "| key | default | |\n|---|---|---|\n";

    #[test]
    fn every_setting_is_documented_and_no_other() {
        let row = |key: &Key| {
            let default = key.default.map_or_else(|| "none".to_owned(), |default| format!("`{default}`"));
            format!("| `{}` | {default} | {} |\n", key.path, key.doc)
        };
        let page = include_str!("../../../docs/settings.md");
        let (before, table) = page.split_once(HEAD).expect("there is a table of settings");
        let (_, after) = table.split_once("\n\n").expect("the table has an end");
        let rows: String = KEYS.iter().map(row).collect();
        expect_file!["../../../docs/settings.md"].assert_eq(&format!("{before}{HEAD}{rows}\n{after}"));
    }
}
