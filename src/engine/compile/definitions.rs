//! What a compile comes to, and what it may do on the way.

use serde_json::Value;

use crate::core::definition::desired::Desired;
use crate::core::settings::Compiler;
use crate::core::sync::state::CompiledState;

/// What the sources come to.
#[derive(Debug)]
pub struct Definitions {
    /// The value that the artifact exports.
    pub exports: Value,
    /// The desired set that this is.
    pub desired: Desired,
    /// What to remember of the compile.
    pub compiled: CompiledState,
    /// Who compiled.
    pub compiler: Compiler,
}

/// What a compile may do to the artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArtifactAccess {
    /// Write it, where it differs.
    Write,
    /// Leave it as it was, even where a command has to write it on the way.
    Spare,
    /// Neither compile nor write what a command would have to: take what is there.
    AsItIs,
}
