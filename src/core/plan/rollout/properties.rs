//! What holds of every rollout, whatever fails and whenever a signal asks to stop:
//! shown on a small model of PM2, whose apps fail as they are results to.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use serde_json::json;

use super::{Rollout, Step, StepResult, Until, Why};
use crate::core::definition::Definition;
use crate::core::plan::{Action, Ended, LeaveReason, Plan, Planned, Target, Unchanged};

/// What becomes of an app in the model.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// Of its action.
    done: StepResult,
    /// Of its proof, after so many looks that say nothing but `Passed`.
    proved: StepResult,
    looks: u8,
    /// Whether its old definition runs again where it is put back.
    restored: bool,
    /// Whether PM2 lost it in the end.
    lost: bool,
}

/// What PM2 runs under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runs {
    Old,
    New,
    Nothing,
}

/// One app of a plan: what is to be done, whether its old definition ran well, and its fate.
#[derive(Clone, Debug)]
struct Case {
    action: Action,
    ran_well: bool,
    fate: Fate,
}

fn definition(port: u8) -> Definition {
    let options = json!({"name": "a", "script": "a.js", "env": {"PORT": port}});
    Definition::from_canonical(options.as_object().unwrap().clone())
}

fn action() -> impl Strategy<Value = Action> {
    let targets = || vec![Target { pm_id: 0, unique_id: "u".to_owned(), kill_timeout: 0 }];
    let replace = |stopped| Action::Replace { definition: definition(2), targets: targets(), stopped };
    prop_oneof![
        4 => Just(replace(false)),
        1 => Just(replace(true)),
        2 => Just(Action::Start { definition: definition(2) }),
        1 => Just(Action::Remove { targets: targets() }),
        1 => Just(Action::Stop { targets: targets() }),
        1 => select(vec![LeaveReason::Foreign, LeaveReason::Kept, LeaveReason::Errored]).prop_map(Action::Leave),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    let done = prop_oneof![
        6 => Just(StepResult::Started), 1 => Just(StepResult::Refused),
        1 => any::<bool>().prop_map(|ours| StepResult::Down { ours }),
    ];
    let proved = prop_oneof![
        3 => Just(StepResult::Healthy), 1 => Just(StepResult::NotProven), 1 => Just(StepResult::Lost),
        2 => any::<bool>().prop_map(|ours| StepResult::Unhealthy { ours }),
    ];
    (done, proved, 0..3_u8, any::<bool>(), prop::bool::weighted(0.1))
        .prop_map(|(done, proved, looks, restored, lost)| Fate { done, proved, looks, restored, lost })
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let case = (action(), any::<bool>(), fate()).prop_map(|(action, ran_well, fate)| Case {
        action,
        ran_well,
        fate,
    });
    prop::collection::vec(case, 0..8)
}

fn name(at: usize) -> String {
    format!("app{at}")
}

fn plan_of(cases: &[Case]) -> Plan {
    let planned = |(at, case): (usize, &Case)| Planned {
        app: name(at),
        action: case.action.clone(),
        reasons: Vec::new(),
        place: None,
    };
    let mut actions: Vec<Planned> = cases.iter().enumerate().map(planned).collect();
    actions.sort_by_key(|planned| planned.action.order());
    Plan { actions, unchanged: vec![Unchanged { app: "same".to_owned(), owned: true }] }
}

/// What a rollout did with the model.
#[derive(Debug, Default, PartialEq)]
struct Ran {
    /// The steps, in words.
    steps: Vec<String>,
    /// How often each action ended, and how at last.
    ended: BTreeMap<String, Vec<Ended>>,
    /// What was left because the canary failed.
    spared: BTreeSet<String>,
    runs: BTreeMap<String, Runs>,
    /// The apps of which a process was touched.
    touched: BTreeSet<String>,
}

/// Drives a rollout to its end; a signal asks to stop before the step of this number.
fn run(cases: &[Case], waits: bool, interrupt_at: Option<usize>) -> Ran {
    let (plan, old) = (plan_of(cases), definition(1));
    let of = |app: &str| (0..cases.len()).find(|&at| name(at) == app).map(|at| &cases[at]).unwrap();
    let has_fallback = |planned: &&Planned| planned.action.runs() && of(&planned.app).ran_well;
    let fallbacks =
        plan.actions.iter().filter(has_fallback).map(|planned| (planned.app.as_str(), &old)).collect();
    let mut rollout = Rollout::new(&plan, waits, fallbacks);
    let mut ran = Ran::default();
    let before =
        |case: &Case| if matches!(case.action, Action::Start { .. }) { Runs::Nothing } else { Runs::Old };
    ran.runs = cases.iter().enumerate().map(|(at, case)| (name(at), before(case))).collect();
    let mut looks: BTreeMap<&str, u8> = BTreeMap::new();
    for number in 0..1000 {
        if interrupt_at == Some(number) {
            rollout.interrupt();
        }
        let step = rollout.next();
        assert_eq!(step, rollout.next(), "the step is the same until its result is known");
        ran.steps.push(said(&step));
        let mut hear = |planned: &'_ Planned, ended: Option<Ended>| {
            ran.ended.entry(planned.app.clone()).or_default().extend(ended);
        };
        match step {
            Step::Finished => return ran,
            Step::Do(planned) => {
                let result = carried_out(planned, of(&planned.app).fate, waits);
                ran.touched.insert(planned.app.clone());
                ran.runs.insert(planned.app.clone(), runs_after(planned, result));
                hear(planned, rollout.record(planned, result));
            }
            Step::Prove { apps, until } => {
                for app in apps {
                    let (planned, fate) = (rollout.planned(app).unwrap(), of(app).fate);
                    let seen = looks.entry(app).or_default();
                    *seen += 1;
                    if *seen > fate.looks {
                        hear(planned, rollout.record(planned, fate.proved));
                        break;
                    }
                    if until == Until::Early {
                        hear(planned, rollout.record(planned, StepResult::Passed));
                    }
                }
            }
            Step::PutBack(planned, _) => {
                let restored = of(&planned.app).fate.restored;
                ran.runs.insert(planned.app.clone(), if restored { Runs::Old } else { Runs::New });
                let result = if restored { StepResult::PutBack } else { StepResult::NotPutBack };
                hear(planned, rollout.record(planned, result));
            }
            Step::Leave(planned, why) => {
                if let Why::Canary(_) = why {
                    ran.spared.insert(planned.app.clone());
                }
                hear(planned, Some(rollout.left(planned, why)));
            }
            Step::Recheck(apps) => {
                let gone: Vec<&str> =
                    apps.into_iter().filter(|app| *app != "same" && of(app).fate.lost).collect();
                rollout.rechecked(&gone);
            }
        }
    }
    panic!("it does not come to its end: {:?}", ran.steps);
}

