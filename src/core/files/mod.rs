//! Which files decide what should run, and whether they have changed: sources
//! on disk and in git, their digests, and what to compare between revisions.

pub mod digest;
pub mod fingerprint;
pub mod revision_range;
pub mod sources;
pub mod tracked_files;
