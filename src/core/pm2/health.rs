//! The health check: whether a started app stays up, judged from one reading of
//! PM2's list, which is polled until the result is certain.
//!
//! The restart count and the time since the last start suffice, so that nothing has
//! to be remembered between two polls but the first count.

use std::time::Duration;

use crate::core::definition::Definition;
use crate::core::pm2::drift::GHOST;
use crate::core::pm2::running::{Process, RunningApp};

/// No app counts as healthy sooner, whatever its `min_uptime`.
pub(crate) const LEAST_PROOF: Duration = Duration::from_secs(1);

/// No app has to stay up longer, whatever its `min_uptime`.
const LONGEST_PROOF: Duration = Duration::from_secs(10);

/// PM2 may list a process for a moment before it has a pid.
const GHOST_AFTER: Duration = Duration::from_millis(300);

/// So many ends since its start, and an app does not stay up.
const MOST_RESTARTS: u64 = 3;

/// The option by which PM2 starts an app at set times.
const CRON: &str = "cron_restart";

/// The health of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Every process has been up for long enough, or has finished its job.
    Healthy,
    /// Nothing speaks against it yet, and not enough for it.
    Undecided,
    /// It does not stay up, and why.
    Failed(String),
}

/// How long an app must stay up to be healthy: its `min_uptime`, within limits.
pub(crate) fn proof(definition: &Definition) -> Duration {
    let own =
        definition.number("min_uptime").and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
    own.unwrap_or(LEAST_PROOF).clamp(LEAST_PROOF, LONGEST_PROOF)
}

/// How an app stands that has to prove itself: PM2 counts the restarts of each
/// process from its start, and of one that was there `before` those count that
/// came since. `now` is in milliseconds since 1970, `proof` how long each process
/// must have been up.
pub(crate) fn proving(
    definition: &Definition,
    before: Option<&RunningApp>,
    app: &RunningApp,
    proof: Duration,
    now: i64,
) -> Health {
    let known = |process: &Process| {
        let before = before.into_iter().flat_map(|app| &app.processes);
        before.filter(|known| known.unique_id == process.unique_id).map(|known| known.restarts).max()
    };
    let ends = |process: &Process| process.restarts.saturating_sub(known(process).unwrap_or_default());
    let ends = app.processes.iter().map(ends).filter(|_| !is_restarted_on_purpose(definition));
    let restless = ends.max().filter(|&ends| ends >= MOST_RESTARTS);
    match (standing(definition, app, proof, now), restless) {
        (Health::Failed(why), _) => Health::Failed(why),
        (_, Some(ends)) => Health::Failed(format!("it ended {ends} times")),
        (health, None) => health,
    }
}

/// Whether PM2 restarts it by itself though nothing went wrong: when a file changes,
/// or at its cron time.
fn is_restarted_on_purpose(definition: &Definition) -> bool {
    let watches =
        definition.options().get("watch").is_some_and(|watch| *watch != serde_json::Value::Bool(false));
    watches || definition.options().contains_key(CRON)
}

/// How an app stands, whatever it went through before.
pub(crate) fn standing(definition: &Definition, app: &RunningApp, proof: Duration, now: i64) -> Health {
    let mut health = Health::Healthy;
    for process in &app.processes {
        match of_process(definition, process, proof, now) {
            Health::Healthy => {}
            Health::Undecided => health = Health::Undecided,
            failed @ Health::Failed(_) => return failed,
        }
    }
    health
}

fn of_process(definition: &Definition, process: &Process, proof: Duration, now: i64) -> Health {
    let since = now.saturating_sub(process.started.unwrap_or(now));
    let up = Duration::from_millis(u64::try_from(since).unwrap_or_default());
    match process.status.as_str() {
        "online" if process.is_ghost() && up >= GHOST_AFTER => Health::Failed(GHOST.to_owned()),
        "online" if process.pid.is_some() && up >= proof => Health::Healthy,
        "stopped" if process.is_stopped() => match process.exit_code {
            Some(code) if code != 0 && is_job(definition) && !may_stop_with(definition, code) => {
                Health::Failed(format!("it ended with code {code}"))
            }
            _ => Health::Healthy,
        },
        "errored" => Health::Failed(format!("PM2 gave up after {} restarts", process.restarts)),
        _ => Health::Undecided,
    }
}

/// Why an app may be at rest without anybody having stopped it. PM2 tells that in
/// no way from an end by hand.
pub(crate) fn rest(definition: &Definition) -> Option<&'static str> {
    if definition.options().contains_key(CRON) {
        Some("between two runs")
    } else {
        is_job(definition).then_some("it has ended, or was stopped")
    }
}

/// Whether it is to run to its end: another app that is stopped was stopped by
/// someone, whatever it ended with.
fn is_job(definition: &Definition) -> bool {
    definition.flag("autorestart") == Some(false)
}

