//! Which paths a watch follows, and how it learns of changes: from the kernel, or
//! by polling where the kernel cannot report them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::core::files::sources::Selection;

/// The extensions of ClojureScript sources.
pub(crate) const CLOJURE: &[&str] = &["cljs", "cljc", "clj"];

/// Folders that are ignored, and can be vast.
const NEVER: &[&str] = &[".git", "node_modules", ".shadow-cljs"];

/// The files that decide what should run, and the folders that may hold them.
#[derive(Clone, Debug, Default)]
pub(crate) struct WatchSet {
    /// The top of the worktree.
    pub root: PathBuf,
    /// Globs of sources and inputs, relative to the root.
    pub globs: Vec<Selection>,
    /// Single files, by absolute path; what links lead to among them.
    pub files: BTreeSet<PathBuf>,
    /// Folders in which all of a compiler's sources count, by absolute path.
    pub code: Vec<PathBuf>,
    /// The folders that are watched, by absolute path.
    pub folders: BTreeSet<PathBuf>,
    /// The artifact, by absolute path, which is ignored.
    pub artifact: PathBuf,
}

impl WatchSet {
    /// Whether a change of this path may matter. A new folder does: it can hold
    /// anything.
    pub(crate) fn is_relevant(&self, path: &Path, is_folder: bool) -> bool {
        if path == self.artifact {
            return false;
        }
        if self.files.contains(path) || self.folders.contains(path) {
            return true;
        }
        let Ok(inside) = path.strip_prefix(&self.root) else { return is_folder };
        if inside.components().any(|part| NEVER.iter().any(|never| part.as_os_str() == *never)) {
            return false;
        }
        let is_code = || {
            let ends = path.extension().and_then(|extension| extension.to_str());
            ends.is_some_and(|ends| CLOJURE.contains(&ends))
                && self.code.iter().any(|folder| path.starts_with(folder))
        };
        is_folder || self.globs.iter().any(|globs| globs.matches(inside)) || is_code()
    }
}

/// Why the kernel cannot report changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The user asks for polling.
    Asked,
    /// The kernel's limit of watches or watchers is reached.
    Limit,
    /// Others change these files without this kernel's knowledge.
    Mount(&'static str),
    /// Something else.
    Other(String),
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Asked => f.write_str("`PM2SYNC_POLL` is set"),
            Self::Limit => f.write_str(
                "the kernel's limit of watches is reached; raise `sysctl fs.inotify.max_user_watches` or \
                 `max_user_instances`",
            ),
            Self::Mount(kind) => write!(f, "the kernel does not report changes on {kind}"),
            Self::Other(why) => write!(f, "the kernel cannot report changes: {why}"),
        }
    }
}

/// Why to poll, from the variable `PM2SYNC_POLL` and the kernel's number of the
/// file system, if at all.
pub(crate) fn obstacle(asked: Option<&str>, file_system: Option<u64>) -> Option<Obstacle> {
    /// The numbers are those of `statfs(2)`.
    const REMOTE: &[(u64, &str)] = &[
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x0102_1997, "9p"),
        (0x6573_5546, "FUSE"),
        (0x0187, "autofs"),
        (0x00c3_6400, "Ceph"),
        (0x786f_4256, "a shared folder of VirtualBox"),
    ];
    if asked.is_some_and(|asked| !asked.is_empty() && asked != "0") {
        return Some(Obstacle::Asked);
    }
    let kind = file_system?;
    REMOTE.iter().find(|(number, _)| *number == kind).map(|(_, name)| Obstacle::Mount(name))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Obstacle, WatchSet, obstacle};
    use crate::core::files::sources::Selection;

    #[test]
    fn only_what_decides_is_worth_a_look() {
        let watch_set = WatchSet {
            root: PathBuf::from("/w"),
            globs: vec![Selection::new(&["ecosystems/*.cljs", "shadow-cljs.edn"]).unwrap()],
            files: [PathBuf::from("/w/.env"), PathBuf::from("/elsewhere/linked.cljs")].into(),
            code: vec![PathBuf::from("/w/src")],
            folders: [PathBuf::from("/w"), PathBuf::from("/w/ecosystems")].into(),
            artifact: PathBuf::from("/w/.clobber/index.cjs"),
        };
        let is_relevant = |path: &str| watch_set.is_relevant(Path::new(path), false);
        for path in [
            "/w/ecosystems/api.cljs",
            "/w/shadow-cljs.edn",
            "/w/.env",
            "/elsewhere/linked.cljs",
            "/w/src/deep/code.cljc",
            "/w/ecosystems",
        ] {
            assert!(is_relevant(path), "{path}");
        }
        for path in [
            "/w/ecosystems/.api.cljs.swp",
            "/w/ecosystems/api.cljs~",
            "/w/ecosystems/4913",
            "/w/ecosystems/#api.cljs#",
            "/w/app.log",
            "/w/.clobber/index.cjs",
            "/w/src/node_modules/x/code.cljs",
            "/w/.shadow-cljs/builds/x.cljs",
        ] {
            assert!(!is_relevant(path), "{path}");
        }
        assert!(watch_set.is_relevant(Path::new("/w/ecosystems/new"), true));
        assert!(!watch_set.is_relevant(Path::new("/w/node_modules/new"), true));
    }

    #[test]
    fn what_the_kernel_does_not_tell_of_is_read_again_and_again() {
        const EXT4: u64 = 0xef53;
        assert_eq!(obstacle(None, Some(EXT4)), None);
        assert_eq!(obstacle(Some("0"), None), None);
        assert_eq!(obstacle(Some("1"), Some(EXT4)), Some(Obstacle::Asked));
        assert_eq!(obstacle(None, Some(0x6969)), Some(Obstacle::Mount("NFS")));
        assert!(obstacle(None, Some(0x6969)).unwrap().to_string().contains("NFS"));
        assert!(Obstacle::Limit.to_string().contains("max_user_watches"));
    }
}
