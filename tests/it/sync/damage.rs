//! A full disk, and files and folders that are not what they should be: nothing
//! is half done, the message names what is wrong, and afterwards it goes on.

use std::fs;
use std::path::Path;

use crate::support::{APPS, APPS_FILE, Finished, Sandbox, Workspace};

/// Runs pm2sync where no file may grow beyond so many blocks of 512 bytes, as on a full disk.
fn on_a_full_disk(server: &Workspace, blocks: u32, arguments: &str) -> Finished {
    let program = env!("CARGO_BIN_EXE_pm2sync");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{program}' {arguments}");
    server.runs(server.shell().args(["-c", &script]))
}

/// Nothing of this is half written, or left lying about.
fn is_tidy(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with(".pm2sync-"))
}

#[test]
fn a_full_disk_stops_a_sync_before_it_acts() {
    // An artifact beyond every other file of ours.
    let long = format!("(ns apps (:require [clobber.macro :refer [defapp]]))\n;{APPS_FILE}\n{APPS}")
        .replace("\n(ns apps (:require [clobber.macro :refer [defapp]]))\n\n", "\n")
        .replace("4001", &format!("4001\" :LONG \"{}", "x".repeat(9000)));
    let sandbox = Sandbox::holding(&[(APPS_FILE, &long)]);
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let artifact = server.reads(".clobber/index.cjs");
    server.edits(APPS_FILE, "4001", "4002");
    let state = server.state_folder();

    let full = on_a_full_disk(&server, 0, "sync").exits(1).says("cannot write");
    assert!(full.all().contains(&*state.to_string_lossy()), "{}", full.all());
    let full = on_a_full_disk(&server, 12, "sync");
    assert!(full.code != 0 && full.all().contains(".clobber/index.cjs"), "{}", full.all());
    on_a_full_disk(&server, 0, "hook post-commit").exits(0).says("cannot write");
    let hook = on_a_full_disk(&server, 12, "hook post-commit").exits(0);
    assert!(hook.all().contains(".clobber/index.cjs"), "{}", hook.all());
    on_a_full_disk(&server, 0, "status").exits(0);

    assert_eq!(server.snapshot(), before);
    assert_eq!(server.reads(".clobber/index.cjs"), artifact);
    assert!(is_tidy(&state) && is_tidy(&server.root().join(".clobber")));
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
    server.pm2sync(&["status", "--exit-code"]).exits(0);
}

#[test]
fn a_state_folder_that_is_a_file_is_named_and_nothing_is_done() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let folder = server.state_folder();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "in the way").unwrap();
    server.edits(APPS_FILE, "4001", "4002");

    let synced = server.pm2sync(&["sync"]).exits(1);
    assert!(synced.all().contains(&*folder.to_string_lossy()), "{}", synced.all());
    let hook = server.pm2sync(&["hook", "post-commit"]).exits(0);
    assert_eq!(hook.all().lines().count(), 1, "{}", hook.all());
    server.pm2sync(&["status"]).exits(0);
    server.pm2sync(&["history"]).exits(0);
    assert_eq!(server.snapshot(), before);
    fs::remove_file(&folder).unwrap();
    server.syncs().says("replaced web");
}

#[test]
fn something_in_the_way_of_the_artifact_is_named_and_nothing_is_done() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    server.edits(APPS_FILE, "4001", "4002");
    let folder = server.root().join(".clobber");
    let put: [&dyn Fn(); 2] = [&|| fs::write(&folder, "in the way").unwrap(), &|| {
        fs::create_dir_all(folder.join("index.cjs")).unwrap();
    }];
    for in_the_way in put {
        if folder.is_dir() {
            fs::remove_dir_all(&folder).unwrap();
        } else {
            fs::remove_file(&folder).unwrap();
        }
        in_the_way();
        let synced = server.pm2sync(&["sync"]);
        assert!(synced.code != 0 && synced.all().contains(".clobber/index.cjs"), "{}", synced.all());
        let hook = server.pm2sync(&["hook", "post-commit"]).exits(0);
        assert!(hook.all().contains(".clobber/index.cjs"), "{}", hook.all());
        assert_eq!(server.snapshot(), before);
    }
    fs::remove_dir_all(&folder).unwrap();
    server.syncs().says("replaced web");
}

#[test]
fn a_pm2_home_that_cannot_be_is_named() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let file = sandbox.folder().join("file");
    fs::write(&file, "").unwrap();
    sandbox.sets("PM2_HOME", file.join("pm2"));
    server.edits(APPS_FILE, "4001", "4002");
    server.pm2sync(&["sync"]).exits(1).says("PM2's home").says("file/pm2");
    let hook = server.pm2sync(&["hook", "post-commit"]).exits(0).says("file/pm2");
    assert!(hook.all().lines().count() <= 2, "{}", hook.all());
    sandbox.unsets("PM2_HOME").sets("PM2_HOME", sandbox.pm2_home());
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("replaced web");
}

#[test]
fn damaged_files_of_the_state_cost_a_comparison_and_nothing_else() {
    let sandbox = Sandbox::with_apps();
    let server = sandbox.server();
    server.syncs();
    let before = server.snapshot();
    let state = server.state_folder();
    let whole = fs::read(state.join("synced.json")).unwrap();
    let damaged: [&[u8]; 5] = [&whole[..whole.len() / 2], b"", b"\0\0\0\0", b"\xff\xfe{", b"[1]"];
    for bytes in damaged {
        fs::write(state.join("synced.json"), bytes).unwrap();
        fs::write(state.join("pending"), bytes).unwrap();
        fs::write(state.join("events.jsonl"), bytes).unwrap();
        let mut journal = fs::read(state.join("journal.jsonl")).unwrap();
        journal.extend([bytes, b"\n"].concat());
        fs::write(state.join("journal.jsonl"), journal).unwrap();

        server.pm2sync(&["status"]).exits(0);
        let hook = server.pm2sync(&["hook", "post-commit"]).exits(0);
        assert!(!hook.all().contains("error") && !hook.all().contains("cannot"), "{}", hook.all());
        server.pm2sync(&["sync"]).exits(0);
        server.pm2sync(&["history"]).exits(0).says("pm2sync sync");
        server.pm2sync(&["hook", "post-commit"]).exits(0).says_nothing();
    }
    assert_eq!(server.snapshot(), before);
    fs::write(state.join("paused"), b"\xff").unwrap();
    server.edits(APPS_FILE, "4001", "4002");
    server.pm2sync(&["hook", "post-commit"]).exits(0).says("paused");
    server.pm2sync(&["resume"]).exits(0).says("replaced web");
}
