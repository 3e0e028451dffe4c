//! What `doctor` looks at, and what it says about it: one table of checks, each
//! a function from what was observed to a verdict and the next step.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::core::shim::{Lines, VERSION, says_where_hooks_live};

/// What was observed. An error is said as it is.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Whether `pm2sync.toml` can be read.
    pub settings: Result<(), String>,
    /// Whether `sync` has run here by hand.
    pub enrolled: bool,
    /// Why hooks do nothing for now.
    pub paused: Option<String>,
    /// What git is in the middle of.
    pub busy: Option<&'static str>,
    /// The variable that turns hooks off.
    pub switched_off: Option<&'static str>,
    /// The branch that is checked out, and whether hooks act on it.
    pub branch: (Option<String>, bool),
    /// The hooks of the settings' events.
    pub hooks: Hooks,
    /// git's version.
    pub git: Result<String, String>,
    /// Where node is, and its version.
    pub node: Result<String, String>,
    /// Where PM2 is, and its version.
    pub pm2: Result<String, String>,
    /// PM2's home, if its socket path is short enough.
    pub home: Result<PathBuf, String>,
    /// The version of the daemon that answers, nothing where none runs.
    pub daemon: Result<Option<String>, String>,
    /// The compiler and how it is run.
    pub compiler: Result<String, String>,
    /// The artifact.
    pub artifact: Artifact,
    /// The state folder, if it can be written.
    pub state_folder: Result<PathBuf, String>,
    /// What a hook finds in a bare environment; nothing where there is none to try.
    pub bare: Result<Option<Probe>, String>,
}

/// The hooks of a repository.
#[derive(Clone, Debug, Default)]
pub struct Hooks {
    /// Where git looks for them.
    pub folder: PathBuf,
    /// Each event and its hook.
    pub events: Vec<(String, HookState)>,
    /// Why hooks there would not work.
    pub strange: Option<String>,
    /// The manager that owns them, and the events it does not call us for.
    pub manager: Option<(&'static str, Vec<String>)>,
}

/// How it stands with one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookState {
    /// It runs this program.
    Current,
    /// Our lines are not in it.
    Missing,
    /// It has our lines, and they are no longer right.
    Stale(String),
}

/// The artifact on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// There is none to be.
    None,
    /// It is tracked by git, or nothing keeps it from being.
    InGit(String),
    /// It was never made.
    Absent(String),
    /// It is not what was compiled.
    Edited(String),
    /// Sources, or what they read, have changed since the last sync.
    Behind(String),
    /// It is as the sources say.
    Current(String),
}

/// What a hook finds where it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The programs it needs, and where they are.
    pub programs: BTreeMap<String, Option<PathBuf>>,
    /// PM2's home.
    pub home: Option<PathBuf>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// On purpose, or not yet: worth knowing.
    Note,
    /// Something does not work.
    Wrong,
}

impl Verdict {
    /// `ok`, `note`, `wrong`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// One line of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How it stands.
    pub verdict: Verdict,
    /// In words.
    pub message: String,
    /// What to do.
    pub next: Option<String>,
}

/// A verdict, its words, and the next step.
type Judged = (Verdict, String, Option<String>);

/// A check: its name, and what judges.
type Check = (&'static str, fn(&Facts) -> Judged);

/// Every check, in the order in which things depend on each other.
const CHECKS: &[Check] = &[
    ("settings", settings),
    ("git", git),
    ("node", |facts| told(&facts.node, "install Node.js, or add its folder to PATH")),
    ("pm2", |facts| told(&facts.pm2, "`npm install pm2`, or set `[pm2] command`")),
    ("pm2 home", home),
    ("daemon", daemon),
    ("compiler", |facts| {
        told(&facts.compiler, "install what is missing, or choose another `[compile] compiler`")
    }),
    ("artifact", artifact),
    ("state", |facts| told(&shown(&facts.state_folder), "make the folder writable for you")),
    ("enrolment", enrolment),
    ("pause", pause),
    ("switches", switches),
    ("branch", branch),
    ("hooks", hooks),
    ("bare environment", bare),
];

/// What is to be said about the facts, a line for each check.
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let finding = |(check, judge): &Check| {
        let (verdict, message, next) = judge(facts);
        Finding { check, verdict, message, next }
    };
    CHECKS.iter().map(finding).collect()
}

