//! Answers the core's questions about this machine, for a workspace.

use crate::adapters::machine::answers;
use crate::core::definition::Definition;
use crate::core::pm2::effective::machine::Machine;
use crate::core::pm2::effective::questions;
use crate::engine::workspace::Workspace;

/// The answers that are needed to compute the effect of these definitions.
pub(in crate::engine) fn machine_for<'a>(
    workspace: &Workspace,
    definitions: impl Iterator<Item = &'a Definition>,
) -> Machine {
    let root = workspace.root();
    let asked: Vec<_> = definitions.flat_map(|definition| questions(definition, root)).collect();
    let environment = workspace.environment.for_apps(&workspace.settings.env.inherit);
    answers(&asked, root, environment.path())
}
