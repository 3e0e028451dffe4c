//! pm2sync keeps a PM2 daemon's running set equal to the definitions in a git
//! repository. This crate is the whole program; `main` only starts and ends it.
//!
//! Data goes down one line: a trigger, the fingerprint of the files, the
//! artifact, the desired set, the plan, its outcome, the report. `core`,
//! `clojure` and `text` are pure; `adapters` touch one outside thing each;
//! `engine` is where they meet; only `report` prints.

pub mod adapters;
pub mod cli;
pub mod clojure;
pub(crate) mod commands;
pub mod core;
pub mod engine;
pub(crate) mod exit;
pub(crate) mod lint;
pub mod report;
pub(crate) mod text;
