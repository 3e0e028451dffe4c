//! The adapters against the real thing: real processes, real node, real PM2.

mod agent;
mod daemon;
mod home;
mod loader;
mod process;
mod rpc;
