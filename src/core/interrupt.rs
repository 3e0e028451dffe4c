//! Whether someone asked to stop, by Ctrl-C or by ending the program. What is
//! in hand is finished; nothing new is begun.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, by whoever hears the signal; read by whoever works.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Whether to stop.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Forgets what was asked, since it was meant for others.
    pub fn forget(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// What the signal sets.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}