/// How it stands with a hook whose lines are these; `is_there` tells whether
/// the program that they name can be run, and `program` is this one.
pub fn hook_state(lines: Option<&Lines>, can_be_run: bool, is_there: bool, program: &str) -> HookState {
    let Some(lines) = lines else { return HookState::Missing };
    if !can_be_run {
        HookState::Stale("cannot be executed".to_owned())
    } else if !is_there {
        HookState::Stale(format!("runs `{}`, which is gone", lines.binary))
    } else if lines.version != VERSION {
        HookState::Stale(format!("has lines of version {}, not {VERSION}", lines.version))
    } else if lines.binary != program {
        HookState::Stale(format!("runs `{}`, not this program", lines.binary))
    } else {
        HookState::Current
    }
}

fn good(message: impl Into<String>) -> Judged {
    (Verdict::Good, message.into(), None)
}

fn note(message: impl Into<String>, next: &str) -> Judged {
    (Verdict::Note, message.into(), Some(next.to_owned()))
}

fn wrong(message: impl Into<String>, next: impl Into<String>) -> Judged {
    (Verdict::Wrong, message.into(), Some(next.into()))
}

fn told(fact: &Result<String, String>, next: &str) -> Judged {
    match fact {
        Ok(message) => good(message),
        // Many an error names the next step itself.
        Err(message) => match message.split_once("; ") {
            Some((message, next)) => wrong(message, next),
            None => wrong(message, next),
        },
    }
}

fn shown(path: &Result<PathBuf, String>) -> Result<String, String> {
    path.as_ref().map(|path| path.display().to_string()).map_err(Clone::clone)
}

fn settings(facts: &Facts) -> Judged {
    match &facts.settings {
        Ok(()) => good("can be read"),
        Err(message) => {
            wrong(message.replace('\n', "; "), "mend `pm2sync.toml`; the checks below use the defaults")
        }
    }
}

fn git(facts: &Facts) -> Judged {
    match &facts.git {
        Ok(version) if !says_where_hooks_live(version) => {
            wrong(format!("{version} does not say where hooks live"), "install git 2.31 or later")
        }
        told_by_git => told(told_by_git, "install git, or add its folder to PATH"),
    }
}

fn home(facts: &Facts) -> Judged {
    told(&shown(&facts.home), "set `[pm2] home` or `PM2_HOME`")
}

fn daemon(facts: &Facts) -> Judged {
    match &facts.daemon {
        Ok(Some(version)) => good(format!("answers, version {version}")),
        Ok(None) => note("does not run", "`pm2sync sync` starts it"),
        Err(message) => wrong(message, "look at `pm2.log` in PM2's home, and restart it: `pm2 update`"),
    }
}

fn artifact(facts: &Facts) -> Judged {
    match &facts.artifact {
        Artifact::None => good("none: the entry is written by hand"),
        Artifact::Current(path) => good(format!("`{path}` is up to date, and ignored by git")),
        Artifact::InGit(path) => {
            wrong(format!("git does not ignore `{path}`"), "`pm2sync check --fix` puts that right")
        }
        Artifact::Absent(path) => note(format!("there is no `{path}` yet"), "`pm2sync sync` makes it"),
        Artifact::Edited(path) => wrong(
            format!("`{path}` was edited by hand, or made by something else"),
            "`pm2sync sync` makes it anew",
        ),
        Artifact::Behind(path) => {
            note(format!("`{path}` is older than what it is made of"), "`pm2sync sync` makes it anew")
        }
    }
}

fn enrolment(facts: &Facts) -> Judged {
    if facts.enrolled {
        good("enrolled")
    } else {
        wrong("not enrolled, so hooks do nothing", "`pm2sync sync` enrols it")
    }
}

fn pause(facts: &Facts) -> Judged {
    match (&facts.paused, facts.busy) {
        (Some(pause), _) => note(pause.clone(), "`pm2sync resume` ends it"),
        (None, Some(what)) => note(format!("git is in a {what}, and hooks wait for its end"), "end it"),
        (None, None) => good("not paused"),
    }
}

fn switches(facts: &Facts) -> Judged {
    match facts.switched_off {
        None => good("nothing turns hooks off"),
        Some("CI") => note("`CI=true`, so hooks do nothing here", "`PM2SYNC=1` lets them work"),
        Some(name) => note(format!("`{name}=0`, so hooks do nothing here"), "unset it"),
    }
}

