//! What PM2 runs, and what it makes of a definition: its list, its dump, how
//! an app stands, and how that differs from what is defined.

pub mod drift;
pub mod dump;
pub mod effective;
pub mod health;
pub mod inherited;
pub mod running;
