//! The end-to-end tests: real git, real PM2, real node, in sandboxes of their own.
//!
//! Each test is a sentence about what a user sees. What it needs for that is in
//! `support`; the processes it asks about are read from PM2 and from `/proc`,
//! never from pm2sync itself.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy exempts test functions only; what their helpers need must be there, or the test has failed"
)]

mod support;

mod apps;
mod architecture;
mod branches;
mod canonical_form;
mod compile;
mod concurrency;
mod crash;
mod cut_off;
mod daemon;
mod damage;
mod doctor;
mod documents;
mod drift;
mod environment;
mod every_git;
mod failures;
mod fields;
mod guard;
mod health;
mod hook_files;
mod hooks;
mod idle;
mod interrupt;
mod machines;
mod managers;
mod named_environments;
mod odd_repositories;
mod order;
mod output;
mod ownership;
mod pausing;
mod plain_entries;
mod pull;
mod readme;
mod regressions;
mod removal;
mod revisions;
mod saving;
mod secrets;
mod settings;
mod shadow_cljs;
mod shared_definitions;
mod show_env;
mod stopped;
mod survivors;
mod validation;
mod versions;
mod watch;
mod watch_troubles;
mod watch_under_pm2;
mod worker;
