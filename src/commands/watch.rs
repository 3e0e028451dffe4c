//! `pm2sync watch`: syncs whenever a definition is edited, until it is stopped.

use std::time::Duration;

use crate::core::failure::Failure;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::Outcome;
use crate::core::watch::watch_event::WatchEvent;
use crate::engine::apply::health_watch::last_lines;
use crate::engine::watch::state::Options;
use crate::engine::watch::watch;
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::Report;
use crate::report::watch::Watching;

/// What `watch` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long it has to be quiet after a change, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    debounce: u64,
    /// Compare what runs every S seconds, and put right what someone changed by hand
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    drift: Option<u64>,
}

/// Watches until a signal asks it to stop. The exit code is 0 after SIGTERM, as
/// service managers expect, and 130 after SIGINT.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let options =
        Options { quiet: Duration::from_millis(args.debounce), drift: args.drift.map(Duration::from_secs) };
    let mut watching = Watching::new(report);
    watch(context, options, &mut |watched| {
        watching.show(&watched, report);
        if let WatchEvent::Event(Event::Acted(Outcome { log: Some(log), .. })) = &watched {
            watching.log(&last_lines(log), report);
        }
    })?;
    report.clear_transient();
    Ok(if context.interrupt.is_terminated() { Exit::Done } else { Exit::Interrupted })
}
