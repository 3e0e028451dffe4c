//! The hook before a commit: the one that may keep git from what it does.

use crate::check::sandbox::{PROGRAM, Sandbox};

fn commit(sandbox: &Sandbox, args: &[&str]) -> (bool, String) {
    let output = sandbox.try_git(&[&["commit", "-q", "-m", "x"], args].concat());
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn installed() -> Sandbox {
    let sandbox = Sandbox::clean();
    let said = sandbox.run_in(&sandbox.root(), &["install-hooks", "--event", "pre-commit"]);
    assert_eq!(said.code, 0, "{}", said.err);
    sandbox
}

#[test]
fn an_error_in_what_is_staged_stops_the_commit() {
    let sandbox = installed();
    sandbox.stage("README.md", "pm2-clj\n");
    sandbox.write("README.md", "fine\n");
    let (done, said) = commit(&sandbox, &[]);
    assert!(
        !done && said.contains("legacy-reference") && said.contains("nothing was committed: 1 error"),
        "{said}"
    );
    assert!(commit(&sandbox, &["--no-verify"]).0);
}

#[test]
fn what_is_not_staged_stops_nothing_and_says_nothing() {
    let sandbox = installed();
    sandbox.stage("other.md", "fine\n");
    sandbox.write("README.md", "pm2-clj\n");
    assert_eq!(commit(&sandbox, &[]), (true, String::new()));
    let (done, said) = commit(&sandbox, &["-a"]);
    assert!(!done && said.contains("README.md:1:1"), "{said}");
}

#[test]
fn what_was_wrong_before_stops_no_commit() {
    let sandbox = installed();
    sandbox.stage("old.md", "pm2-clj\n");
    assert!(commit(&sandbox, &["--no-verify"]).0);
    sandbox.stage("README.md", "fine\n");
    assert_eq!(commit(&sandbox, &[]), (true, String::new()));
}

#[test]
fn a_commit_of_single_files_is_checked_as_it_would_be() {
    let sandbox = installed();
    sandbox.stage("README.md", "pm2-clj\n");
    sandbox.write("web.js", "// more\n");
    assert_eq!(commit(&sandbox, &["--only", "web.js"]), (true, String::new()));
    assert!(!commit(&sandbox, &[]).0);
}

#[test]
fn what_keeps_the_check_from_running_keeps_nobody_from_committing() {
    let sandbox = installed();
    sandbox.stage("pm2sync.toml", "[chek]\n");
    let (done, said) = commit(&sandbox, &[]);
    assert!(done && said.contains("unknown key `chek`"), "{said}");
    let sandbox = installed().with("PM2SYNC", "0");
    sandbox.stage("README.md", "pm2-clj\n");
    assert_eq!(commit(&sandbox, &[]), (true, String::new()));
}

#[test]
fn a_hook_that_was_there_goes_on_running_and_comes_back_to_the_byte() {
    let sandbox = Sandbox::clean();
    let hook = "#!/bin/sh\necho mine >&2\nexit 0\n";
    sandbox.write(".git/hooks/pre-commit", hook);
    sandbox.make_executable(".git/hooks/pre-commit");
    sandbox.run_in(&sandbox.root(), &["install-hooks", "--event", "pre-commit"]);
    sandbox.stage("web.js", "// more\n");
    assert_eq!(commit(&sandbox, &[]), (true, "mine\n".to_owned()));
    sandbox.stage("README.md", "pm2-clj\n");
    assert!(!commit(&sandbox, &[]).0);
    sandbox.run_in(&sandbox.root(), &["uninstall-hooks"]);
    assert_eq!(sandbox.read(".git/hooks/pre-commit"), hook);
    assert!(std::path::Path::new(PROGRAM).is_absolute());
}
