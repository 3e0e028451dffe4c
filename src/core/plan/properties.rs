//! What holds of every plan, whatever is desired, runs and is allowed: shown
//! on a small model of PM2 that does what a plan says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Action, LeaveReason, Plan, Policy, Scaling, Target, plan};
use crate::core::definition::Definition;
use crate::core::definition::desired::Desired;
use crate::core::pm2::effective::machine::Machine;
use crate::core::pm2::running::{Owner, Running};
use crate::core::settings::Removed;

const NAMES: &[&str] = &["a", "b", "c", "d"];

/// A definition that PM2 can run: `a`, in one of a few versions.
fn definition(name: &str, port: u8, count: u8) -> Value {
    json!({"name": name, "script": "a.js", "env": {"PORT": port.to_string()}, "instances": count,
        "exec_mode": "fork_mode"})
}

/// One process as PM2's list shows it.
fn process(app: &Value, id: u32, label: Option<&Label>, state: &State) -> Value {
    let mut entry = json!({"name": app["name"], "pm_id": id, "pid": 9, "pm2_env": {
        "unique_id": format!("u{id}"), "status": "online", "pm_exec_path": "/w/a.js", "pm_cwd": "/w",
        "exec_mode": "fork_mode", "args": [], "env": app["env"],
    }});
    if let Some(label) = label {
        entry["pm2_env"]["env_pm2sync"] = json!({"v": 1, "root": label.root, "definition": label.definition});
    }
    match state {
        State::Online => {}
        State::Stopped => {
            entry["pm2_env"]["status"] = "stopped".into();
            entry["pid"] = 0.into();
        }
        State::Errored => entry["pm2_env"]["status"] = "errored".into(),
        State::Elsewhere => entry["pm2_env"]["pm_cwd"] = "/elsewhere".into(),
        State::Ghost => entry["pid"] = Value::Null,
    }
    entry
}

#[derive(Clone, Debug)]
struct Label {
    root: &'static str,
    definition: Value,
}

#[derive(Clone, Debug)]
enum State {
    Online,
    Stopped,
    Errored,
    Elsewhere,
    Ghost,
}

/// What PM2 runs under one name: which version, how many, in what state, whose.
fn running_app(name: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let state = prop_oneof![
        4 => Just(State::Online), 1 => Just(State::Stopped), 1 => Just(State::Errored),
        1 => Just(State::Elsewhere), 1 => Just(State::Ghost),
    ];
    let owner = select(vec![Some("/w"), Some("/w"), Some("/w"), Some("/other"), Some("/gone"), None]);
    (1..4_u8, 1..4_u8, 1..3_u8, state, owner).prop_map(move |(count, labelled, port, state, owner)| {
        let app = definition(name, port, labelled);
        let label = owner.map(|root| Label { root, definition: app.clone() });
        (0..count).map(|_| process(&app, 0, label.as_ref(), &state)).collect()
    })
}

/// PM2's list.
fn running() -> impl Strategy<Value = Vec<Value>> {
    let apps: Vec<_> =
        NAMES.iter().map(|&name| prop::option::weighted(0.7, running_app(name)).boxed()).collect();
    apps.prop_map(|apps| {
        let mut all: Vec<Value> = apps.into_iter().flatten().flatten().collect();
        for (id, entry) in all.iter_mut().enumerate() {
            entry["pm_id"] = id.into();
            entry["pm2_env"]["unique_id"] = format!("u{id}").into();
        }
        all
    })
}

