//! Reads `pm2sync.toml`: its text to [`Settings`], or to what is wrong with it,
//! each with its place and, for a misspelled key, the nearest known one.

use std::path::{Component, Path};

use toml::de::{DeTable, DeValue};

use crate::core::files::sources::Selection;
use crate::core::hooks::shim::EVENTS;
use crate::core::settings::keys::{is_known, nearest};
use crate::core::settings::kinds::wrong_kinds;
use crate::core::settings::{FILE, Settings};
use crate::text::conflict::rather_than;
use crate::text::diagnostic::Diagnostic;
use crate::text::lines::LineIndex;

/// The settings that `text`, the content of `pm2sync.toml`, gives. Where git has
/// left a conflict in it, that is what is wrong.
pub(crate) fn parse(text: &str) -> Result<Settings, Vec<Diagnostic>> {
    read(text).map_err(|faults| rather_than(faults, FILE, text))
}

fn read(text: &str) -> Result<Settings, Vec<Diagnostic>> {
    let lines = LineIndex::new(FILE, text);
    let table = DeTable::parse(text).map_err(|error| vec![syntax_error(&error, &lines)])?;
    let mut faults = Vec::new();
    unknown_keys(table.get_ref(), "", &lines, &mut faults);
    wrong_kinds(table.get_ref(), "", &lines, &mut faults);
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.place.as_ref().map(|place| place.start));
        return Err(faults);
    }
    // Their kinds are right by now, so this fails for what no kind says.
    let settings: Settings = toml::from_str(text).map_err(|error| vec![syntax_error(&error, &lines)])?;
    let faults = faults_of(&settings);
    if faults.is_empty() { Ok(settings) } else { Err(faults) }
}

fn syntax_error(error: &toml::de::Error, lines: &LineIndex) -> Diagnostic {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Diagnostic::error(message).at(error.span().map(|span| lines.place(span)))
}

fn unknown_keys(table: &DeTable<'_>, section: &str, lines: &LineIndex, found: &mut Vec<Diagnostic>) {
    for (key, value) in table {
        let name = key.get_ref();
        let path = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
        if !is_known(&path) {
            let unknown =
                Diagnostic::error(format!("unknown key `{path}`")).at(Some(lines.place(key.span())));
            found.push(match nearest(&path) {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown,
            });
        } else if let DeValue::Table(inner) = value.get_ref() {
            unknown_keys(inner, &path, lines, found);
        }
    }
}

