//! Our lines in hook files of every kind, and out of them again.

use proptest::prelude::{any, prop_oneof, proptest};
use proptest::strategy::{Just, Strategy};

use crate::core::hooks::shim::{
    Edit, Hook, VERSION, hook_mode, inspect, install, is_installed, runs_configured_hooks, uninstall,
};

const HOOK: Hook<'_> = Hook { event: "post-merge", binary: "/opt/it's/pm2sync", path: "/bin:/usr/bin" };

fn written(edit: Edit) -> Vec<u8> {
    match edit {
        Edit::Write(bytes) | Edit::KeepAndWrite(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_hook_is_deleted_again() {
    let file = written(install(HOOK, None, true));
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.starts_with("#!/bin/sh\n# >>> pm2sync 1 post-merge new >>>\n"));
    assert!(text.contains(r"pm2sync='/opt/it'\''s/pm2sync'"));
    assert_eq!(install(HOOK, Some(&file), true), Edit::Nothing);
    assert_eq!(uninstall(&file), Edit::Delete);
}

#[test]
fn only_the_check_before_a_commit_may_fail() {
    let text = |event| String::from_utf8(written(install(Hook { event, ..HOOK }, None, true))).unwrap();
    assert!(text("post-merge").contains("hook post-merge \"$@\" </dev/null || :\n"));
    assert!(text("pre-commit").contains("hook pre-commit \"$@\" </dev/null || [ $? != 1 ] || exit 1\n"));
    assert_eq!(uninstall(text("pre-commit").as_bytes()), Edit::Delete);
}

#[test]
fn what_people_added_to_our_file_stays() {
    let file = [&written(install(HOOK, None, true))[..], b"echo mine\n"].concat();
    assert_eq!(uninstall(&file), Edit::Write(b"#!/bin/sh\necho mine\n".to_vec()));
}

#[test]
fn a_shell_hook_gets_our_lines_first() {
    for shebang in
        ["#!/bin/sh", "#!/usr/bin/env bash", "#!/bin/bash -eu", "#!/usr/bin/env -S bash -e", "#! /bin/dash"]
    {
        let hook = format!("{shebang}\nexit 3\n");
        let file = written(install(HOOK, Some(hook.as_bytes()), true));
        assert!(file.starts_with(format!("{shebang}\n# >>> pm2sync 1 post-merge added >>>").as_bytes()));
        assert_eq!(uninstall(&file), Edit::Write(hook.into_bytes()));
    }
}

#[test]
fn any_other_hook_is_kept_beside() {
    let others: [(&[u8], bool); 8] = [
        (b"#!/bin/sh\n# the rest is Tcl \\\nexec tclsh \"$0\" \"$@\"\nputs theirs\n", true),
        (b"#!/bin/sh\n''':'\nexec python3 -u $0 $@\n'''\n", true),
        (b"#!/usr/bin/env python3\n", true),
        (b"\x7fELF\0", true),
        (b"", true),
        (b"#!/bin/sh\r\necho\r\n", true),
        (b"#!/bin/sh", true),
        (b"#!/bin/sh\necho not executable\n", false),
    ];
    for (other, plain) in others {
        let edit = install(HOOK, Some(other), plain);
        assert!(matches!(edit, Edit::KeepAndWrite(_)), "{other:?}");
        let file = written(edit);
        assert_eq!(install(HOOK, Some(&file), true), Edit::Nothing);
        assert_eq!(uninstall(&file), Edit::DeleteAndRestore);
    }
}

#[test]
fn what_a_hook_runs_can_be_read_from_it() {
    let lines = inspect(&written(install(HOOK, Some(b"#!/bin/sh\n"), true))).unwrap();
    assert_eq!((lines.version, lines.binary.as_str()), (VERSION, "/opt/it's/pm2sync"));
    assert!(lines.text.starts_with("# >>> pm2sync ") && lines.text.ends_with("# <<< pm2sync <<<\n"));
    assert_eq!(inspect(b"#!/bin/sh\n"), None);
}

#[test]
fn a_shared_repository_shares_its_hooks() {
    let modes = [None, Some("umask"), Some("false"), Some("group"), Some("True"), Some("2")].map(hook_mode);
    assert_eq!(modes, [0o755, 0o755, 0o755, 0o775, 0o775, 0o775]);
    let exact = ["0660", "0640", "0600", "0666", "089"].map(|mode| hook_mode(Some(mode)));
    assert_eq!(exact, [0o770, 0o750, 0o700, 0o777, 0o755]);
}

#[test]
fn only_a_new_git_runs_hooks_of_its_settings() {
    assert!(["2.54.0", "2.55.0.rc1", "3.0"].into_iter().all(runs_configured_hooks));
    assert!(!["2.47.3", "1.9", "", "x"].into_iter().any(runs_configured_hooks));
}

#[test]
fn a_moved_program_is_updated_in_place() {
    let hook = b"#!/bin/sh\necho mine\n";
    let file = written(install(HOOK, Some(hook), true));
    let moved = written(install(Hook { binary: "/new/pm2sync", ..HOOK }, Some(&file), true));
    assert!(is_installed(&moved));
    assert_eq!(uninstall(&moved), Edit::Write(hook.to_vec()));
}

proptest! {
    #[test]
    fn installed_and_uninstalled_is_byte_for_byte_what_it_was(
        shebang in prop_oneof![Just("#!/bin/sh\n"), Just("#!/bin/bash\n"), Just("")],
        rest in any::<Vec<u8>>().prop_filter("not ours", |bytes| !is_installed(bytes)),
    ) {
        let hook = [shebang.as_bytes(), &rest].concat();
        match install(HOOK, Some(&hook), true) {
            Edit::Write(file) => assert_eq!(uninstall(&file), Edit::Write(hook)),
            Edit::KeepAndWrite(file) => assert_eq!(uninstall(&file), Edit::DeleteAndRestore),
            other => panic!("{other:?}"),
        }
    }
}
