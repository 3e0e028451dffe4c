//! Whether someone asked to stop, by Ctrl-C or by ending the program. What is
//! in hand is finished; nothing new is begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    pub fn is_polite(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }

    /// Forgets what was asked, since it was meant for others.
    pub fn forget(&self) {
        self.requested.store(false, Ordering::Relaxed);
        self.terminated.store(false, Ordering::Relaxed);
    }

    /// What every signal sets.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.requested)
    }

    /// What the polite end sets beside it.
    pub fn polite_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.terminated)
    }
}
