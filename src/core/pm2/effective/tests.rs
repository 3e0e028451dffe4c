//! What PM2 will show, and what it could not run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Machine, Question, effective, questions};
use crate::core::definition::testing::definition;

fn machine() -> Machine {
    Machine {
        root: PathBuf::from("/w"),
        files: BTreeSet::from([PathBuf::from("/w/a.js"), PathBuf::from("/w/sub/b.cjs")]),
        folders: BTreeSet::from([PathBuf::from("/w"), PathBuf::from("/w/sub")]),
        executables: BTreeSet::new(),
        programs: BTreeMap::from([
            ("sleep".to_owned(), PathBuf::from("/bin/sleep")),
            ("bash".to_owned(), PathBuf::from("/bin/bash")),
        ]),
    }
}

#[test]
fn what_must_be_looked_up_is_asked_for() {
    let definition =
        definition(&json!({"name": "a", "script": "./b.cjs", "cwd": "x/../sub", "interpreter": "deno"}));
    assert_eq!(
        questions(&definition, Path::new("/w")),
        [
            Question::File("/w/sub/b.cjs".into()),
            Question::Program("./b.cjs".into()),
            Question::Folder("/w/sub".into()),
            Question::Program("deno".into()),
        ]
    );
}

#[test]
fn paths_modes_and_counts_are_as_pm2_makes_them() {
    let shown = |options: &Value| effective(&definition(options), &machine()).unwrap();
    let plain = shown(&json!({"name": "a", "script": "a.js"}));
    assert_eq!(
        (plain.exec_path.to_str(), plain.mode, plain.count),
        (Some("/w/a.js"), Some("fork_mode"), Some(1))
    );
    let cluster = shown(&json!({"name": "a", "script": "a.js", "instances": 2}));
    assert_eq!((cluster.mode, cluster.count), (Some("cluster_mode"), Some(2)));
    let every_cpu = shown(&json!({"name": "a", "script": "a.js", "instances": "max"}));
    assert_eq!((every_cpu.mode, every_cpu.count), (Some("cluster_mode"), None));
    let program = shown(&json!({"name": "a", "script": "sleep", "args": "9", "interpreter": "none"}));
    assert_eq!((program.exec_path.to_str(), program.args.len()), (Some("/bin/sleep"), 1));
    let line = shown(&json!({"name": "a", "script": "sleep 9", "args": "lost"}));
    assert_eq!(
        (line.exec_path.to_str(), line.args.as_slice()),
        (Some("/bin/bash"), &["-c".to_owned(), "sleep 9".to_owned()][..])
    );
}

#[test]
fn what_pm2_could_not_run_is_refused() {
    let why = |options: &Value| effective(&definition(options), &machine()).unwrap_err().message;
    assert_eq!(
        why(&json!({"name": "a", "script": "a.js", "cwd": "gone"})),
        "its `cwd` /w/gone is not a folder"
    );
    assert_eq!(why(&json!({"name": "a", "script": "z.js"})), "its script /w/z.js does not exist");
    assert_eq!(
        why(&json!({"name": "a", "script": "a.js", "interpreter": "deno"})),
        "its interpreter `deno` is not a program on PATH"
    );
}
