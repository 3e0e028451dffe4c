//! The result of a compile, and what it may do to the artifact.

use serde_json::Value;

use crate::core::definition::desired::Desired;
use crate::core::settings::Compiler;
use crate::core::sync::state::CompiledState;

/// The result of a compile.
#[derive(Debug)]
pub(crate) struct Definitions {
    /// The value that the artifact exports.
    pub exports: Value,
    /// The desired set.
    pub desired: Desired,
    /// What to remember of the compile.
    pub compiled: CompiledState,
    /// The compiler.
    pub compiler: Compiler,
}

/// What a compile may do to the artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArtifactAccess {
    /// Write it, where it differs.
    Write,
    /// Leave it unchanged: one that a command had to write is restored.
    Spare,
    /// Run no command: load the artifact that exists.
    AsItIs,
}
