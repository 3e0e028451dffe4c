//! Starting processes: nothing inherited, and nothing that can hang.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pm2sync::adapters::process::{Program, Status, find_program, run, spawn_detached};

use crate::adapters::home::{LIMIT, environment, within};

fn shell(script: &str) -> Program {
    Program {
        path: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        directory: "/".into(),
        environment: environment(&[("GREETING", "hello")]),
    }
}

#[test]
fn both_streams_and_the_code_are_told() {
    let finished = run(&shell("echo $GREETING; echo trouble >&2; exit 3"), LIMIT).unwrap();
    assert_eq!(finished.status, Status::Exited(3));
    assert_eq!((&finished.stdout[..], &finished.stderr[..]), (&b"hello\n"[..], &b"trouble\n"[..]));
}

#[test]
fn nothing_is_inherited() {
    let mut program = shell("env");
    program.environment.retain(|name, _| name == "GREETING");
    let finished = run(&program, LIMIT).unwrap();
    let names: Vec<_> =
        finished.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    // The shell itself adds its own two.
    assert!(names.iter().all(|line| {
        [&b"GREETING"[..], b"PWD", b"SHLVL", b"_", b"OLDPWD"].iter().any(|name| line.starts_with(name))
    }));
}

#[test]
fn a_signal_is_told_apart_from_a_code() {
    assert_eq!(run(&shell("kill -9 $$"), LIMIT).unwrap().status, Status::Killed(9));
}

#[test]
fn only_the_end_of_endless_output_is_kept() {
    let finished = run(&shell("yes x | head -c 5000000; printf end"), LIMIT).unwrap();
    assert_eq!(finished.stdout.len(), 1 << 20);
    assert!(finished.stdout.ends_with(b"end"));
}

#[test]
fn the_time_limit_kills_grandchildren_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; echo before; wait", file.display());
    let finished = run(&shell(&script), Duration::from_secs(3)).unwrap();
    assert_eq!(finished.status, Status::TimedOut);
    assert_eq!(finished.stdout, b"before\n");
    let pid = fs::read_to_string(&file).unwrap();
    let gone = || match fs::read_to_string(format!("/proc/{}/stat", pid.trim())) {
        Ok(stat) => stat.contains(") Z "),
        Err(_) => true,
    };
    assert!(within(LIMIT, gone), "the grandchild lives on");
}

#[test]
fn a_grandchild_that_holds_the_output_open_delays_nothing() {
    let started = Instant::now();
    let finished = run(&shell("sleep 40 & echo done"), LIMIT).unwrap();
    assert_eq!((finished.status, &finished.stdout[..]), (Status::Exited(0), &b"done\n"[..]));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn what_is_left_to_itself_goes_on_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("done");
    let script = format!("echo loud; readlink /proc/$$/fd/0 /proc/$$/fd/2 > {}", file.display());
    spawn_detached(&shell(&script)).unwrap();
    let streams = || fs::read_to_string(&file).unwrap_or_default();
    assert!(within(LIMIT, || streams() == "/dev/null\n/dev/null\n"), "{}", streams());
}

#[test]
fn what_is_left_to_itself_leads_a_session_from_its_first_moment_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("session");
    // The sixth word there is the session.
    let script = format!("cut -d' ' -f6 /proc/$$/stat > {}", file.display());
    let mut left = spawn_detached(&shell(&script)).unwrap();
    assert!(within(LIMIT, || left.has_exited()));
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), left.pid().to_string());
}

#[test]
fn what_cannot_be_started_is_named() {
    let mut program = shell("");
    program.path = "/no/such/program".into();
    assert!(run(&program, LIMIT).unwrap_err().to_string().contains("`/no/such/program`"));
    assert!(spawn_detached(&program).unwrap_err().to_string().contains("`/no/such/program`"));
    program.directory = "/no/such/folder".into();
    assert!(run(&program, LIMIT).unwrap_err().to_string().contains("`/no/such/folder`"));
}

#[test]
fn a_program_is_found_by_its_mode_in_path_order() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, mode) in [("first", 0o644), ("second", 0o755), ("third", 0o755)] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let file = folder.path().join(name).join("tool");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }
    let found = find_program("tool".as_ref(), "first:second:third".as_ref(), folder.path());
    assert_eq!(found, Some(folder.path().join("second/tool")));
    assert_eq!(
        find_program("third/tool".as_ref(), "".as_ref(), folder.path()),
        Some(folder.path().join("third/tool"))
    );
    assert_eq!(find_program("absent".as_ref(), "first".as_ref(), Path::new("/")), None);
}
