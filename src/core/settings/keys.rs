//! The one table of settings: each key with what it takes and what it means.
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
    /// What it means, in a line.
    pub doc: &'static str,
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

const fn key(path: &'static str, kind: Kind, example: &'static str, doc: &'static str) -> Key {
    Key { path, kind, example, doc }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key(
        "sources",
        Kind::List,
        r#"["ecosystems/*.cljs"]"#,
        "globs of the files of definitions; `*` does not cross a slash",
    ),
    key(
        "inputs",
        Kind::List,
        r#"["shadow-cljs.edn"]"#,
        "globs of files that are no definitions, but whose change recompiles",
    ),
    key(
        "entry",
        Kind::Text,
        r#""ecosystem.config.cjs""#,
        "what a person gives to PM2: the line that requires the artifact, or a config written by hand",
    ),
    key(
        "compile.compiler",
        Kind::Choice(&["auto", "shadow-cljs", "embedded", "command", "none"]),
        r#""auto""#,
        "who compiles: `auto`, `shadow-cljs`, `embedded`, `command` or `none`",
    ),
    key(
        "compile.command",
        Kind::List,
        r#"["npx", "shadow-cljs", "release", "clobber"]"#,
        "the command line of `shadow-cljs` and `command`, run at the root",
    ),
    key(
        "compile.output",
        Kind::Text,
        r#"".clobber/index.cjs""#,
        "the artifact: generated, never edited, never committed",
    ),
    key(
        "compile.warnings",
        Kind::Choice(&["fail", "show"]),
        r#""fail""#,
        "undeclared names and wrong arity: `fail` the compile, or `show`",
    ),
    key(
        "apply.removed",
        Kind::Choice(&["delete", "stop", "keep", "ask"]),
        r#""delete""#,
        "owned apps whose definition is gone: `delete`, `stop`, `keep` or `ask`",
    ),
    key(
        "apply.on_failure",
        Kind::Choice(&["rollback", "keep"]),
        r#""rollback""#,
        "a start that fails: `rollback` to the old definition, or `keep`",
    ),
    key("apply.health_timeout", Kind::Span, r#""30s""#, "how long a started app may take to prove itself"),
    key(
        "pm2.home",
        Kind::Text,
        r#"".pm2""#,
        "the daemon's folder, relative to the root; default: `PM2_HOME`, else `~/.pm2`",
    ),
    key(
        "pm2.command",
        Kind::Text,
        r#""pm2""#,
        "the `pm2` program; default: `node_modules/.bin/pm2`, else PATH",
    ),
    key(
        "env.file",
        Kind::Text,
        r#"".env""#,
        "variables that feed the evaluation of definitions and win over the shell's",
    ),
    key(
        "env.name",
        Kind::Text,
        r#""production""#,
        "the `env_NAME` of each definition that counts over its `env`, as for `pm2 start --env NAME`",
    ),
    key(
        "env.inherit",
        Kind::StarOrList,
        r#""*""#,
        "what reaches the apps beside their `env`: `*`, or a list of names",
    ),
    key(
        "hooks.events",
        Kind::List,
        r#"["post-merge", "post-checkout", "post-rewrite", "post-commit"]"#,
        "the git hooks that `install-hooks` installs",
    ),
    key("hooks.branches", Kind::List, r#"["*"]"#, "globs of the branches on which hooks act"),
    key(
        "hooks.wait",
        Kind::Span,
        r#""5s""#,
        "how long a hook follows the work before it goes on in the background",
    ),
    key("check.generated", Kind::List, r#"[".clobber/**"]"#, "globs of what is never tracked"),
    key("check.docs", Kind::List, r#"["**/*.md"]"#, "globs of the documents that are read"),
    key(
        "check.legacy",
        Kind::List,
        r#"["ecosystem.pm2.edn", "pm2-clj"]"#,
        "words that no document says any more",
    ),
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
