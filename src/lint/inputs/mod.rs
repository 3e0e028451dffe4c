//! What rules read: the project, its documents and sources, and what the
//! sources come to.

pub mod allow_comments;
pub mod app;
pub mod document;
pub mod ecosystem;
pub mod legacy;
mod literal;
pub mod project;
pub mod source;
