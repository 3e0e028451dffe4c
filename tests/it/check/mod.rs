//! `pm2sync check` from end to end: real git repositories in temporary
//! folders, and the program as users run it.

mod fix;
mod formats;
mod hook;
mod read;
mod rules;
mod sandbox;