/// What becomes of an action: only what is started has to prove itself.
fn carried_out(planned: &Planned, fate: Fate, waits: bool) -> StepResult {
    match fate.done {
        StepResult::Started if !(waits && planned.action.runs()) => StepResult::InPlace,
        StepResult::Down { .. } if planned.action.definition().is_none() => StepResult::Refused,
        result => result,
    }
}

fn runs_after(planned: &Planned, result: StepResult) -> Runs {
    let starts = matches!(planned.action, Action::Start { .. });
    match result {
        StepResult::Refused if starts => Runs::Nothing,
        StepResult::Refused => Runs::Old,
        StepResult::Down { .. } => Runs::Nothing,
        _ if planned.action.definition().is_none() => Runs::Nothing,
        _ => Runs::New,
    }
}

fn said(step: &Step<'_>) -> String {
    match step {
        Step::Do(planned) => format!("{} {}", planned.action.verb(), planned.app),
        Step::Prove { apps, until } => format!("prove {apps:?} {until:?}"),
        Step::PutBack(planned, _) => format!("put back {}", planned.app),
        Step::Leave(planned, why) => format!("leave {} {why:?}", planned.app),
        Step::Recheck(apps) => format!("recheck {apps:?}"),
        Step::Finished => "finished".to_owned(),
    }
}

