//! What PM2 runs, and what it makes of a definition: its list, its dump, how
//! an app stands, and how that differs from what is defined.

pub(crate) mod drift;
pub(crate) mod dump;
pub(crate) mod effective;
pub(crate) mod health;
pub(crate) mod inherited;
pub(crate) mod running;
