//! What rules read: the project, its documents and sources, and what the
//! sources come to.

pub(crate) mod allow_comments;
pub(crate) mod app;
pub(crate) mod document;
pub(crate) mod ecosystem;
pub(crate) mod legacy;
mod literal;
pub(crate) mod project;
pub(crate) mod source;
