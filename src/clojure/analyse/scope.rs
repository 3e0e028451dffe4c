//! Locals: which slot of a function's frame holds which name, and what a
//! function takes along from the functions around it.

use std::collections::HashMap;

use crate::clojure::machine::node::Slot;

/// The functions that are being analysed, outermost first.
#[derive(Default)]
pub(crate) struct Scopes {
    levels: Vec<Level>,
}

/// One function; its arities share what it captures.
#[derive(Default)]
struct Level {
    captures: Vec<Slot>,
    arity: ArityScope,
}

/// One arity: a frame of its own.
#[derive(Default)]
pub(crate) struct ArityScope {
    locals: Vec<(String, Slot)>,
    captured: HashMap<String, Slot>,
    /// Where captured values go: index in the captures, and slot.
    pub(crate) loads: Vec<(usize, Slot)>,
    pub(crate) size: usize,
    /// The slots that `recur` sets here.
    pub(crate) recur: Option<Vec<Slot>>,
}

impl Scopes {
    pub(crate) fn enter_function(&mut self) {
        self.levels.push(Level::default());
    }

    /// Ends a function; the slots around it that it takes along.
    pub(crate) fn leave_function(&mut self) -> Vec<Slot> {
        self.levels.pop().map(|level| level.captures).unwrap_or_default()
    }

    /// Starts an arity of the innermost function, and returns the one before.
    pub(crate) fn start_arity(&mut self) -> ArityScope {
        self.levels.last_mut().map(|level| std::mem::take(&mut level.arity)).unwrap_or_default()
    }

    fn arity(&mut self) -> Option<&mut ArityScope> {
        self.levels.last_mut().map(|level| &mut level.arity)
    }

    /// A new local of the innermost function.
    pub(crate) fn add(&mut self, name: &str) -> Slot {
        let Some(arity) = self.arity() else { return 0 };
        let slot = arity.size;
        arity.size += 1;
        arity.locals.push((name.to_owned(), slot));
        slot
    }

    /// How many locals are in scope, to come back to.
    pub(crate) fn mark(&self) -> usize {
        self.levels.last().map_or(0, |level| level.arity.locals.len())
    }

    /// Forgets the locals since `mark`.
    pub(crate) fn reset(&mut self, mark: usize) {
        if let Some(arity) = self.arity() {
            arity.locals.truncate(mark);
        }
    }

    /// Sets what `recur` goes to, and returns what it was.
    pub(crate) fn set_recur(&mut self, target: Option<Vec<Slot>>) -> Option<Vec<Slot>> {
        self.arity().and_then(|arity| std::mem::replace(&mut arity.recur, target))
    }

    pub(crate) fn recur(&self) -> Option<&Vec<Slot>> {
        self.levels.last().and_then(|level| level.arity.recur.as_ref())
    }

    /// The slot of a name in the innermost function, captured if need be.
    pub(crate) fn find(&mut self, name: &str) -> Option<Slot> {
        let level = self.levels.len().checked_sub(1)?;
        self.find_in(level, name)
    }

    fn find_in(&mut self, level: usize, name: &str) -> Option<Slot> {
        let arity = &self.levels[level].arity;
        let own = arity.locals.iter().rev().find(|(local, _)| local == name).map(|(_, slot)| *slot);
        if let Some(slot) = own.or_else(|| arity.captured.get(name).copied()) {
            return Some(slot);
        }
        let outer = self.find_in(level.checked_sub(1)?, name)?;
        let Level { captures, arity } = &mut self.levels[level];
        let index = captures.iter().position(|&slot| slot == outer).unwrap_or_else(|| {
            captures.push(outer);
            captures.len() - 1
        });
        let slot = arity.size;
        arity.size += 1;
        arity.loads.push((index, slot));
        arity.captured.insert(name.to_owned(), slot);
        Some(slot)
    }
}