/// Whether the definition names this exit code as one to stop at.
fn may_stop_with(definition: &Definition, code: i64) -> bool {
    let is_it = |value: &serde_json::Value| {
        value.as_i64() == Some(code) || value.as_str().and_then(|text| text.parse().ok()) == Some(code)
    };
    match definition.options().get("stop_exit_codes") {
        Some(serde_json::Value::Array(codes)) => codes.iter().any(is_it),
        Some(one) => is_it(one),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{Health, LEAST_PROOF, proof, proving};
    use crate::core::definition::testing::definition;
    use crate::core::pm2::running::Running;

    /// What is judged of an app with these processes, each started at 0, `now` milliseconds later.
    fn judged(options: &Value, processes: &[Value], now: i64) -> Health {
        let entries = processes.iter().enumerate().map(|(id, process)| {
            let mut fields = json!({"status": "online", "pm_uptime": 0});
            fields.as_object_mut().unwrap().extend(process.as_object().unwrap().clone());
            json!({"name": "a", "pm_id": id, "pid": fields["pid"], "pm2_env": fields})
        });
        let running = Running::parse(&entries.collect());
        let definition = definition(options);
        proving(&definition, None, running.get("a").unwrap(), proof(&definition), now)
    }

    fn plain() -> Value {
        json!({"name": "a", "script": "a.js"})
    }

    #[test]
    fn an_app_that_stays_up_for_its_time_is_healthy() {
        assert_eq!(judged(&plain(), &[json!({"pid": 7})], 900), Health::Undecided);
        assert_eq!(judged(&plain(), &[json!({"pid": 7})], 1000), Health::Healthy);
        let slow = json!({"name": "a", "script": "a.js", "min_uptime": "5s"});
        assert_eq!(judged(&slow, &[json!({"pid": 7})], 4900), Health::Undecided);
        assert_eq!(judged(&slow, &[json!({"pid": 7})], 5000), Health::Healthy);
    }

    #[test]
    fn every_process_of_an_app_has_to_be_up() {
        let late = json!({"pid": 8, "pm_uptime": 500});
        assert_eq!(judged(&plain(), &[json!({"pid": 7}), late], 1000), Health::Undecided);
    }

    #[test]
    fn what_does_not_stay_up_has_failed() {
        let failed = |why: &str| Health::Failed(why.to_owned());
        let of = |process: Value, now| judged(&plain(), &[process], now);
        assert_eq!(
            of(json!({"status": "errored", "restart_time": 15}), 0),
            failed("PM2 gave up after 15 restarts")
        );
        assert_eq!(of(json!({"pid": 7, "restart_time": 3}), 5000), failed("it ended 3 times"));
        assert_eq!(of(json!({"status": "waiting restart", "restart_time": 2}), 5000), Health::Undecided);
        assert_eq!(of(json!({"status": "stopped", "pid": 7}), 5000), Health::Undecided);
        assert_eq!(of(json!({}), 100), Health::Undecided);
        assert_eq!(of(json!({}), 400), failed("no process runs, though PM2 calls it online"));
    }

    #[test]
    fn what_pm2_restarts_on_purpose_has_not_failed() {
        let restarted = [json!({"pid": 7, "restart_time": 5})];
        for options in [
            json!({"name": "a", "script": "a.js", "watch": true}),
            json!({"name": "a", "script": "a.js", "cron_restart": "* * * * *"}),
        ] {
            assert_eq!(judged(&options, &restarted, 500), Health::Undecided);
            assert_eq!(judged(&options, &restarted, 1000), Health::Healthy);
        }
    }

    #[test]
    fn of_what_was_there_before_only_the_ends_since_then_count() {
        let app = |id: &str, restarts: u64| {
            let fields =
                json!({"status": "online", "pm_uptime": 0, "restart_time": restarts, "unique_id": id});
            Running::parse(&json!([{"name": "a", "pm_id": 0, "pid": 7, "pm2_env": fields}]))
        };
        let judged = |before: &Running, now: &Running| {
            proving(&definition(&plain()), before.get("a"), now.get("a").unwrap(), LEAST_PROOF, 500)
        };
        assert_eq!(judged(&app("u", 7), &app("u", 9)), Health::Undecided);
        assert_eq!(judged(&app("u", 7), &app("u", 10)), Health::Failed("it ended 3 times".to_owned()));
        assert_eq!(judged(&app("old", 7), &app("u", 3)), Health::Failed("it ended 3 times".to_owned()));
    }

    #[test]
    fn a_finished_job_is_healthy_and_one_that_failed_is_not() {
        let job = json!({"name": "a", "script": "a.js", "autorestart": false});
        assert_eq!(judged(&job, &[json!({"status": "stopped", "exit_code": 0})], 0), Health::Healthy);
        let failed = judged(&job, &[json!({"status": "stopped", "exit_code": 3})], 0);
        assert_eq!(failed, Health::Failed("it ended with code 3".to_owned()));
        let allowed = json!({"name": "a", "script": "a.js", "autorestart": false, "stop_exit_codes": [3]});
        assert_eq!(judged(&allowed, &[json!({"status": "stopped", "exit_code": 3})], 0), Health::Healthy);
        assert_eq!(judged(&plain(), &[json!({"status": "stopped", "exit_code": 1})], 0), Health::Healthy);
    }

    #[test]
    fn the_proof_is_between_one_and_ten_seconds() {
        let of = |min_uptime: &str| {
            proof(&definition(&json!({"name": "a", "script": "x", "min_uptime": min_uptime})))
        };
        assert_eq!(proof(&definition(&plain())), LEAST_PROOF);
        assert_eq!(of("200"), LEAST_PROOF);
        assert_eq!(of("3s"), Duration::from_secs(3));
        assert_eq!(of("1h"), Duration::from_secs(10));
    }
}