fn branch(facts: &Facts) -> Judged {
    let name = facts.branch.0.as_ref().map_or("a detached HEAD".to_owned(), |branch| format!("`{branch}`"));
    if facts.branch.1 {
        good(format!("hooks act on {name}"))
    } else {
        note(format!("hooks do not act on {name}"), "`[hooks] branches` says on which they do")
    }
}

fn hooks(facts: &Facts) -> Judged {
    let hooks = &facts.hooks;
    let folder = hooks.folder.display();
    let is_missing = |(_, state): &&(String, HookState)| *state == HookState::Missing;
    let missing: Vec<&str> =
        hooks.events.iter().filter(is_missing).map(|(event, _)| event.as_str()).collect();
    let stale: Vec<String> = hooks
        .events
        .iter()
        .filter_map(|(event, state)| match state {
            HookState::Stale(why) => Some(format!("{event} {why}")),
            _ => None,
        })
        .collect();
    let mend = "`pm2sync install-hooks` mends that";
    match &hooks.manager {
        _ if !stale.is_empty() => wrong(format!("in {folder}: {}", stale.join("; ")), mend),
        _ if missing.is_empty() => good(format!("installed in {folder}")),
        Some((name, uncalled)) if uncalled.is_empty() => good(format!("{name} calls pm2sync, from {folder}")),
        Some((name, uncalled)) => wrong(
            format!("{name} does not call pm2sync for {}", uncalled.join(", ")),
            "`pm2sync install-hooks` prints the lines that it needs",
        ),
        None => match &hooks.strange {
            Some(why) => wrong(format!("not installed for {}", missing.join(", ")), why),
            None => wrong(
                format!("not installed for {} in {folder}", missing.join(", ")),
                "`pm2sync install-hooks`",
            ),
        },
    }
}

fn bare(facts: &Facts) -> Judged {
    let probe = match &facts.bare {
        Ok(None) => return note("no hook is there to be tried", "`pm2sync install-hooks`"),
        Err(message) => return wrong(format!("a hook does not start under `env -i`: {message}"), REINSTALL),
        Ok(Some(probe)) => probe,
    };
    let missing: Vec<&str> =
        probe.programs.iter().filter(|(_, place)| place.is_none()).map(|(name, _)| name.as_str()).collect();
    if !missing.is_empty() {
        return wrong(format!("under `env -i` a hook does not find {}", missing.join(", ")), REINSTALL);
    }
    match (&probe.home, &facts.home) {
        (Some(there), Ok(here)) if there != here => wrong(
            format!(
                "under `env -i` a hook would ask the PM2 of {}, not of {}",
                there.display(),
                here.display()
            ),
            "set `[pm2] home`, which counts everywhere",
        ),
        _ => {
            let found = |(name, place): (&String, &Option<PathBuf>)| {
                Some(format!("{name} ({})", place.as_ref()?.display()))
            };
            let found: Vec<String> = probe.programs.iter().filter_map(found).collect();
            good(format!("under `env -i` a hook finds {}", found.join(", ")))
        }
    }
}

