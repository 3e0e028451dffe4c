//! Paths in one form, by their text alone: the disk is not read.

use std::path::{Component, Path, PathBuf};

/// A path without `.`, without doubled slashes, and with `..` taken out where that
/// is possible, as node does it: above the root there is nothing.
pub(crate) fn normalised(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match (part, result.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => _ = result.pop(),
            (part, _) => result.push(part),
        }
    }
    result
}

/// The same of a path that is text.
pub(crate) fn normalised_text(path: &str) -> String {
    normalised(Path::new(path)).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::normalised;

    #[test]
    fn two_spellings_of_one_path_are_one() {
        for (path, expected) in [
            ("./a//b/", "a/b"),
            ("a/../b/./c", "b/c"),
            ("/a/../../b", "/b"),
            ("../a/..", ".."),
            ("../../a", "../../a"),
            (".", ""),
        ] {
            assert_eq!(normalised(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
