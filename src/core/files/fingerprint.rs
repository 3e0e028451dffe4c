//! One digest over everything that decides the desired set: a hook compares it
//! with the last completed one and, where they are equal, has nothing to do.

use std::os::unix::ffi::OsStrExt;

use crate::core::files::digest::Digest;
use crate::core::files::sources::{Disk, SourceSet};

/// The fingerprint of these files. A file's absence is seen as well, since its
/// path is then not among them.
pub(crate) fn fingerprint(files: &SourceSet<Disk>) -> Digest {
    let parts: Vec<(&[u8], [u8; 20])> =
        files.iter().map(|(path, digest)| (path.as_os_str().as_bytes(), digest.0)).collect();
    Digest::of_parts(parts.iter().flat_map(|(path, digest)| [*path, &digest[..]]))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::fingerprint;
    use crate::core::files::digest::Digest;
    use crate::core::files::sources::{Disk, SourceSet};

    fn of(files: &[(&str, &str)]) -> Digest {
        let set: SourceSet<Disk> =
            files.iter().map(|(path, text)| (PathBuf::from(path), Digest::of(text.as_bytes()))).collect();
        fingerprint(&set)
    }

    #[test]
    fn content_path_and_absence_all_count() {
        let base = of(&[("a", "1"), ("b", "2")]);
        assert_eq!(base, of(&[("b", "2"), ("a", "1")]));
        assert_ne!(base, of(&[("a", "2"), ("b", "1")]));
        assert_ne!(base, of(&[("a", "1"), ("c", "2")]));
        assert_ne!(base, of(&[("a", "1")]));
    }
}
