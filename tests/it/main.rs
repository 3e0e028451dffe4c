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

mod adapters;
mod architecture;
mod check;
mod cli;
mod clojure;
mod definitions;
mod documents;
mod hooks;
mod pm2;
mod readme;
mod sync;
mod watch;
