//! The one table of checks, each a function from the observed facts to a verdict,
//! a message and the next step.

use std::path::PathBuf;

use crate::core::hooks::shim::{Lines, VERSION, says_where_hooks_live};
use crate::core::inspect::doctor::apps::{apps, definitions};
use crate::core::inspect::doctor::assessment::{Assessment, failed, from_result, good, note, wrong};
use crate::core::inspect::doctor::{ArtifactState, Facts, Finding, HookState};

/// A check: its name and its function.
type Check = (&'static str, fn(&Facts) -> Assessment);

/// Every check, in the order in which things depend on each other.
pub(super) const CHECKS: &[Check] = &[
    ("settings", settings),
    ("git", git),
    ("node", |facts| from_result(&facts.node, "install Node.js, or add its folder to PATH")),
    ("pm2", |facts| from_result(&facts.pm2, "`npm install pm2`, or set `[pm2] command`")),
    ("pm2 home", home),
    ("daemon", daemon),
    ("compiler", |facts| {
        from_result(&facts.compiler, "install what is missing, or choose another `[compile] compiler`")
    }),
    ("definitions", definitions),
    ("artifact", artifact),
    ("state", |facts| from_result(&shown(&facts.state_folder), "make the folder writable for you")),
    ("enrolment", enrolment),
    ("pause", pause),
    ("switches", switches),
    ("branch", branch),
    ("hooks", hooks),
    ("bare environment", bare),
    ("apps", apps),
];

/// Runs every check on the facts.
pub(crate) fn run_checks(facts: &Facts) -> Vec<Finding> {
    let finding = |(check, judge): &Check| {
        let (verdict, message, next) = judge(facts);
        Finding { check, verdict, message, next }
    };
    CHECKS.iter().map(finding).collect()
}

/// The state of a hook with these lines; `is_there` tells whether the program that
/// they name can be run, and `program` is this one.
pub(crate) fn hook_state(
    lines: Option<&Lines>,
    can_be_run: bool,
    is_there: bool,
    program: &str,
) -> HookState {
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

fn shown(path: &Result<PathBuf, String>) -> Result<String, String> {
    path.as_ref().map(|path| path.display().to_string()).map_err(Clone::clone)
}

fn settings(facts: &Facts) -> Assessment {
    match &facts.settings {
        Ok(()) => good("can be read"),
        Err(message) => {
            wrong(message.replace('\n', "; "), "fix `pm2sync.toml`; the checks below use the defaults")
        }
    }
}

fn git(facts: &Facts) -> Assessment {
    match &facts.git {
        Ok(version) if !says_where_hooks_live(version) => {
            wrong(format!("{version} does not say where hooks live"), "install git 2.31 or later")
        }
        version => from_result(version, "install git, or add its folder to PATH"),
    }
}

fn home(facts: &Facts) -> Assessment {
    from_result(&shown(&facts.home), "set `[pm2] home` or `PM2_HOME`")
}

fn daemon(facts: &Facts) -> Assessment {
    match &facts.daemon {
        Ok(Some(version)) => good(format!("answers, version {version}")),
        Ok(None) => note("does not run", "`pm2sync sync` starts it"),
        Err(message) => failed(message, "see `pm2.log` in PM2's home, and restart it: `pm2 update`"),
    }
}

fn artifact(facts: &Facts) -> Assessment {
    match &facts.artifact {
        ArtifactState::None => good("none: the entry is written by hand"),
        ArtifactState::Current(path) => good(format!("`{path}` is up to date, and ignored by git")),
        ArtifactState::InGit(path) => {
            wrong(format!("git does not ignore `{path}`"), "`pm2sync check --fix` fixes that")
        }
        ArtifactState::Absent(path) => note(format!("there is no `{path}` yet"), "`pm2sync sync` writes it"),
        ArtifactState::Edited(path) => wrong(
            format!("`{path}` was edited by hand, or written by something else"),
            "`pm2sync sync` rebuilds it",
        ),
        ArtifactState::Behind(path) => {
            note(format!("`{path}` is older than its sources"), "`pm2sync sync` rebuilds it")
        }
    }
}

fn enrolment(facts: &Facts) -> Assessment {
    if facts.enrolled {
        good("enrolled")
    } else {
        wrong("not enrolled, so hooks do nothing", "`pm2sync sync` enrols it")
    }
}

fn pause(facts: &Facts) -> Assessment {
    match (&facts.paused, facts.busy) {
        (Some(pause), _) => note(pause.clone(), "`pm2sync resume` ends it"),
        (None, Some(what)) => note(format!("git is in a {what}, and hooks wait for its end"), "end it"),
        (None, None) => good("not paused"),
    }
}

fn switches(facts: &Facts) -> Assessment {
    match facts.switched_off {
        None => good("nothing turns hooks off"),
        Some("CI") => note("`CI=true`, so hooks do nothing here", "`PM2SYNC=1` enables them"),
        Some(name) => note(format!("`{name}=0`, so hooks do nothing here"), "unset it"),
    }
}

fn branch(facts: &Facts) -> Assessment {
    let name = facts.branch.0.as_ref().map_or("a detached HEAD".to_owned(), |branch| format!("`{branch}`"));
    if facts.branch.1 {
        good(format!("hooks act on {name}"))
    } else {
        note(format!("hooks do not act on {name}"), "`[hooks] branches` lists those on which they do")
    }
}

fn hooks(facts: &Facts) -> Assessment {
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
    let fix = "`pm2sync install-hooks` fixes that";
    match &hooks.manager {
        _ if !stale.is_empty() => wrong(format!("in {folder}: {}", stale.join("; ")), fix),
        _ if missing.is_empty() => good(format!("installed in {folder}")),
        Some((name, uncalled)) if uncalled.is_empty() => good(format!("{name} calls pm2sync, from {folder}")),
        Some((name, uncalled)) => wrong(
            format!("{name} does not call pm2sync for {}", uncalled.join(", ")),
            "`pm2sync install-hooks` prints the lines that it needs",
        ),
        None => match &hooks.path_problem {
            Some(why) => wrong(format!("not installed for {}", missing.join(", ")), why),
            None => wrong(
                format!("not installed for {} in {folder}", missing.join(", ")),
                "`pm2sync install-hooks`",
            ),
        },
    }
}

fn bare(facts: &Facts) -> Assessment {
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
            "set `[pm2] home`, which applies everywhere",
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
