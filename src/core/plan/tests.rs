//! The plan table, row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Action, Plan, Policy, Scaling, Verb, plan};
use crate::core::definition::desired::Desired;
use crate::core::pm2::effective::machine::Machine;
use crate::core::pm2::running::Running;
use crate::core::reason::words::InOneLine;
use crate::core::settings::Removed;

fn policy() -> Policy {
    Policy {
        root: PathBuf::from("/w"),
        by_hand: true,
        mends: false,
        itself: None,
        removed: Removed::Delete,
        allow_empty: false,
        yes: false,
        only: BTreeSet::new(),
        force: BTreeSet::new(),
        vanished: BTreeSet::new(),
        taken_over: BTreeSet::new(),
        stopped: BTreeMap::new(),
        rejected: BTreeSet::new(),
        doubtful: BTreeMap::new(),
        survivors: BTreeMap::new(),
    }
}

fn hook() -> Policy {
    Policy { by_hand: false, ..policy() }
}

fn machine() -> Machine {
    let file = |name: &str| PathBuf::from(name);
    Machine {
        root: file("/w"),
        files: BTreeSet::from([file("/w/a.js"), file("/w/b.js")]),
        folders: BTreeSet::from([file("/w")]),
        executables: BTreeSet::new(),
        programs: BTreeMap::new(),
    }
}

fn app(name: &str, port: u32) -> Value {
    json!({"name": name, "script": "a.js", "env": {"PORT": port.to_string()}})
}

/// What PM2 shows for `app`, labelled by the workspace at `root` if one is given.
fn process(app: &Value, root: Option<&str>) -> Value {
    let mut entry = json!({"name": app["name"], "pm_id": 0, "pid": 9, "pm2_env": {
        "unique_id": "u", "status": "online", "pm_exec_path": "/w/a.js", "pm_cwd": "/w", "exec_mode": "fork_mode",
        "args": [], "env": app["env"],
    }});
    if let Some(root) = root {
        entry["pm2_env"]["env_pm2sync"] = json!({"v": 1, "root": root, "definition": app});
    }
    entry
}

fn with(mut process: Value, field: &str, value: Value) -> Value {
    process["pm2_env"][field] = value;
    process
}

fn planned(desired: &[Value], running: &[Value], policy: &Policy) -> Plan {
    let desired = Desired::of(&json!({"apps": desired}), &BTreeMap::new(), None).unwrap();
    plan(&desired, &Running::parse(&json!(running)), &machine(), policy)
}

fn check(desired: &[Value], running: &[Value], policy: &Policy, expect: &Expect) {
    let plan = planned(desired, running, policy);
    let line = |planned: &super::Planned| {
        format!("{} {}: {}\n", planned.action.verb(), planned.app, InOneLine(&planned.reasons))
    };
    let unchanged = plan
        .unchanged
        .iter()
        .map(|same| format!("same {}{}\n", same.app, if same.owned { "" } else { " (not owned)" }));
    expect.assert_eq(&plan.actions.iter().map(line).chain(unchanged).collect::<String>());
}

#[test]
fn desired_and_not_running_is_started() {
    check(&[app("a", 1)], &[], &hook(), &expect!["start a: not running\n"]);
}

#[test]
fn desired_and_alive_without_pm2_is_left_unless_it_is_forced() {
    let alive = Policy { survivors: BTreeMap::from([("a".to_owned(), 7)]), ..policy() };
    let left = expect!["leave a: not running; process 7 of it, which survived its stop, lives on\n"];
    check(&[app("a", 1)], &[], &alive, &left);
    check(&[app("a", 1)], &[], &Policy { by_hand: false, ..alive.clone() }, &left);
    let forced = Policy { force: BTreeSet::from(["a".to_owned()]), ..alive };
    check(&[app("a", 1)], &[], &forced, &expect!["start a: not running\n"]);
}

