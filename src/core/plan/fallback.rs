//! What can be put back where a new definition fails: the old one, if it ran well.

use std::collections::BTreeMap;
use std::path::Path;

use crate::core::definition::Definition;
use crate::core::plan::{Plan, Planned};
use crate::core::pm2::health::{self, Health};
use crate::core::pm2::running::{Owner, Running};

/// The old definitions, as their labels say, of what a plan starts another
/// definition for.
pub(crate) fn fallbacks<'p>(
    plan: &'p Plan,
    running: &'p Running,
    root: &Path,
) -> BTreeMap<&'p str, &'p Definition> {
    let starting = plan.actions.iter().filter(|planned| planned.action.runs());
    let fallback = |planned: &'p Planned| {
        let old = ran_well(running, &planned.app, root)?;
        (planned.action.definition() != Some(old)).then_some((planned.app.as_str(), old))
    };
    starting.filter_map(fallback).collect()
}

fn ran_well<'r>(running: &'r Running, app: &str, root: &Path) -> Option<&'r Definition> {
    let before = running.get(app)?;
    let Owner::Us(label) = before.owner(root) else { return None };
    let old = &label.definition;
    let stood = health::standing(old, before, health::proof(old), running.seen());
    (stood == Health::Healthy).then_some(old)
}
