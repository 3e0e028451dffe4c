//! The start time of a process, which tells it from a later one with the same id.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::adapters::process::{Program, Variables, find_program, run};

/// How long `ps` may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The start time of a process, as opaque text that can only be compared; nothing
/// where there is no such process, or it has ended.
pub(crate) fn start_time(pid: u32, path: &OsStr) -> Option<String> {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => in_stat(&stat),
        Err(_) if Path::new("/proc/self/stat").exists() => None,
        Err(_) => by_ps(pid, path),
    }
}

/// The name of a program stands in brackets and may hold any.
fn in_stat(stat: &str) -> Option<String> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let has_ended = matches!(fields.first(), Some(&"Z" | &"X"));
    fields.get(19).filter(|_| !has_ended).map(|&start_time| start_time.to_owned())
}

fn by_ps(pid: u32, path: &OsStr) -> Option<String> {
    let root = Path::new("/");
    let program = Program {
        path: find_program(OsStr::new("ps"), path, root)?,
        args: ["-o", "lstart=", "-p", &pid.to_string()].map(Into::into).into(),
        directory: root.to_owned(),
        environment: Variables::from([("LC_ALL".into(), "C".into()), ("TZ".into(), "UTC".into())]),
    };
    let text = String::from_utf8(run(&program, LIMIT).ok()?.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|start_time| !start_time.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{in_stat, start_time};

    #[test]
    fn a_process_is_known_by_its_beginning_and_one_that_has_ended_has_none() {
        let own = start_time(std::process::id(), "/bin:/usr/bin".as_ref());
        assert!(own.is_some());
        assert_eq!(own, start_time(std::process::id(), "/bin:/usr/bin".as_ref()));
        assert_eq!(start_time(u32::MAX / 2, "/bin:/usr/bin".as_ref()), None);
    }

    #[test]
    fn the_name_of_the_program_may_hold_brackets_and_spaces() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 20 21";
        assert_eq!(in_stat(&format!("7 (a) b ) {fields}")).as_deref(), Some("777"));
        assert_eq!(in_stat(&format!("7 (a) {}", fields.replace('S', "Z"))), None);
    }
}
