//! Maps, and through their keys sets. Up to eight keys a map keeps the order of
//! insertion; from the ninth on it is ordered by hash, and stays so.
//!
//! Each entry remembers where its key was written, so that whatever a program
//! does to a map, its options can still be found in the sources.

use crate::clojure::source::Spot;
use crate::clojure::value::equal::equal;
use crate::clojure::value::{Entry, Map, Value, hash};

/// The most keys that a map keeps in order of insertion.
const ORDERED: usize = 8;

/// A key whose place in the order of hashes is not certain: a function, an atom,
/// a JavaScript value, a fraction.
#[derive(Debug)]
pub(crate) struct Unhashable;

fn order_of(key: &Value) -> Option<u64> {
    if key.is_nil() { Some(0) } else { hash::of_value(key).map(|hash| hash::order(hash) + 1) }
}

impl Map {
    /// An empty map that is written at `spot`.
    pub(crate) fn at(spot: Option<Spot>) -> Self {
        Self { entries: Vec::new(), hashed: false, spot }
    }

    /// An empty map that is ordered by hash from the start.
    pub(crate) fn hashed() -> Self {
        Self { entries: Vec::new(), hashed: true, spot: None }
    }

    /// An empty map that keeps this one's kind, as `empty` does.
    pub(crate) fn emptied(&self) -> Self {
        Self { entries: Vec::new(), hashed: self.hashed, spot: None }
    }

    /// Whether it is ordered by hash.
    pub(crate) fn is_hashed(&self) -> bool {
        self.hashed
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    pub(crate) fn get(&self, key: &Value) -> Option<&Entry> {
        self.find(key).map(|at| &self.entries[at])
    }

    fn find(&self, key: &Value) -> Option<usize> {
        if !self.hashed {
            return self.entries.iter().position(|entry| equal(&entry.key, key));
        }
        let order = Some(order_of(key)?);
        let from = self.entries.partition_point(|entry| entry.order < order);
        self.entries[from..]
            .iter()
            .take_while(|entry| entry.order == order)
            .position(|entry| equal(&entry.key, key))
            .map(|at| from + at)
    }

    /// Puts a value; an entry that exists keeps its key, and its spot unless
    /// there is a new one.
    pub(crate) fn insert(&mut self, key: Value, value: Value, spot: Option<Spot>) -> Result<(), Unhashable> {
        self.put(key, value, spot, ORDERED)
    }

    /// The same, but never changing to the order of hashes: what literals of
    /// constants, `array-map` and JavaScript objects do.
    pub(crate) fn append(&mut self, key: Value, value: Value, spot: Option<Spot>) -> Result<(), Unhashable> {
        self.put(key, value, spot, usize::MAX)
    }

    fn put(&mut self, key: Value, value: Value, spot: Option<Spot>, limit: usize) -> Result<(), Unhashable> {
        if let Some(at) = self.find(&key) {
            let entry = &mut self.entries[at];
            entry.value = value;
            entry.spot = spot.or(entry.spot);
            return Ok(());
        }
        let order = order_of(&key);
        if !self.hashed && self.entries.len() >= limit {
            if self.entries.iter().any(|entry| entry.order.is_none()) {
                return Err(Unhashable);
            }
            self.hashed = true;
            self.entries.sort_by_key(|entry| entry.order);
        }
        if self.hashed && order.is_none() {
            return Err(Unhashable);
        }
        let entry = Entry { key, value, spot, order };
        if self.hashed {
            let at = self.entries.partition_point(|other| other.order <= order);
            self.entries.insert(at, entry);
        } else {
            self.entries.push(entry);
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: &Value) {
        if let Some(at) = self.find(key) {
            self.entries.remove(at);
        }
    }

    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Entry> + '_ {
        self.entries.drain(..)
    }
}
