//! What stands in git's hook files: our lines in them, and what the managers of
//! hooks want instead.

pub(crate) mod managers;
pub(crate) mod shim;