#[test]
fn owned_and_equal_is_left_alone() {
    check(&[app("a", 1)], &[process(&app("a", 1), Some("/w"))], &policy(), &expect!["same a\n"]);
}

#[test]
fn owned_with_another_definition_is_replaced() {
    let running = [process(&app("a", 1), Some("/w"))];
    check(&[app("a", 2)], &running, &hook(), &expect!["replace a: env.PORT changed\n"]);
}

#[test]
fn drift_is_put_right_by_hand_and_reported_by_a_hook() {
    let running = [with(process(&app("a", 1), Some("/w")), "pm_cwd", json!("/elsewhere"))];
    check(&[app("a", 1)], &running, &policy(), &expect!["replace a: cwd /elsewhere → /w\n"]);
    check(&[app("a", 1)], &running, &hook(), &expect!["leave a: cwd /elsewhere → /w\n"]);
    let mending = Policy { mends: true, ..hook() };
    check(&[app("a", 1)], &running, &mending, &expect!["replace a: cwd /elsewhere → /w\n"]);
}

#[test]
fn a_process_never_plans_to_replace_or_to_remove_itself() {
    let itself = Policy { itself: Some("a".to_owned()), mends: true, ..hook() };
    let running = [process(&app("a", 1), Some("/w")), process(&app("b", 1), Some("/w"))];
    check(
        &[app("a", 2), app("b", 2)],
        &running,
        &itself,
        &expect!["replace b: env.PORT changed\nleave a: env.PORT changed\n"],
    );
    check(&[app("b", 1)], &running, &itself, &expect!["leave a: its definition is gone\nsame b\n"]);
    check(&[app("a", 1), app("b", 1)], &running, &itself, &expect!["same a\nsame b\n"]);
}

#[test]
fn a_stopped_app_is_put_in_place_without_running_it() {
    let mut stopped = with(process(&app("a", 1), Some("/w")), "status", json!("stopped"));
    // One that still has a process id is about to be started again by PM2.
    let plan = planned(&[app("a", 2)], &[stopped.clone()], &policy());
    assert!(matches!(plan.actions[0].action, Action::Replace { stopped: false, .. }));
    stopped["pid"] = json!(0);
    let running = [stopped];
    check(&[app("a", 1)], &running, &policy(), &expect!["same a\n"]);
    let plan = planned(&[app("a", 2)], &running, &policy());
    assert!(matches!(plan.actions[0].action, Action::Replace { stopped: true, .. }));
}

#[test]
fn a_foreign_app_is_touched_only_where_a_person_agreed() {
    let running = [process(&app("a", 1), None)];
    check(&[app("a", 1)], &running, &policy(), &expect!["same a (not owned)\n"]);
    check(
        &[app("a", 2)],
        &running,
        &policy(),
        &expect!["leave a: not started by pm2sync; env.PORT changed\n"],
    );
    check(&[app("a", 2)], &running, &hook(), &expect!["leave a: not started by pm2sync; env.PORT changed\n"]);
    let agreed = Policy { yes: true, ..policy() };
    check(
        &[app("a", 2)],
        &running,
        &agreed,
        &expect!["replace a: not started by pm2sync; env.PORT changed\n"],
    );
    check(&[], &running, &Policy { allow_empty: true, yes: true, ..policy() }, &expect![""]);
}

#[test]
fn another_workspaces_app_is_left_until_its_root_is_gone() {
    let running = [process(&app("a", 1), Some("/other"))];
    let yes = Policy { yes: true, ..policy() };
    check(&[app("a", 2)], &running, &yes, &expect!["leave a: belongs to the workspace /other, not to /w\n"]);
    let vanished = Policy { vanished: BTreeSet::from([PathBuf::from("/other")]), ..hook() };
    check(
        &[app("a", 1)],
        &running,
        &vanished,
        &expect!["replace a: was started from /other, which is gone\n"],
    );
    check(&[], &running, &Policy { allow_empty: true, ..vanished }, &expect![""]);
}

