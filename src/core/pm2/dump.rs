//! Whether the running set may be saved over PM2's dump, which it brings back
//! after a reboot. A save takes all that runs, also what is not ours: so it is
//! made only where the rest is in the dump already as it runs now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::core::definition::label::Label;
use crate::core::definition::options;
use crate::core::pm2::running::{Process, Running};

/// What is right for the dump after a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saving {
    /// It is saved: nothing changes in it but our own apps.
    Save,
    /// Nobody has ever saved, so neither do we.
    NoDump,
    /// These apps run otherwise than the dump says, and not by this sync: whether
    /// that is to stay is not for us to say.
    Differs(Vec<String>),
}

/// For each process of a name, whether PM2 would start it after a reboot.
type Foreign<'a> = BTreeMap<&'a str, Vec<bool>>;

/// Holds `dump`, the content of `dump.pm2`, against what runs, as seen from the
/// workspace at `root`. An app that was taken over since, so that all of it is
/// ours now, is no longer foreign in the dump either. `removed` are the apps
/// that this sync has removed.
pub(crate) fn saving(
    dump: Option<&Value>,
    running: &Running,
    root: &Path,
    removed: &BTreeSet<&str>,
) -> Saving {
    let Some(dump) = dump else { return Saving::NoDump };
    let ours = |process: &Process| process.label.as_ref().is_some_and(|label| label.root == root);
    let mut now = Foreign::new();
    let mut taken = BTreeSet::new();
    for (name, app) in running.iter() {
        if app.processes.iter().all(ours) {
            taken.insert(name);
        }
        for process in app.processes.iter().filter(|process| !process.module && !ours(process)) {
            now.entry(name).or_default().push(is_resurrected(&process.status));
        }
    }
    let mut saved = Foreign::new();
    let mut lost = BTreeSet::new();
    for entry in dump.as_array().into_iter().flatten() {
        let Some(name) = entry.get("name").and_then(Value::as_str) else { continue };
        let label = entry.get(options::LABEL).and_then(Label::read);
        if taken.contains(name) {
            continue;
        }
        if label.is_some_and(|label| label.root == root) {
            // Ours, and not running: unless this sync has removed it, a save would lose it.
            if running.get(name).is_none() && !removed.contains(name) {
                lost.insert(name);
            }
            continue;
        }
        saved
            .entry(name)
            .or_default()
            .push(is_resurrected(entry.get("status").and_then(Value::as_str).unwrap_or("")));
    }
    for processes in now.values_mut().chain(saved.values_mut()) {
        processes.sort_unstable();
    }
    let names: BTreeSet<&str> = now.keys().chain(saved.keys()).copied().collect();
    let differing: Vec<String> = names
        .into_iter()
        .filter(|name| now.get(name) != saved.get(name))
        .chain(lost)
        .map(str::to_owned)
        .collect();
    if differing.is_empty() { Saving::Save } else { Saving::Differs(differing) }
}

/// Whether PM2 starts what it saved in this state: all but what was stopped,
/// also what had failed.
fn is_resurrected(status: &str) -> bool {
    status != "stopped"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{Saving, saving};
    use crate::core::pm2::running::Running;

    /// Entries as `name`, `name stopped`, `name ours` or `name theirs`.
    fn entries(apps: &[&str]) -> Vec<Value> {
        let label = |root: &str| json!({"v": 1, "root": root, "definition": {"name": "x", "script": "x.js"}});
        let entry = |app: &&str| {
            let mut words = app.split(' ');
            let mut entry = json!({"name": words.next().unwrap(), "status": "online"});
            for word in words {
                match word {
                    "ours" => entry["env_pm2sync"] = label("/w"),
                    "theirs" => entry["env_pm2sync"] = label("/other"),
                    "module" => entry["pmx_module"] = true.into(),
                    status => entry["status"] = status.into(),
                }
            }
            entry
        };
        apps.iter().map(entry).collect()
    }

    /// After a sync that has removed every app that does not run any more.
    fn decide(dump: &[&str], running: &[&str]) -> Saving {
        let removed = dump.iter().map(|entry| entry.split(' ').next().unwrap_or_default()).collect();
        decide_after(dump, running, &removed)
    }

    fn decide_after(dump: &[&str], running: &[&str], removed: &BTreeSet<&str>) -> Saving {
        let listed = entries(running).into_iter().enumerate();
        let listed = listed.map(|(id, env)| json!({"name": env["name"], "pm_id": id, "pm2_env": env}));
        let dump = Value::Array(entries(dump));
        saving(Some(&dump), &Running::parse(&listed.collect()), Path::new("/w"), removed)
    }

    fn differs(names: &[&str]) -> Saving {
        Saving::Differs(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn our_own_apps_may_come_go_and_change() {
        assert_eq!(decide(&["a ours", "b ours"], &["b ours stopped", "c ours"]), Saving::Save);
        assert_eq!(decide(&["a ours"], &[]), Saving::Save);
        assert_eq!(decide(&[], &[]), Saving::Save);
    }

    #[test]
    fn an_app_of_ours_that_does_not_run_and_was_not_removed_is_not_lost() {
        let removed = BTreeSet::from(["b"]);
        assert_eq!(decide_after(&["a ours", "b ours"], &["c ours"], &removed), differs(&["a"]));
    }

    #[test]
    fn what_is_not_ours_must_be_there_as_it_runs() {
        assert_eq!(
            decide(&["f", "g errored", "h stopped"], &["g", "f launching", "h stopped", "a ours"]),
            Saving::Save
        );
        assert_eq!(decide(&["f"], &["f stopped"]), differs(&["f"]));
        assert_eq!(decide(&["f", "gone"], &["f", "new"]), differs(&["gone", "new"]));
        assert_eq!(decide(&["f", "f"], &["f"]), differs(&["f"]));
        assert_eq!(decide(&["f", "f stopped"], &["f stopped", "f"]), Saving::Save);
    }

    #[test]
    fn another_workspaces_apps_are_foreign() {
        assert_eq!(decide(&["a theirs"], &["a theirs"]), Saving::Save);
        assert_eq!(decide(&["a theirs"], &[]), differs(&["a"]));
    }

    #[test]
    fn an_app_that_was_taken_over_is_no_longer_foreign() {
        assert_eq!(decide(&["a"], &["a ours"]), Saving::Save);
        assert_eq!(decide(&["a ours"], &["a"]), differs(&["a"]));
    }

    #[test]
    fn modules_are_no_apps_and_without_a_dump_nothing_is_saved() {
        assert_eq!(decide(&[], &["pm2-logrotate module"]), Saving::Save);
        assert_eq!(saving(None, &Running::default(), Path::new("/w"), &BTreeSet::new()), Saving::NoDump);
    }
}
