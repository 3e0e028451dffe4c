//! A bug of pm2sync itself: a panic. Its place is reported; its message is not,
//! since that may quote a value of a variable.

use std::fmt;
use std::panic::Location;

/// Where a panic began, if that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bug(Option<String>);

impl Bug {
    /// The bug at this place of the source.
    pub fn at(place: &Location<'_>) -> Self {
        Self(Some(format!("{}:{}:{}", shown(place.file()), place.line(), place.column())))
    }
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(place) => write!(f, "internal error at {place}; this is a bug"),
            None => f.write_str("internal error; this is a bug"),
        }
    }
}

/// A file of the source, without the folder in which the program was built.
fn shown(file: &str) -> &str {
    let inside = if file.starts_with('/') { file.rfind("/src/") } else { None };
    inside.and_then(|at| file[..at].rfind('/')).map_or(file, |at| &file[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::{Bug, shown};

    #[test]
    fn a_bug_is_reported_by_its_place_in_the_source() {
        assert_eq!(shown("src/engine/sync.rs"), "src/engine/sync.rs");
        assert_eq!(shown("/home/me/.cargo/registry/src/index/toml-1.2.1/src/de.rs"), "toml-1.2.1/src/de.rs");
        assert_eq!(shown("/rustc/0123/library/std/src/thread/scoped.rs"), "std/src/thread/scoped.rs");
        assert_eq!(Bug::default().to_string(), "internal error; this is a bug");
    }
}
