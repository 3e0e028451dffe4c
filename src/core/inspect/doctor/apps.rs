//! The checks of `doctor` for definitions and apps: whether they compile, and
//! which apps are unhealthy, each with the way out.

use std::collections::BTreeSet;
use std::path::Path;

use crate::core::inspect::doctor::assessment::{Assessment, from_result, good, note, wrong};
use crate::core::inspect::doctor::{Definitions, Facts, UnhealthyApp};
use crate::core::inspect::status::AppState;
use crate::core::plan::Ended;
use crate::core::plan::LeaveReason;
use crate::core::pm2::running::{Owner, Running};
use crate::core::sync::state::State;
use crate::core::sync::unsettled::Unsettled;

/// How many apps are named with their reasons.
const NAMED: usize = 3;

/// Whether the definitions compile.
pub(super) fn definitions(facts: &Facts) -> Assessment {
    let described = |apps: &usize| if *apps == 1 { "1 app".to_owned() } else { format!("{apps} apps") };
    let (apps, invalid, how) = match &facts.definitions {
        Err(_) => {
            return from_result(
                &facts.definitions.clone().map(|_| String::new()),
                "`pm2sync compile` shows more",
            );
        }
        Ok(Definitions::Never(compiler)) => {
            return note(
                format!("never compiled here, since {compiler} is slow"),
                "`pm2sync sync` compiles them",
            );
        }
        Ok(Definitions::Compiled { apps, invalid }) => {
            (apps, invalid, format!("compile: {}", described(apps)))
        }
        Ok(Definitions::Before { apps, invalid, compiler, at }) => {
            let at = at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            let how = format!(
                "not compiled now, since {compiler} is slow; the last sync{at} had {}",
                described(apps)
            );
            (apps, invalid, how)
        }
    };
    match invalid {
        None if *apps == 0 => {
            note(how, "a sync with nothing defined removes nothing without `--allow-empty`")
        }
        None => good(how),
        Some(invalid) => wrong(
            format!("{how}; not all of them can be applied: {invalid}"),
            "fix them; the other apps are applied, and `pm2sync compile` shows all",
        ),
    }
}

/// Whether apps are unhealthy.
pub(super) fn apps(facts: &Facts) -> Assessment {
    let unhealthy_apps = match &facts.apps {
        Ok(unhealthy_apps) if unhealthy_apps.is_empty() => {
            return good("none is unhealthy, rolled back or left");
        }
        Ok(unhealthy_apps) => unhealthy_apps,
        Err(why) => return from_result(&Err(why.clone()), "see `daemon`"),
    };
    let described = |one: &UnhealthyApp| {
        let why = if one.why.is_empty() { String::new() } else { format!(": {}", one.why) };
        format!("`{}` {}{why} ({})", one.app, one.state, one.next)
    };
    let named: Vec<String> = unhealthy_apps.iter().take(NAMED).map(described).collect();
    let more = match unhealthy_apps.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let (message, next) = (format!("{}{more}", named.join("; ")), "`pm2sync status` shows every app");
    if unhealthy_apps.iter().any(|one| one.is_error) { wrong(message, next) } else { note(message, next) }
}

/// The apps that are unhealthy, rolled back, failed or left, by PM2's list and the
/// last sync, the worst first. `now` is in milliseconds since 1970.
pub(crate) fn unhealthy_apps(state: &State, running: &Running, root: &Path, now: i64) -> Vec<UnhealthyApp> {
    let mut found: Vec<UnhealthyApp> = Vec::new();
    for (name, app) in running.iter() {
        let Owner::Us(label) = app.owner(root) else { continue };
        if let (AppState::Unhealthy, why) = AppState::in_place(&label.definition, app, now) {
            let next = LeaveReason::Errored.advice(name);
            found.push(one(name, "is unhealthy", why.unwrap_or_default(), next, true));
        }
    }
    let rolled_back = state.rejected.iter().map(|(app, rejected)| {
        one(app, "was rolled back", rejected.why.clone(), LeaveReason::Rejected.advice(app), true)
    });
    found.extend(rolled_back);
    let known = |result: Ended| move |one: &&Unsettled| one.result == result.word();
    for (result, state_of_it, is_error) in [(Ended::Failed, "failed", true), (Ended::Left, "was left", false)]
    {
        let those = state.unsettled.iter().filter(known(result));
        found.extend(
            those.map(|left| one(&left.app, state_of_it, left.why.clone(), left.next.clone(), is_error)),
        );
    }
    let mut seen = BTreeSet::new();
    found.retain(|one| seen.insert(one.app.clone()));
    found
}

fn one(app: &str, state: &'static str, why: String, next: Option<String>, is_error: bool) -> UnhealthyApp {
    let next = next.unwrap_or_else(|| "`pm2sync sync` tries again".to_owned());
    UnhealthyApp { app: app.to_owned(), state, why, next, is_error }
}