proptest! {
    #[test]
    fn each_app_ends_in_exactly_one_outcome(cases in cases(), waits in any::<bool>()) {
        let ran = run(&cases, waits, None);
        for at in 0..cases.len() {
            prop_assert_eq!(ran.ended.get(&name(at)).map(Vec::len), Some(1), "{:?}", ran.steps);
        }
    }

    #[test]
    fn a_failed_canary_leaves_the_other_replaces_alone(cases in cases()) {
        let ran = run(&cases, true, None);
        let is_replace = |case: &Case| matches!(case.action, Action::Replace { stopped: false, .. });
        let replaces: Vec<String> = plan_of(&cases).actions.into_iter()
            .filter(|planned| matches!(planned.action, Action::Replace { stopped: false, .. }))
            .map(|planned| planned.app).collect();
        let failed = |ended: &Ended| matches!(ended, Ended::Failed | Ended::Unhealthy | Ended::RolledBack);
        // One that fails only after it has been up for long enough fails alone.
        let is_early = |app: &String| {
            let fate = cases[(0..cases.len()).find(|&at| name(at) == *app).unwrap()].fate;
            fate.done != StepResult::Started || fate.looks == 0
        };
        let spoilt = replaces.len() >= 3 && is_early(&replaces[0]) && failed(&ran.ended[&replaces[0]][0]);
        let expected: BTreeSet<String> = if spoilt { replaces[1..].iter().cloned().collect() } else { BTreeSet::new() };
        prop_assert_eq!(&ran.spared, &expected, "{:?}", ran.steps);
        prop_assert!(ran.spared.iter().all(|app| ran.runs[app] == Runs::Old && !ran.touched.contains(app)));
        prop_assert!(cases.iter().filter(|case| is_replace(case)).count() == replaces.len());
    }

    #[test]
    fn nothing_is_touched_that_the_plan_does_not_act_on(cases in cases(), waits in any::<bool>()) {
        let ran = run(&cases, waits, None);
        let acts = |app: &String| cases.iter().enumerate().any(|(at, case)| name(at) == *app && case.action.acts());
        prop_assert!(ran.touched.iter().all(acts), "{:?}", ran.steps);
        prop_assert!(!ran.touched.contains("same"));
    }

    #[test]
    fn an_interrupt_at_any_step_leaves_each_app_old_or_new(cases in cases(), waits in any::<bool>(), at in 0..30_usize) {
        let ran = run(&cases, waits, Some(at));
        for (number, case) in cases.iter().enumerate() {
            let app = name(number);
            let (ended, runs) = (&ran.ended[&app], ran.runs[&app]);
            prop_assert_eq!(ended.len(), 1, "{:?}", ran.steps);
            match ended[0] {
                // What was not begun is as it was.
                Ended::Left => prop_assert!(!ran.touched.contains(&app)),
                Ended::RolledBack => prop_assert_eq!(runs, Runs::Old),
                // What PM2 could not start and nothing could be put back for is named as failed.
                Ended::Done | Ended::NotProven | Ended::Unhealthy if case.action.acts() => {
                    let expected = if case.action.definition().is_some() { Runs::New } else { Runs::Nothing };
                    prop_assert_eq!(runs, expected, "{:?}", ran.steps);
                }
                _ => {}
            }
        }
        let first = ran.steps.iter().take(at);
        let begun: BTreeSet<&str> = first.filter_map(|step| step.split(' ').nth(1)).collect();
        prop_assert!(ran.touched.iter().all(|app| begun.contains(app.as_str())), "nothing is begun after it");
    }

    #[test]
    fn two_runs_give_one_sequence(cases in cases(), waits in any::<bool>()) {
        prop_assert_eq!(run(&cases, waits, None), run(&cases, waits, None));
    }

    #[test]
    fn removals_go_first_then_replaces_then_starts_then_one_proof(cases in cases()) {
        let ran = run(&cases, true, None);
        let rank = |step: &String| ["remove", "stop", "replace", "start"].iter()
            .position(|verb| step.starts_with(verb));
        let ranks: Vec<usize> = ran.steps.iter().filter_map(rank).collect();
        prop_assert!(ranks.is_sorted(), "{:?}", ran.steps);
        let last_action = ran.steps.iter().rposition(|step| rank(step).is_some());
        let first_proof = ran.steps.iter().position(|step| step.ends_with("Certain"));
        if let (Some(action), Some(proof)) = (last_action, first_proof) {
            prop_assert!(action < proof, "{:?}", ran.steps);
        }
    }
}
