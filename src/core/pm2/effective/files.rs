//! The files that PM2 writes for an app: logs and the process id. Where several
//! processes do not share them, PM2 puts the id of each into the name, so names
//! are compared without it.

use std::path::{Path, PathBuf};

use crate::core::definition::Definition;
use crate::core::definition::app_name::log_name;
use crate::text::paths::normalised;

/// A file that PM2 writes, as far as the definition decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// This one.
    At(PathBuf),
    /// One of this name, in a folder of PM2's or of the user's.
    Named(String),
}

impl Written {
    /// Whether PM2's file is the one that is meant.
    pub(crate) fn is(&self, shown: &Path) -> bool {
        let file = |path: &Path| without_id(path.file_name().map(|name| name.to_string_lossy()).as_deref());
        match self {
            Self::At(path) => path.parent() == shown.parent() && file(path) == file(shown),
            Self::Named(name) => without_id(Some(name)) == file(shown),
        }
    }

    /// As it is shown to people.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::At(path) => path.clone(),
            Self::Named(name) => PathBuf::from(name),
        }
    }
}

/// What PM2 writes for the definition whose directory is `cwd`.
pub(in crate::core) fn written(definition: &Definition, cwd: &Path) -> Vec<(&'static str, Written)> {
    let name = log_name(definition.name());
    let files = [
        ("out_file", Some(format!("{name}-out.log"))),
        ("error_file", Some(format!("{name}-error.log"))),
        ("log_file", (definition.flag("log_file") == Some(true)).then(|| format!("{name}.log"))),
        ("pid_file", Some(format!("{name}.pid"))),
    ];
    let written = |(option, otherwise): (&'static str, Option<String>)| {
        let written = match definition.text(option) {
            Some("NULL" | "/dev/null") => Written::At(PathBuf::from("/dev/null")),
            Some(path) if path.starts_with('~') => Written::Named(path.rsplit('/').next()?.to_owned()),
            Some(path) => Written::At(normalised(&cwd.join(path))),
            None => Written::Named(otherwise?),
        };
        Some((option, written))
    };
    files.into_iter().filter_map(written).collect()
}

/// `web-out-3.log` as `web-out.log`, in the way PM2 puts the number there.
fn without_id(name: Option<&str>) -> String {
    let name = name.unwrap_or_default();
    let Some((stem, ending)) = name.rsplit_once('.') else { return name.to_owned() };
    if !matches!(ending, "log" | "pid") {
        return name.to_owned();
    }
    let plain = match stem.rsplit_once('-') {
        Some((plain, id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => stem,
    };
    format!("{plain}.{ending}")
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::Written;

    #[test]
    fn the_id_of_a_process_in_the_name_is_no_difference() {
        let file = Written::At(PathBuf::from("/w/logs/out.log"));
        assert!(file.is(Path::new("/w/logs/out.log")) && file.is(Path::new("/w/logs/out-12.log")));
        assert!(!file.is(Path::new("/w/out.log")) && !file.is(Path::new("/w/logs/other.log")));
        assert!(Written::Named("web-1.log".to_owned()).is(Path::new("/p/logs/web-7.log")));
        assert!(!Written::Named("web.txt".to_owned()).is(Path::new("/p/logs/web-7.txt")));
    }
}
