//! SIGINT, SIGTERM and SIGCHLD. The first SIGINT or SIGTERM asks to stop after the
//! current action, the second one ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGCHLD, SIGINT, SIGTERM};
use signal_hook::flag;

/// How the program ends at the second signal, as everywhere.
const INTERRUPTED: i32 = 130;

/// Whether SIGINT or SIGTERM asked to stop. The current action is finished, and no
/// other is started.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Interrupt {
    /// Whether to stop.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// Whether it was SIGTERM, as service managers send it.
    pub fn is_terminated(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }

    /// Forgets a signal that was meant for another process.
    pub fn reset(&self) {
        self.requested.store(false, Ordering::Relaxed);
        self.terminated.store(false, Ordering::Relaxed);
    }

    /// The flag that both signals set.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.requested)
    }

    /// The flag that SIGTERM also sets.
    pub fn terminated_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.terminated)
    }
}

/// Handles SIGINT and SIGTERM from now on.
pub fn listen_for_signals() -> Result<Interrupt> {
    let interrupt = Interrupt::default();
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag not yet set.
        flag::register_conditional_shutdown(signal, INTERRUPTED, interrupt.flag())
            .and_then(|_| flag::register(signal, interrupt.flag()))
            .context("cannot listen for signals")?;
    }
    flag::register(SIGTERM, interrupt.terminated_flag()).context("cannot listen for signals")?;
    Ok(interrupt)
}

/// Handles SIGCHLD, with a handler that does nothing. A parent that ignores SIGCHLD
/// passes that on, and while it is ignored no child can be waited for.
pub fn handle_sigchld() -> Result<()> {
    let heard = flag::register(SIGCHLD, Arc::new(AtomicBool::new(false)));
    heard.map(drop).context("cannot listen for signals")
}