/// What the types cannot say: malformed globs, paths that leave the workspace,
/// an empty command.
fn faults_of(settings: &Settings) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let globs = [
        ("sources", &settings.sources),
        ("inputs", &settings.inputs),
        ("hooks.branches", &settings.hooks.branches),
        ("check.generated", &settings.check.generated),
        ("check.docs", &settings.check.docs),
    ];
    for (key, globs) in globs {
        if let Err(error) = Selection::new(globs) {
            faults.push(Diagnostic::error(format!("`{key}` holds a malformed glob: {error}")));
        }
    }
    let inner_paths = [
        ("entry", &settings.entry),
        ("compile.output", &settings.compile.output),
        ("env.file", &settings.env.file),
    ];
    for (key, path) in inner_paths {
        let stays =
            Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !stays || path.is_empty() {
            faults.push(
                Diagnostic::error(format!("`{key}` is `{path}`, which is not a path inside the workspace"))
                    .help("write it relative to the root, without `..`"),
            );
        }
    }
    let output = Path::new(&settings.compile.output);
    let is_source = Selection::new(&settings.sources).is_ok_and(|sources| sources.matches(output));
    let others = [settings.entry.as_str(), settings.env.file.as_str(), FILE];
    if is_source || output.starts_with(".git") || others.iter().any(|other| output == Path::new(other)) {
        faults.push(
            Diagnostic::error(format!("`compile.output` is `{}`, which is something else", output.display()))
                .help("the compiler would overwrite it; name a file that is the artifact's alone"),
        );
    }
    if let Some(event) = settings.hooks.events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        let known = EVENTS.join("`, `");
        faults.push(
            Diagnostic::error(format!("`hooks.events` has no hook `{event}`"))
                .help(format!("there are `{known}`")),
        );
    }
    if settings.compile.command.is_empty() {
        faults.push(
            Diagnostic::error("`compile.command` is empty").help("write the program and its arguments"),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::parse;
    use crate::core::settings::keys::{KEYS, KeyKind};
    use crate::core::settings::{Compiler, Inherit, Removed, Settings, Span};

    fn errors(text: &str) -> Vec<String> {
        parse(text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn no_text_gives_the_defaults() {
        assert_eq!(parse("").unwrap(), Settings::default());
    }

    #[test]
    fn every_kind_of_key_is_read() {
        let text = r#"
            sources = ["apps/*.cljs"]
            [compile]
            compiler = "shadow-cljs"
            [apply]
            removed = "keep"
            [pm2]
            home = ".pm2"
            [env]
            inherit = ["LANG"]
            [hooks]
            wait = "1500ms"
        "#;
        let settings = parse(text).unwrap();
        assert_eq!(settings.sources, ["apps/*.cljs"]);
        assert_eq!(settings.compile.compiler, Compiler::ShadowCljs);
        assert_eq!(settings.apply.removed, Removed::Keep);
        assert_eq!(settings.pm2.home.as_deref(), Some(".pm2"));
        assert_eq!(settings.env.inherit, Inherit::Names(vec!["LANG".to_owned()]));
        assert_eq!(settings.hooks.wait, Span(Duration::from_millis(1500)));
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        assert_eq!(
            errors("soruces = []\n[compile]\ncompilr = 1\n"),
            [
                "pm2sync.toml:1:1: unknown key `soruces`; did you mean `sources`?",
                "pm2sync.toml:3:1: unknown key `compile.compilr`; did you mean `compiler`?",
            ]
        );
        assert_eq!(
            errors("[hoks]\nwait = 1\n"),
            ["pm2sync.toml:1:2: unknown key `hoks`; did you mean `hooks`?"]
        );
        assert_eq!(errors("colour = true"), ["pm2sync.toml:1:1: unknown key `colour`"]);
    }

    #[test]
    fn a_wrong_value_is_named_with_its_place() {
        assert!(errors("[hooks]\nwait = \"soon\"\n")[0].contains("`soon` is not a length of time"));
        assert!(errors("entry = \"../x.cjs\"\n")[0].contains("not a path inside the workspace"));
        assert!(errors("[compile]\noutput = \"pm2sync.toml\"\n")[0].contains("which is something else"));
        assert!(errors("[compile]\noutput = \".git/config\"\n")[0].contains("which is something else"));
        assert!(errors("[hooks]\nevents = [\"post-mrge\"]\n")[0].contains("has no hook `post-mrge`"));
        assert!(errors("sources = [\"a/{b\"]\n")[0].contains("malformed glob"));
        assert!(errors("sources = [")[0].starts_with("pm2sync.toml:1:"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_reported_in_the_words_of_the_settings() {
        let cases = [
            (
                "sources = 5\n",
                "pm2sync.toml:1:11: `sources` takes a list of texts, not a number; \
                 write `sources = [\"ecosystems/*.cljs\"]`",
            ),
            (
                "sources = [\"a\", 5]\n",
                "pm2sync.toml:1:17: `sources` takes a list of texts, not one with a number in it; \
                 write `sources = [\"ecosystems/*.cljs\"]`",
            ),
            (
                "[pm2]\ncommand = [\"pm2\"]\n",
                "pm2sync.toml:2:11: `pm2.command` takes text in quotes, not a list; \
                 write `command = \"pm2\"` below `[pm2]`",
            ),
            (
                "[compile]\ncompiler = \"nbb\"\n",
                "pm2sync.toml:2:12: `compile.compiler` takes one of `\"auto\"`, `\"shadow-cljs\"`, `\"embedded\"`, \
                 `\"command\"`, `\"none\"`, not `\"nbb\"`; write `compiler = \"auto\"` below `[compile]`",
            ),
            (
                "[hooks]\nwait = 5\n",
                "pm2sync.toml:2:8: `hooks.wait` takes a length of time in quotes, not a number; \
                 write `wait = \"5s\"` below `[hooks]`",
            ),
            (
                "[env]\ninherit = \"all\"\n",
                "pm2sync.toml:2:11: `env.inherit` takes `\"*\"` or a list of names, not `\"all\"`; \
                 write `inherit = \"*\"` below `[env]`",
            ),
            (
                "hooks = true\n",
                "pm2sync.toml:1:9: `hooks` is a section, not true or false; \
                 write `events = [\"post-merge\", \"post-checkout\", \"post-rewrite\", \"post-commit\"]` \
                 below `[hooks]`",
            ),
            (
                "entry = {}\n",
                "pm2sync.toml:1:9: `entry` takes text in quotes, not a section; \
                 write `entry = \"ecosystem.config.cjs\"`",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(errors(text), [expected]);
        }
        assert_eq!(errors("entry = 1\n[check]\ndocs = 2\n").len(), 2, "all of them at once");
    }

    #[test]
    fn every_example_is_the_default_and_every_choice_is_one() {
        let at = |path: &str, value: &str| {
            let (section, name) = path.rsplit_once('.').unwrap_or(("", path));
            let header = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
            parse(&format!("{header}{name} = {value}\n"))
        };
        for key in KEYS {
            let given = at(key.path, key.example).unwrap();
            let default = Settings::default();
            assert_eq!(given == default, key.default.is_some(), "{}", key.path);
            if let KeyKind::Choice(words) = key.kind {
                assert!(
                    words.iter().all(|word| at(key.path, &format!("\"{word}\"")).is_ok()),
                    "{}",
                    key.path
                );
            }
        }
    }

    /// The fields that a table of the settings has, as the reader itself lists them.
    fn fields(header: &str) -> Vec<String> {
        let error = toml::from_str::<Settings>(&format!("{header}\n'?' = 1\n")).unwrap_err();
        let expected = error.message().strip_prefix("unknown field `?`, expected ").unwrap_or_default();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_field_of_the_settings_has_its_key_and_every_key_its_field() {
        let mut paths = BTreeSet::new();
        for field in fields("") {
            let inner = fields(&format!("[{field}]"));
            paths.extend(inner.iter().map(|name| format!("{field}.{name}")));
            if inner.is_empty() {
                paths.insert(field);
            }
        }
        assert_eq!(paths, KEYS.iter().map(|key| key.path.to_owned()).collect());
    }
}
