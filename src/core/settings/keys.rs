//! The one table of settings: each key with what it means. Unknown keys are
//! found by it, and docs/settings.md is held against it.

/// One key of `pm2sync.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its path, with a dot after the section.
    pub path: &'static str,
    /// What it means, in a line.
    pub doc: &'static str,
}

const fn key(path: &'static str, doc: &'static str) -> Key {
    Key { path, doc }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key("sources", "globs of the files of definitions; `*` does not cross a slash"),
    key("inputs", "globs of files that are no definitions, but whose change recompiles"),
    key("entry", "what a person gives to PM2: a one-line `require` of the artifact"),
    key("compile.compiler", "who compiles: `auto`, `shadow-cljs`, `embedded`, `command` or `none`"),
    key("compile.command", "the command line of `shadow-cljs` and `command`, run at the root"),
    key("compile.output", "the artifact: generated, never edited, never committed"),
    key("compile.warnings", "undeclared names and wrong arity: `fail` the compile, or `show`"),
    key("apply.removed", "owned apps whose definition is gone: `delete`, `stop`, `keep` or `ask`"),
    key("apply.on_failure", "a start that fails: `rollback` to the old definition, or `keep`"),
    key("apply.health_timeout", "how long a started app may take to prove itself"),
    key("pm2.home", "the daemon's folder, relative to the root; default: `PM2_HOME`, else `~/.pm2`"),
    key("pm2.command", "the `pm2` program; default: `node_modules/.bin/pm2`, else PATH"),
    key("env.file", "variables that feed the evaluation of definitions and win over the shell's"),
    key("env.inherit", "what reaches the apps beside their `env`: `*`, or a list of names"),
    key("hooks.events", "the git hooks that `install-hooks` installs"),
    key("hooks.branches", "globs of the branches on which hooks act"),
    key("hooks.wait", "how long a hook follows the work before it goes on in the background"),
    key("check.generated", "globs of what is never tracked"),
    key("check.docs", "globs of the documents that are read"),
    key("check.legacy", "words that no document says any more"),
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