/// What the sources say: some apps, some that cannot be applied, seldom one
/// without a name.
fn desired() -> impl Strategy<Value = Value> {
    let app = |&name: &&'static str| {
        let good = (1..3_u8, 1..4_u8).prop_map(move |(port, count)| definition(name, port, count));
        let refused = Just(json!({"name": name, "script": "a.js", "kill_timeout": "2s"}));
        let ghost = Just(json!({"name": name, "script": "a.js", "cwd": "gone"}));
        let one = prop_oneof![8 => good, 1 => refused, 1 => ghost];
        prop::option::weighted(0.7, one).boxed()
    };
    let apps: Vec<_> = NAMES.iter().map(app).collect();
    (apps, prop::bool::weighted(0.1)).prop_map(|(apps, nameless)| {
        let mut apps: Vec<Value> = apps.into_iter().flatten().collect();
        if nameless {
            apps.push(json!({"args": []}));
        }
        json!({"apps": apps})
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let names = || prop::collection::btree_set(select(NAMES).prop_map(str::to_owned), 0..2);
    let removed = select(vec![Removed::Delete, Removed::Stop, Removed::Keep, Removed::Ask]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (flags, removed, names(), names(), names(), names()).prop_map(
        |((by_hand, allow_empty, yes, gone, taken), removed, only, force, rejected, doubtful)| Policy {
            root: PathBuf::from("/w"),
            by_hand,
            mends: false,
            itself: None,
            removed,
            allow_empty,
            yes,
            only,
            force,
            taken_over: if taken { BTreeSet::from([PathBuf::from("/other")]) } else { BTreeSet::new() },
            vanished: if gone { BTreeSet::from([PathBuf::from("/gone")]) } else { BTreeSet::new() },
            rejected,
            doubtful: doubtful.into_iter().map(|name| (name, BTreeSet::from(["KEY".to_owned()]))).collect(),
            survivors: BTreeMap::new(),
            stopped: BTreeMap::new(),
        },
    )
}

/// A person who agrees to everything.
fn unrestrained() -> Policy {
    Policy {
        root: PathBuf::from("/w"),
        by_hand: true,
        mends: false,
        itself: None,
        removed: Removed::Delete,
        allow_empty: true,
        yes: true,
        only: BTreeSet::new(),
        force: BTreeSet::new(),
        taken_over: BTreeSet::new(),
        vanished: BTreeSet::from([PathBuf::from("/other"), PathBuf::from("/gone")]),
        rejected: BTreeSet::new(),
        doubtful: BTreeMap::new(),
        survivors: BTreeMap::new(),
        stopped: BTreeMap::new(),
    }
}

fn machine() -> Machine {
    Machine {
        root: PathBuf::from("/w"),
        files: BTreeSet::from([PathBuf::from("/w/a.js")]),
        folders: BTreeSet::from([PathBuf::from("/w")]),
        ..Machine::default()
    }
}

fn planned(exports: &Value, list: &[Value], policy: &Policy) -> Plan {
    let desired = Desired::of(exports, &BTreeMap::new(), None).unwrap();
    plan(&desired, &Running::parse(&json!(list)), &machine(), policy)
}

/// PM2's list after the plan was carried out.
fn performed(list: &[Value], plan: &Plan) -> Vec<Value> {
    let mut list = list.to_vec();
    for planned in &plan.actions {
        match &planned.action {
            Action::Start { definition } => start(&mut list, definition, &State::Online),
            Action::Replace { definition, targets, stopped } => {
                end(&mut list, targets);
                start(&mut list, definition, if *stopped { &State::Stopped } else { &State::Online });
            }
            Action::Scale { scaling: Scaling::Up { source, add }, .. } => {
                let copied = list.iter().find(|entry| is(entry, source)).unwrap().clone();
                for _ in 0..*add {
                    let mut copy = copied.clone();
                    copy["pm_id"] = free_id(&list).into();
                    list.push(copy);
                }
            }
            Action::Scale { scaling: Scaling::Down { targets }, .. } | Action::Remove { targets } => {
                end(&mut list, targets);
            }
            Action::Stop { targets } => {
                for entry in list.iter_mut().filter(|entry| targets.iter().any(|target| is(entry, target))) {
                    entry["pm2_env"]["status"] = "stopped".into();
                    entry["pid"] = 0.into();
                }
            }
            Action::Leave(_) => {}
        }
    }
    list
}

fn is(entry: &Value, target: &Target) -> bool {
    entry["pm_id"] == target.pm_id && entry["pm2_env"]["unique_id"] == target.unique_id
}

fn end(list: &mut Vec<Value>, targets: &[Target]) {
    list.retain(|entry| !targets.iter().any(|target| is(entry, target)));
}

fn free_id(list: &[Value]) -> u32 {
    list.iter()
        .filter_map(|entry| entry["pm_id"].as_u64())
        .max()
        .map_or(0, |id| u32::try_from(id).unwrap() + 1)
}

/// As many processes as the definition says, labelled as ours.
fn start(list: &mut Vec<Value>, definition: &Definition, state: &State) {
    assert!(list.iter().all(|entry| entry["name"] != definition.name()), "PM2 would start it over another");
    let app = Value::Object(definition.options().clone());
    let label = Label { root: "/w", definition: app.clone() };
    for _ in 0..definition.number("instances").unwrap_or(1) {
        let id = free_id(list);
        list.push(process(&app, id, Some(&label), state));
    }
}

/// The apps that an action touches, by name.
fn touched(plan: &Plan) -> BTreeSet<&str> {
    let acting = plan.actions.iter().filter(|planned| !matches!(planned.action, Action::Leave(_)));
    acting.map(|planned| planned.app.as_str()).collect()
}

proptest! {
    #[test]
    fn a_plan_carried_out_gives_the_desired_set(exports in desired(), list in running()) {
        let after = performed(&list, &planned(&exports, &list, &unrestrained()));
        let running = Running::parse(&json!(after));
        let desired = Desired::of(&exports, &BTreeMap::new(), None).unwrap();
        let before = Running::parse(&json!(list));
        let can_run = |app: &Definition| app.text("cwd").is_none();
        for app in desired.apps.iter().filter(|app| can_run(&app.definition)) {
            let now = running.get(app.definition.name()).unwrap();
            let gave_up = now.is_errored();
            match now.owner(&PathBuf::from("/w")) {
                Owner::Us(label) => {
                    prop_assert!(label.definition == app.definition);
                    let count = usize::try_from(app.definition.number("instances").unwrap()).unwrap();
                    // What is stopped keeps its count until it is started.
                    prop_assert!(now.processes.len() == count || now.is_stopped());
                    prop_assert!(gave_up || now.processes.iter().all(|process| !process.is_ghost()));
                }
                Owner::Nobody => prop_assert!(before.get(app.definition.name()).is_some(), "it agrees"),
                Owner::OtherWorkspace(_) => prop_assert!(false, "it was to be taken over"),
            }
        }
        for (name, app) in running.iter().filter(|(name, _)| !desired.speaks_of(name)) {
            let is_ours = matches!(app.owner(&PathBuf::from("/w")), Owner::Us(_));
            prop_assert!(!is_ours || !desired.nameless.is_empty(), "{name} was to be removed");
        }
    }

    #[test]
    fn a_second_plan_only_leaves(exports in desired(), list in running(), policy in policy()) {
        let once = Policy { force: BTreeSet::new(), ..policy.clone() };
        let first = planned(&exports, &list, &policy);
        let again = planned(&exports, &performed(&list, &first), &once);
        // What a hook kept for being more than half may be less than that once
        // the others have been started.
        let kept = |app: &str| {
            let is_kept = |action: &Action| *action == Action::Leave(LeaveReason::Kept);
            !policy.by_hand && first.actions.iter().any(|planned| planned.app == app && is_kept(&planned.action))
        };
        prop_assert!(touched(&again).into_iter().all(kept), "{:?}", again.actions);
    }

    #[test]
    fn nothing_is_touched_that_is_not_ours_or_was_agreed_to(
        exports in desired(), list in running(), policy in policy()
    ) {
        let running = Running::parse(&json!(list));
        let plan = planned(&exports, &list, &policy);
        for name in touched(&plan) {
            prop_assert!(policy.only.is_empty() || policy.only.contains(name));
            match running.get(name).map(|app| app.owner(&policy.root)) {
                None | Some(Owner::Us(_)) => {}
                Some(Owner::Nobody) => prop_assert!(policy.by_hand && policy.yes, "{name} is foreign"),
                Some(Owner::OtherWorkspace(label)) => prop_assert!(policy.vanished.contains(&label.root) || policy.takes_over(&label.root)),
            }
        }
        // Each app is spoken of once, and each target is a process of its app.
        let mut seen = BTreeSet::new();
        let spoken = plan.actions.iter().map(|planned| &planned.app).chain(plan.unchanged.iter().map(|same| &same.app));
        prop_assert!(spoken.into_iter().all(|name| seen.insert(name.clone())));
        for planned in &plan.actions {
            let targets = match &planned.action {
                Action::Replace { targets, .. } | Action::Remove { targets } | Action::Stop { targets }
                | Action::Scale { scaling: Scaling::Down { targets }, .. } => targets.clone(),
                Action::Scale { scaling: Scaling::Up { source, .. }, .. } => vec![source.clone()],
                Action::Start { .. } | Action::Leave(_) => Vec::new(),
            };
            for target in targets {
                let entry = list.iter().find(|entry| is(entry, &target)).unwrap();
                prop_assert_eq!(entry["name"].as_str(), Some(planned.app.as_str()));
            }
        }
    }

    #[test]
    fn what_is_in_sync_is_never_touched(exports in desired(), list in running(), policy in policy()) {
        // Everything is brought in sync; then whatever is asked, but by force,
        // only what is no longer wanted may be touched.
        let synced = performed(&list, &planned(&exports, &list, &unrestrained()));
        let policy = Policy { force: BTreeSet::new(), taken_over: BTreeSet::new(), ..policy };
        let plan = planned(&exports, &synced, &policy);
        prop_assert!(touched(&plan).is_empty(), "{:?}", plan.actions);
    }

    #[test]
    fn a_hook_puts_no_drift_right_and_removes_no_more_than_half(
        exports in desired(), list in running(), policy in policy()
    ) {
        let policy = Policy { by_hand: false, taken_over: BTreeSet::new(), ..policy };
        let plan = planned(&exports, &list, &policy);
        let running = Running::parse(&json!(list));
        let owned = running.iter().filter(|(_, app)| matches!(app.owner(&policy.root), Owner::Us(_))).count();
        let ends = |action: &Action| matches!(action, Action::Remove { .. } | Action::Stop { .. });
        prop_assert!(plan.actions.iter().filter(|planned| ends(&planned.action)).count() * 2 <= owned);
        let scales = |action: &Action| matches!(action, Action::Scale { .. });
        prop_assert!(!plan.actions.iter().any(|planned| scales(&planned.action)));
        for planned in &plan.actions {
            if let Action::Leave(LeaveReason::Drifted) = planned.action {
                prop_assert!(!planned.reasons.is_empty());
            }
        }
    }
}
