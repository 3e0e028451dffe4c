//! JavaScript's plain objects.

use std::rc::Rc;

use crate::clojure::source::Spot;
use crate::clojure::value::{Map, Object, Value};

/// Name and value of a property, and where it is written.
pub(crate) type Property = (Rc<str>, Value, Option<Spot>);

impl Value {
    /// An object written at `spot`, with its properties in JavaScript's order: those
    /// that are array indexes first, ascending; then as they were added, each once.
    pub(crate) fn object(mut properties: Vec<Property>, spot: Option<Spot>) -> Self {
        properties.sort_by_key(|(name, _, _)| index(name).unwrap_or(u32::MAX));
        let mut entries = Map::at(spot);
        for (name, value, spot) in properties {
            // Strings can always be hashed.
            let _ = entries.append(Self::String(name), value, spot);
        }
        Self::Object(Rc::new(Object { entries }))
    }
}

/// The array index that a name is.
fn index(name: &str) -> Option<u32> {
    let canonical = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    name.parse().ok().filter(|&at| canonical && at < u32::MAX)
}