#[test]
fn the_apps_of_a_folder_that_a_person_named_are_taken_over_and_removed() {
    let there = |name, root| process(&app(name, 1), Some(root));
    let running = [there("a", "/srv/41"), there("b", "/srv/41"), there("c", "/srvx"), there("d", "/w")];
    let named = Policy { taken_over: BTreeSet::from([PathBuf::from("/srv")]), ..policy() };
    check(
        &[app("a", 1), app("c", 1)],
        &running,
        &named,
        &expect![[r"
            remove b: its definition is gone
            remove d: its definition is gone
            replace a: was started from /srv/41
            leave c: belongs to the workspace /srvx, not to /w
        "]],
    );
}

#[test]
fn removed_apps_follow_the_policy() {
    let running = [process(&app("a", 1), Some("/w")), process(&app("b", 1), Some("/w"))];
    let desired = [app("b", 1)];
    let by = |removed, yes| Policy { removed, yes, ..policy() };
    check(
        &desired,
        &running,
        &by(Removed::Delete, false),
        &expect!["remove a: its definition is gone\nsame b\n"],
    );
    check(
        &desired,
        &running,
        &by(Removed::Stop, false),
        &expect!["stop a: its definition is gone\nsame b\n"],
    );
    check(
        &desired,
        &running,
        &by(Removed::Keep, false),
        &expect!["leave a: its definition is gone; the policy is `keep`\nsame b\n"],
    );
    check(
        &desired,
        &running,
        &by(Removed::Ask, false),
        &expect!["leave a: its definition is gone\nsame b\n"],
    );
    check(
        &desired,
        &running,
        &by(Removed::Ask, true),
        &expect!["remove a: its definition is gone\nsame b\n"],
    );
}

#[test]
fn guards_keep_apps_from_mass_removal() {
    let running = ["a", "b", "c"].map(|name| process(&app(name, 1), Some("/w")));
    check(
        &[app("a", 1)],
        &running,
        &hook(),
        &expect![[r"
        leave b: its definition is gone; a hook does not remove 2 of 3 apps; `pm2sync sync` does
        leave c: its definition is gone; a hook does not remove 2 of 3 apps; `pm2sync sync` does
        same a
    "]],
    );
    check(
        &[],
        &running[..1],
        &policy(),
        &expect![
            "leave a: its definition is gone; the definitions are empty; `pm2sync sync --allow-empty` removes what is gone\n"
        ],
    );
    check(
        &[],
        &running[..1],
        &Policy { allow_empty: true, ..policy() },
        &expect!["remove a: its definition is gone\n"],
    );
    check(
        &[app("a", 1), json!({"args": []})],
        &running[..2],
        &policy(),
        &expect![[r"
            leave entry 2 of `apps`: the app has no name; the app has no `script`
            leave b: its definition is gone; an entry without a usable name may be what is gone; give every entry a `name`
            same a
        "]],
    );
}

#[test]
fn what_cannot_be_applied_is_left_and_the_others_go_on() {
    let bad = json!({"name": "a", "script": "a.js", "kill_timeout": "2s"});
    let ghost = json!({"name": "b", "script": "a.js", "cwd": "gone"});
    let running = [process(&app("a", 1), Some("/w")), process(&app("b", 1), Some("/w"))];
    check(
        &[bad, ghost, app("c", 1)],
        &running,
        &policy(),
        &expect![[r"
        start c: not running
        leave b: its `cwd` /w/gone is not a folder; PM2 would show a process that does not exist
        leave a: `kill_timeout` is a string, where PM2 takes a number
    "]],
    );
}

#[test]
fn only_and_force_name_apps() {
    let running = [process(&app("a", 1), Some("/w")), process(&app("b", 1), Some("/w"))];
    let only = Policy { only: BTreeSet::from(["a".to_owned()]), ..policy() };
    check(&[app("a", 2), app("b", 2)], &running, &only, &expect!["replace a: env.PORT changed\n"]);
    let force = Policy { force: BTreeSet::from(["b".to_owned()]), ..policy() };
    check(&[app("a", 1), app("b", 1)], &running, &force, &expect!["replace b: forced\nsame a\n"]);
}

#[test]
fn removals_come_first_then_replaces_then_starts() {
    let running = [process(&app("a", 1), Some("/w")), process(&app("b", 1), Some("/w"))];
    let plan = planned(&[app("new", 1), app("b", 2)], &running, &policy());
    let verbs: Vec<_> = plan.actions.iter().map(|planned| planned.action.verb()).collect();
    assert_eq!(verbs, [Verb::Remove, Verb::Replace, Verb::Start]);
    assert!(plan.acts());
}

#[test]
fn an_app_that_pm2_gave_up_on_is_left_until_it_changes_or_is_forced() {
    let running = [with(process(&app("a", 1), Some("/w")), "status", json!("errored"))];
    check(&[app("a", 1)], &running, &policy(), &expect!["leave a: PM2 gave up restarting it\n"]);
    check(&[app("a", 1)], &running, &hook(), &expect!["leave a: PM2 gave up restarting it\n"]);
    check(&[app("a", 2)], &running, &hook(), &expect!["replace a: env.PORT changed\n"]);
    let force = Policy { force: BTreeSet::from(["a".to_owned()]), ..policy() };
    check(&[app("a", 1)], &running, &force, &expect!["replace a: forced\n"]);
}

#[test]
fn a_rejected_definition_is_not_tried_again_unless_forced() {
    let running = [process(&app("a", 1), Some("/w"))];
    let rejected = Policy { rejected: BTreeSet::from(["a".to_owned()]), ..policy() };
    check(
        &[app("a", 2)],
        &running,
        &rejected,
        &expect!["leave a: this definition was tried and rolled back; env.PORT changed\n"],
    );
    check(&[app("a", 1)], &running, &rejected, &expect!["same a\n"]);
    let force = Policy { force: BTreeSet::from(["a".to_owned()]), ..rejected };
    check(&[app("a", 2)], &running, &force, &expect!["replace a: forced; env.PORT changed\n"]);
}

#[test]
fn what_depends_on_an_unset_variable_is_left_by_a_hook_and_applied_by_hand() {
    let running = [
        process(&app("a", 1), Some("/w")),
        process(&app("gone", 1), Some("/w")),
        process(&app("c", 1), Some("/w")),
    ];
    let names = || BTreeSet::from(["KEY".to_owned(), "TOKEN".to_owned()]);
    let doubtful = ["a", "new", "gone", "c"].map(|name| (name.to_owned(), names()));
    let policy = |by_hand| Policy { doubtful: BTreeMap::from(doubtful.clone()), by_hand, ..policy() };
    let desired = [app("a", 2), app("new", 1), app("c", 1)];
    check(
        &desired,
        &running,
        &policy(false),
        &expect![[r"
        leave a: `KEY`, `TOKEN` are unset or otherwise than at the last sync; env.PORT changed
        leave new: not running; `KEY`, `TOKEN` are unset or otherwise than at the last sync
        leave gone: its definition is gone; `KEY`, `TOKEN` are unset or otherwise than at the last sync
        same c
    "]],
    );
    check(
        &desired,
        &running,
        &policy(true),
        &expect![[r"
        remove gone: its definition is gone
        replace a: env.PORT changed
        start new: not running
        same c
    "]],
    );
}

/// Three processes of an app that is defined with `count` of them.
fn three(count: u32) -> (Value, Vec<Value>) {
    let mut app = app("a", 1);
    app["instances"] = count.into();
    app["exec_mode"] = "fork_mode".into();
    let numbered = |id: u32| {
        let mut process = process(&app, Some("/w"));
        process["pm_id"] = id.into();
        process
    };
    let processes = [3, 4, 5].map(numbered).to_vec();
    (app, processes)
}

#[test]
fn a_count_is_put_right_by_scaling_which_spares_what_runs_longest() {
    let targets = |plan: &Plan| match &plan.actions[0].action {
        Action::Scale { scaling: Scaling::Down { targets }, .. } => {
            targets.iter().map(|target| target.pm_id).collect()
        }
        Action::Scale { scaling: Scaling::Up { source, add }, .. } => vec![source.pm_id; *add],
        other => panic!("{other:?}"),
    };
    let (two, mut processes) = three(2);
    assert_eq!(targets(&planned(std::slice::from_ref(&two), &processes, &policy())), [5]);
    processes[0]["pm2_env"]["status"] = "stopped".into();
    processes[0]["pid"] = 0.into();
    assert_eq!(targets(&planned(&[two], &processes, &policy())), [3]);
    let (five, mut processes) = three(5);
    assert_eq!(targets(&planned(std::slice::from_ref(&five), &processes, &policy())), [3, 3]);
    check(std::slice::from_ref(&five), &processes, &hook(), &expect!["leave a: instances 3 → 5\n"]);

    processes[1]["pm2_env"]["pm_cwd"] = "/x".into();
    let plan = planned(&[five], &processes, &policy());
    assert!(matches!(plan.actions[0].action, Action::Replace { .. }), "more than the count is wrong");
}

#[test]
fn one_process_with_an_older_definition_replaces_them_all() {
    let (app, mut processes) = three(3);
    processes[2]["pm2_env"]["env_pm2sync"]["definition"]["env"]["PORT"] = "0".into();
    check(&[app], &processes, &hook(), &expect!["replace a: env.PORT changed\n"]);
}

#[test]
fn numbered_processes_are_scaled_only_where_those_that_stay_have_the_first_numbers() {
    let replaces = |count: u32, ports: [u32; 3], stopped: Option<usize>| {
        let (mut app, mut processes) = three(count);
        app["increment_var"] = "PORT".into();
        for (process, port) in processes.iter_mut().zip(ports) {
            process["pm2_env"]["env_pm2sync"]["definition"] = app.clone();
            process["pm2_env"]["env"] = json!({"PORT": port});
        }
        if let Some(stopped) = stopped {
            processes[stopped]["pm2_env"]["status"] = "stopped".into();
            processes[stopped]["pid"] = 0.into();
        }
        let plan = planned(&[app], &processes, &policy());
        plan.actions.first().map(|planned| matches!(planned.action, Action::Replace { .. }))
    };
    assert_eq!(replaces(3, [1, 2, 3], None), None);
    assert_eq!(replaces(3, [2, 3, 1], None), None, "in whatever order");
    assert_eq!(replaces(5, [1, 2, 3], None), Some(false));
    assert_eq!(replaces(2, [1, 2, 3], None), Some(false));
    assert_eq!(replaces(2, [1, 2, 3], Some(0)), Some(true), "the first number would be gone");
    for ports in [[1, 2, 4], [2, 3, 4], [1, 1, 1]] {
        assert_eq!(replaces(3, ports, None), Some(true), "{ports:?}");
        assert_eq!(replaces(5, ports, None), Some(true), "{ports:?}");
    }
}

#[test]
fn a_count_that_cannot_be_put_right_by_scaling_is_no_scaling_in_words_either() {
    let (two, mut processes) = three(2);
    processes[0]["pm2_env"]["status"] = "errored".into();
    processes[0]["pid"] = 0.into();
    let replaced = expect!["replace a: instances 3 → 2; PM2 gave up restarting one of them\n"];
    check(&[two], &processes, &policy(), &replaced);
    let (five, mut processes) = three(5);
    for process in &mut processes {
        process["pm2_env"]["status"] = "waiting restart".into();
    }
    let replaced = expect!["replace a: instances 3 → 5; none of them is up\n"];
    check(&[five], &processes, &policy(), &replaced);
}
