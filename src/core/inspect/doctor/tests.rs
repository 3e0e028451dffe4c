//! The findings of `doctor`, check by check.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::core::files::digest::Digest;
use crate::core::hooks::shim::{Lines, VERSION};
use crate::core::inspect::doctor::apps::unhealthy_apps;
use crate::core::inspect::doctor::checks::CHECKS;
use crate::core::inspect::doctor::checks::{hook_state, run_checks};
use crate::core::inspect::doctor::{
    ArtifactState, Definitions, Facts, HookState, Hooks, Probe, UnhealthyApp, Verdict,
};
use crate::core::pm2::running::Running;
use crate::core::sync::state::{Rejected, State};
use crate::core::sync::unsettled::Unsettled;

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
        definitions: Ok(Definitions::Compiled { apps: 2, invalid: None }),
        apps: Ok(Vec::new()),
        artifact: ArtifactState::Current("a.cjs".to_owned()),
        state_folder: Ok("/s".into()),
        bare: Ok(Some(Probe { programs: programs.into(), home: Some("/h/.pm2".into()) })),
    }
}

fn unhealthy_app(app: &str, is_error: bool) -> UnhealthyApp {
    UnhealthyApp {
        app: app.to_owned(),
        state: "was left",
        why: "why".to_owned(),
        next: "do that".to_owned(),
        is_error,
    }
}

/// What a test changes of it.
type Change = fn(&mut Facts);

/// The checks that are not good with these facts, each with its message.
fn not_ok(change: impl FnOnce(&mut Facts)) -> Vec<(&'static str, Verdict, String)> {
    let mut facts = healthy();
    change(&mut facts);
    let findings = run_checks(&facts).into_iter().filter(|finding| finding.verdict != Verdict::Good);
    findings
        .inspect(|finding| assert!(finding.next.is_some(), "{} has a next step", finding.check))
        .map(|finding| (finding.check, finding.verdict, finding.message))
        .collect()
}

#[test]
fn a_healthy_workspace_has_a_good_line_for_each_check() {
    assert_eq!(not_ok(|_| ()), []);
    assert_eq!(run_checks(&healthy()).len(), CHECKS.len());
}

#[test]
fn each_thing_that_is_wrong_is_one_line() {
    let cases: [(&str, Change); 12] = [
        ("definitions", |facts| facts.definitions = Err("do not compile".to_owned())),
        ("definitions", |facts| {
            facts.definitions = Ok(Definitions::Compiled { apps: 2, invalid: Some("a: no".to_owned()) });
        }),
        ("apps", |facts| facts.apps = Ok(vec![unhealthy_app("web", true)])),
        ("settings", |facts| facts.settings = Err("a\nb".to_owned())),
        ("git", |facts| facts.git = Ok("2.30.9".to_owned())),
        ("enrolment", |facts| facts.enrolled = false),
        ("artifact", |facts| facts.artifact = ArtifactState::Edited("a".to_owned())),
        ("artifact", |facts| facts.artifact = ArtifactState::InGit("a".to_owned())),
        ("hooks", |facts| facts.hooks.events[0].1 = HookState::Missing),
        ("hooks", |facts| facts.hooks.events[0].1 = HookState::Stale("is old".to_owned())),
        ("bare environment", |facts| facts.bare = Err("gone".to_owned())),
        ("bare environment", |facts| facts.home = Ok("/other".into())),
    ];
    for (check, change) in cases {
        let found = not_ok(change);
        assert_eq!(
            found.iter().map(|(check, verdict, _)| (*check, *verdict)).collect::<Vec<_>>(),
            [(check, Verdict::Wrong)]
        );
        assert!(!found[0].2.contains('\n'), "{}", found[0].2);
    }
    assert_eq!(not_ok(|facts| facts.node = Err("no".to_owned()))[0].2, "no");
    assert_eq!(not_ok(|facts| facts.daemon = Err("no".to_owned()))[0].1, Verdict::Wrong);
}

#[test]
fn what_is_so_on_purpose_is_a_note() {
    let cases: [Change; 8] = [
        |facts| facts.definitions = Ok(Definitions::Never("shadow-cljs".to_owned())),
        |facts| facts.apps = Ok(vec![unhealthy_app("web", false)]),
        |facts| facts.paused = Some("deploy".to_owned()),
        |facts| facts.busy = Some("rebase"),
        |facts| facts.switched_off = Some("CI"),
        |facts| facts.branch.1 = false,
        |facts| facts.daemon = Ok(None),
        |facts| facts.artifact = ArtifactState::Absent("a".to_owned()),
    ];
    for change in cases {
        assert_eq!(
            not_ok(change).iter().map(|(_, verdict, _)| *verdict).collect::<Vec<_>>(),
            [Verdict::Note]
        );
    }
}

#[test]
fn unhealthy_apps_are_named_each_with_its_way_out() {
    let several = ["a", "b", "c", "d", "e"].map(|app| unhealthy_app(app, true));
    let found = not_ok(|facts| facts.apps = Ok(several.into()));
    assert_eq!(
        found[0].2,
        "`a` was left: why (do that); `b` was left: why (do that); `c` was left: why (do that); and 2 more"
    );
}

#[test]
fn unhealthy_apps_are_known_from_the_list_of_pm2_and_from_the_last_sync() {
    let definition = json!({"name": "sick", "script": "a.js"});
    let process = |name: &str, status: &str| {
        json!({"name": name, "pm_id": 0, "pm2_env": {"unique_id": "u", "status": status,
            "env_pm2sync": {"v": 1, "root": "/w", "definition": definition}}})
    };
    let list = json!([process("sick", "errored"), {"name": "theirs", "pm2_env": {"status": "errored"}}]);
    let unsettled = |app: &str, result: &str| Unsettled {
        app: app.to_owned(),
        why: "why".to_owned(),
        result: result.to_owned(),
        next: (result == "left").then(|| "do that".to_owned()),
    };
    let unsettled = ["sick", "left", "kept", "not-proven", "failed"].map(|result| match result {
        "sick" => unsettled("sick", "unhealthy"),
        result => unsettled(result, result),
    });
    let rejected = Rejected { digest: Digest::of(b""), why: "it ended".to_owned() };
    let state = State {
        unsettled: unsettled.into(),
        rejected: [("back".to_owned(), rejected)].into(),
        ..State::default()
    };
    let found = unhealthy_apps(&state, &Running::parse(&list), Path::new("/w"), 0);
    let found: Vec<String> =
        found.iter().map(|one| format!("{} {}: {} ({})", one.app, one.state, one.why, one.next)).collect();
    assert_eq!(
        found,
        [
            "sick is unhealthy: PM2 gave up after 0 restarts (its error log says why; `pm2sync sync --force 'sick'` tries again)",
            "back was rolled back: it ended (change it, or `pm2sync sync --force 'back'` tries again)",
            "failed failed: why (`pm2sync sync` tries again)",
            "left was left: why (do that)",
        ]
    );
}

#[test]
fn a_manager_that_calls_us_is_as_good_as_hooks_of_our_own() {
    let managed = |uncalled: Vec<String>| {
        not_ok(|facts| {
            facts.hooks.events[0].1 = HookState::Missing;
            facts.hooks.manager = Some(("husky", uncalled));
        })
    };
    assert_eq!(managed(Vec::new()), []);
    assert_eq!(managed(vec!["post-merge".to_owned()])[0].2, "husky does not call pm2sync for post-merge");
}

#[test]
fn what_a_bare_hook_does_not_find_is_named() {
    let found = not_ok(|facts| {
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
