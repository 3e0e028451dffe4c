//! Which files decide what should run, and whether they have changed: sources
//! on disk and in git, their digests, and what to compare between revisions.

pub(crate) mod digest;
pub(crate) mod fingerprint;
pub(crate) mod revision_range;
pub(crate) mod sources;
pub(crate) mod tracked_files;
