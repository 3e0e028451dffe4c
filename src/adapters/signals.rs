//! Ctrl-C and the polite end, heard instead of obeyed: the first one asks to
//! stop after what is in hand, the second one ends the program at once. And the
//! ends of children, which a parent may have told the system to forget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGCHLD, SIGINT, SIGTERM};
use signal_hook::flag;

/// How the program ends at the second signal, as everywhere.
const INTERRUPTED: i32 = 130;

/// Whether someone asked to stop, by Ctrl-C or by ending the program. What is in
/// hand is finished; nothing new is begun.
///
/// Set once, by whoever hears the signal; read by whoever works.
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

    /// Whether it was the polite end, as service managers ask for, and no Ctrl-C.
    pub fn is_terminated(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }

    /// Forgets what was asked, since it was meant for others.
    pub fn reset(&self) {
        self.requested.store(false, Ordering::Relaxed);
        self.terminated.store(false, Ordering::Relaxed);
    }

    /// What every signal sets.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.requested)
    }

    /// What the polite end sets beside it.
    pub fn terminated_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.terminated)
    }
}

/// Listens from now on.
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

/// Lets the ends of children be known. A parent that ignores `SIGCHLD` hands that
/// on, and where it is ignored nobody can wait for a child: any handler, though it
/// does nothing, ends that.
pub fn handle_sigchld() -> Result<()> {
    let heard = flag::register(SIGCHLD, Arc::new(AtomicBool::new(false)));
    heard.map(drop).context("cannot listen for signals")
}
