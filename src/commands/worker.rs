//! `pm2sync worker`: the background sync that a hook starts. It is not for people:
//! its messages go to the hook, and its result to the journal.

use std::time::Duration;

use crate::core::failure::Failure;
use crate::engine::hooks::order::Order;
use crate::engine::hooks::worker::{Wording, work};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::human;
use crate::report::worker_message::worker_message;

/// What `worker` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do, as the hook has written it down
    order: String,
    /// How long git may be in the middle of something, in seconds
    #[arg(long, default_value_t = 3600)]
    patience: u32,
}

/// Runs the worker, without output: its streams are closed.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let order: Order = serde_json::from_str(&args.order)
        .map_err(|error| Failure::Usage(format!("this command is for hooks alone: {error}")))?;
    let patience = Duration::from_secs(args.patience.into());
    work(context, &order, patience, Wording { event: &worker_message, summary: &human::sync_summary })?;
    Ok(Exit::Done)
}
