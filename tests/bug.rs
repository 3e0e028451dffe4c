//! A panic in the middle of a sync, made by a listener that panics: the hook,
//! the journal and the next command tell of it, the change stays pending, and
//! what the panic says is told by none of them. A binary of its own, since what
//! becomes of a panic is decided for a whole process.

#![expect(clippy::unwrap_used, reason = "what a test needs must be there, or it has failed")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use git2::Repository;
use pm2sync::adapters::bugs::Bugs;
use pm2sync::adapters::signals::Interrupt;
use pm2sync::core::settings::environment::Environment;
use pm2sync::core::sync::state::State;
use pm2sync::core::sync::trigger::Trigger;
use pm2sync::core::sync::worker_message::{WorkerMessage, summary_of};
use pm2sync::engine::hooks::order::Order;
use pm2sync::engine::hooks::worker::{Wording, work};
use pm2sync::engine::workspace::{Context, Workspace};
use pm2sync::report::bug;

const DEFINITIONS: &str =
    "(ns apps (:require [clobber.macro :refer [defapp]]))\n(defapp \"web\" {:script \"app.js\"})\n";

/// A workspace where someone has synced before; no PM2 is come to.
fn enrolled(root: &Path) -> (Context, Workspace) {
    Repository::init(root).unwrap();
    fs::create_dir(root.join("ecosystems")).unwrap();
    fs::write(root.join("ecosystems/apps.cljs"), DEFINITIONS).unwrap();
    let home = root.join("home");
    let bugs = Bugs::default();
    let noted = bugs.clone();
    bug::install_panic_hook(move |bug| noted.note(bug));
    let context = Context {
        directory: root.to_owned(),
        environment: [("HOME".into(), home.into())].into_iter().collect::<Environment>(),
        program: "pm2sync".into(),
        interrupt: Interrupt::default(),
        bugs,
    };
    let workspace = Workspace::open(&context).unwrap();
    workspace.state.save(&State::default()).unwrap();
    (context, workspace)
}

#[test]
fn a_panic_in_a_worker_is_told_by_its_place_and_the_change_stays_pending() {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let (context, workspace) = enrolled(folder.path());
    workspace.state.mark_pending().unwrap();
    let order = Order { trigger: Trigger::named("git pull") };
    let panics = |_: &_| panic!("a s3cret");

    work(&context, &order, Duration::ZERO, Wording { event: &panics, summary: &|_| String::new() }).unwrap();

    let expected = format!("internal error at {}:", file!());
    let said = workspace.state.feed_messages().unwrap();
    let failed = said.iter().find_map(|word| match word {
        WorkerMessage::Failed(text) => Some(text.as_str()),
        _ => None,
    });
    assert!(failed.is_some_and(|text| text.starts_with(&expected) && text.ends_with("; this is a bug")));
    let told = summary_of(&said).unwrap();
    assert!(told.contains("git pull, in the background until") && told.contains(&expected), "{told}");
    let journal = workspace.state.journal().unwrap();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0].failure.as_deref(), failed);
    assert!(workspace.state.pending().unwrap().is_some());
    assert!(!format!("{said:?}{journal:?}").contains("s3cret"));
    // Whoever comes next finds every lock free.
    assert!(workspace.state.lock_worker().unwrap().is_some());
}
