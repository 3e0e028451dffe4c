//! Writing the rows of the library's tables.

use crate::clojure::machine::state::{Native, Run};

/// A row for a function of exactly `count` arguments.
pub(crate) const fn exact(name: &'static str, count: usize, run: Run) -> Native {
    Native { name, least: count, most: Some(count), run }
}

/// A row for a function of `least` to `most` arguments.
pub(crate) const fn ranged(name: &'static str, least: usize, most: usize, run: Run) -> Native {
    Native { name, least, most: Some(most), run }
}

/// A row for a function of `least` arguments or more.
pub(crate) const fn variadic(name: &'static str, least: usize, run: Run) -> Native {
    Native { name, least, most: None, run }
}
