//! What `doctor` says of a workspace, thing by thing.

use std::path::PathBuf;

use crate::core::doctor::checks::CHECKS;
use crate::core::doctor::{Artifact, Facts, HookState, Hooks, Probe, Verdict, examine, hook_state};
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
        assert_eq!(ill(change).iter().map(|(_, verdict, _)| *verdict).collect::<Vec<_>>(), [Verdict::Note]);
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