/// A hook carries the PATH under which it was installed.
const REINSTALL: &str = "run `pm2sync install-hooks` in a shell that finds them";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Artifact, CHECKS, Facts, HookState, Hooks, Probe, Verdict, examine, hook_state};
    use crate::core::shim::{Lines, VERSION};

    fn healthy() -> Facts {
        let programs = [("node".to_owned(), Some("/bin/node".into()))];
        Facts {
            settings: Ok(()),
            enrolled: true,
            paused: None,
            busy: None,
            switched_off: None,
            branch: (Some("main".to_owned()), true),
            hooks: Hooks { events: vec![("post-merge".to_owned(), HookState::Current)], ..Hooks::default() },
            git: Ok("2.47".to_owned()),
            node: Ok("20".to_owned()),
            pm2: Ok("7".to_owned()),
            home: Ok("/h/.pm2".into()),
            daemon: Ok(Some("7".to_owned())),
            compiler: Ok("embedded".to_owned()),
            artifact: Artifact::Current("a.cjs".to_owned()),
            state_folder: Ok("/s".into()),
            bare: Ok(Some(Probe { programs: programs.into(), home: Some("/h/.pm2".into()) })),
        }
    }

    /// What a test changes of it.
    type Change = fn(&mut Facts);

    /// The checks that are not well with these facts, each with its words.
    fn ill(change: impl FnOnce(&mut Facts)) -> Vec<(&'static str, Verdict, String)> {
        let mut facts = healthy();
        change(&mut facts);
        let findings = examine(&facts).into_iter().filter(|finding| finding.verdict != Verdict::Good);
        findings
            .inspect(|finding| assert!(finding.next.is_some(), "{} has a next step", finding.check))
            .map(|finding| (finding.check, finding.verdict, finding.message))
            .collect()
    }

    #[test]
    fn a_healthy_workspace_has_a_good_line_for_each_check() {
        assert_eq!(ill(|_| ()), []);
        assert_eq!(examine(&healthy()).len(), CHECKS.len());
    }

    #[test]
    fn each_thing_that_is_wrong_is_one_line() {
        let cases: [(&str, Change); 9] = [
            ("settings", |facts| facts.settings = Err("a\nb".to_owned())),
            ("git", |facts| facts.git = Ok("2.30.9".to_owned())),
            ("enrolment", |facts| facts.enrolled = false),
            ("artifact", |facts| facts.artifact = Artifact::Edited("a".to_owned())),
            ("artifact", |facts| facts.artifact = Artifact::InGit("a".to_owned())),
            ("hooks", |facts| facts.hooks.events[0].1 = HookState::Missing),
            ("hooks", |facts| facts.hooks.events[0].1 = HookState::Stale("is old".to_owned())),
            ("bare environment", |facts| facts.bare = Err("gone".to_owned())),
            ("bare environment", |facts| facts.home = Ok("/other".into())),
        ];
        for (check, change) in cases {
            let found = ill(change);
            assert_eq!(
                found.iter().map(|(check, verdict, _)| (*check, *verdict)).collect::<Vec<_>>(),
                [(check, Verdict::Wrong)]
            );
            assert!(!found[0].2.contains('\n'), "{}", found[0].2);
        }
        assert_eq!(ill(|facts| facts.node = Err("no".to_owned()))[0].2, "no");
        assert_eq!(ill(|facts| facts.daemon = Err("no".to_owned()))[0].1, Verdict::Wrong);
    }

    #[test]
    fn what_is_so_on_purpose_is_a_note() {
        let cases: [Change; 6] = [
            |facts| facts.paused = Some("deploy".to_owned()),
            |facts| facts.busy = Some("rebase"),
            |facts| facts.switched_off = Some("CI"),
            |facts| facts.branch.1 = false,
            |facts| facts.daemon = Ok(None),
            |facts| facts.artifact = Artifact::Absent("a".to_owned()),
        ];
        for change in cases {
            assert_eq!(
                ill(change).iter().map(|(_, verdict, _)| *verdict).collect::<Vec<_>>(),
                [Verdict::Note]
            );
        }
    }

    #[test]
    fn a_manager_that_calls_us_is_as_good_as_hooks_of_our_own() {
        let managed = |uncalled: Vec<String>| {
            ill(|facts| {
                facts.hooks.events[0].1 = HookState::Missing;
                facts.hooks.manager = Some(("husky", uncalled));
            })
        };
        assert_eq!(managed(Vec::new()), []);
        assert_eq!(managed(vec!["post-merge".to_owned()])[0].2, "husky does not call pm2sync for post-merge");
    }

    #[test]
    fn what_a_bare_hook_does_not_find_is_named() {
        let found = ill(|facts| {
            let programs =
                [("node".to_owned(), None), ("npx".to_owned(), None), ("pm2".to_owned(), Some("/p".into()))];
            facts.bare = Ok(Some(Probe { programs: programs.into(), home: None::<PathBuf> }));
        });
        assert_eq!(found[0].2, "under `env -i` a hook does not find node, npx");
    }

    #[test]
    fn a_hook_is_stale_when_its_program_is_gone_or_its_lines_are_old() {
        let lines = |version| Lines { version, binary: "/p".to_owned(), text: String::new() };
        let state = |version, runs, there, program| hook_state(Some(&lines(version)), runs, there, program);
        assert_eq!(hook_state(None, true, true, "/p"), HookState::Missing);
        assert_eq!(state(VERSION, true, true, "/p"), HookState::Current);
        for stale in [
            state(VERSION, false, true, "/p"),
            state(VERSION, true, false, "/p"),
            state(0, true, true, "/p"),
            state(VERSION, true, true, "/q"),
        ] {
            assert!(matches!(stale, HookState::Stale(_)), "{stale:?}");
        }
    }
}
