//! Files: the source set on disk, digests of their bytes, and writes that
//! happen whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::core::files::digest::Digest;
use crate::core::files::sources::{Disk, Selection, SourceSet};

/// The text of a file, nothing where there is none.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>> {
    match read_bytes(path)? {
        None => Ok(None),
        Some(bytes) => {
            let text = String::from_utf8(bytes);
            text.map(Some).with_context(|| format!("cannot read `{}` as UTF-8 text", path.display()))
        }
    }
}

/// The text of a file that a crash may have damaged: invalid UTF-8 is replaced.
/// Nothing where there is no file.
pub(crate) fn read_lossy(path: &Path) -> Result<Option<String>> {
    Ok(read_bytes(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The bytes of a file, nothing where there is none.
pub(crate) fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// A file of variables, `NAME=value` to a line; none where there is no file.
/// Fails with the place of the first line that is malformed.
pub(crate) fn read_variables(path: &Path) -> Result<BTreeMap<String, String>> {
    read_bytes(path)?.map_or_else(|| Ok(BTreeMap::new()), |bytes| variables(path, &bytes))
}

/// The variables of such a file's bytes; `path` is for messages.
pub(crate) fn variables(path: &Path, bytes: &[u8]) -> Result<BTreeMap<String, String>> {
    let unreadable = || format!("cannot read `{}` as UTF-8 text", path.display());
    let text = std::str::from_utf8(bytes).with_context(unreadable)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parse = |text: &str| dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>();
    parse(text).map_err(|_| {
        // The parser's own message quotes the line, which may hold a secret, and
        // does not number it: the wrong one follows the longest part that can be read.
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let readable = |count: &usize| parse(&lines[..*count].concat()).is_ok();
        let line = (0..lines.len()).rev().find(readable).unwrap_or_default() + 1;
        anyhow::anyhow!("{}:{line}: this line is not `NAME=value`; quote values with spaces", path.display())
    })
}

/// The digest of a file's bytes, nothing where there is no file.
pub(crate) fn digest(path: &Path) -> Result<Option<Digest>> {
    Ok(read_bytes(path)?.map(|bytes| Digest::of(&bytes)))
}

/// The entries of a folder; none where it does not exist.
pub(crate) fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// How long a file is, in bytes; `0` where there is none.
pub(crate) fn length(path: &Path) -> u64 {
    path.metadata().map(|found| found.len()).unwrap_or_default()
}

/// The end of a file from byte `from` on, but no more than its last `most`
/// bytes; invalid UTF-8 is replaced.
pub(crate) fn read_from(path: &Path, from: u64, most: u64) -> Result<String> {
    let cannot = || format!("cannot read `{}`", path.display());
    let mut file = File::open(path).with_context(cannot)?;
    let length = file.metadata().with_context(cannot)?.len();
    // A log that was emptied meanwhile is read from its beginning.
    let from = if from > length { 0 } else { from };
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(most)))).with_context(cannot)?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Folders that never hold sources, and can be vast.
const SKIPPED: &[&str] = &[".git", "node_modules"];

/// As many links as the system follows.
const MOST_LINKS: usize = 40;

/// The files under `root` that are meant, with the digests of their bytes.
pub(crate) fn disk_sources(root: &Path, selection: &Selection) -> Result<SourceSet<Disk>> {
    let mut found = Vec::new();
    for start in selection.roots() {
        walk(root, &start.path, start.depth, &|path| selection.matches(path), &mut found)?;
    }
    Ok(found.into_iter().collect())
}

/// Every file below a folder whose name ends in one of the extensions.
pub(crate) fn files_with_extension(
    root: &Path,
    folder: &Path,
    extensions: &[&str],
) -> Result<SourceSet<Disk>> {
    let wanted = |path: &Path| {
        path.extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| extensions.contains(&extension))
    };
    let mut found = Vec::new();
    walk(root, folder, None, &wanted, &mut found)?;
    Ok(found.into_iter().collect())
}

/// Every folder from `path` on that can hold a meant file, as `disk_sources` walks them.
pub(crate) fn folders_below(path: &Path, depth: Option<usize>) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut found = vec![path.to_owned()];
    if depth.is_some_and(|depth| depth < 2) {
        return found;
    }
    for entry in entries.flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !SKIPPED.iter().any(|name| entry.file_name() == *name) {
            found.extend(folders_below(&entry.path(), depth.map(|depth| depth - 1)));
        }
    }
    found
}

fn walk(
    root: &Path,
    path: &Path,
    depth: Option<usize>,
    wanted: &dyn Fn(&Path) -> bool,
    found: &mut Vec<(PathBuf, Digest)>,
) -> Result<()> {
    let absolute = root.join(path);
    let entries = match fs::read_dir(&absolute) {
        Ok(_) if depth == Some(0) => return Ok(()),
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            if let Some(digest) = digest(&absolute)?.filter(|_| wanted(path)) {
                found.push((path.to_owned(), digest));
            }
            return Ok(());
        }
        Err(error) if is_absence(&error) => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read the folder `{}`", absolute.display()));
        }
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read the folder `{}`", absolute.display()))?;
        let path = path.join(entry.file_name());
        let kind = entry.file_type().with_context(|| format!("cannot read `{}`", path.display()))?;
        if kind.is_dir() && SKIPPED.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        // A linked folder is not entered, as git does not: links can lead in circles.
        if kind.is_dir() {
            walk(root, &path, depth.map(|depth| depth - 1), wanted, found)?;
        } else if wanted(&path)
            && !is_other_than_a_file(&root.join(&path))
            && let Some(digest) = digest(&root.join(&path))?
        {
            found.push((path, digest));
        }
    }
    Ok(())
}

/// Whether the path is something other than a file: a folder behind a link, or a
/// pipe, whose reader would wait forever.
fn is_other_than_a_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file())
}

/// Writes a file by one rename, with these permissions, so that a reader sees
/// the old bytes or the new ones. Its folder is created where it does not exist.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let cannot = || format!("cannot write `{}`", path.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    let mut file = tempfile::Builder::new()
        .prefix(".pm2sync-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)
        .with_context(cannot)?;
    file.write_all(bytes).with_context(cannot)?;
    // The umask may have narrowed what was asked for.
    file.as_file().set_permissions(Permissions::from_mode(mode)).with_context(cannot)?;
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}

/// Creates a folder with these permissions, whatever the umask; an existing one is
/// left as it is.
pub(crate) fn make_folder(path: &Path, mode: u32) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let done =
        fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)));
    done.with_context(|| format!("cannot make the folder `{}`", path.display()))
}

/// Whether files can be created in a folder, or the folder in its nearest existing
/// ancestor.
pub(crate) fn can_be_written(folder: &Path) -> Result<()> {
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    let made = tempfile::tempfile_in(there);
    made.map(drop).with_context(|| format!("cannot write in `{}`", there.display()))
}

/// The path without links, where it exists.
pub(crate) fn real_path(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// Every link in a path and its final target, each by its own path without links.
/// The target need not exist.
pub(crate) fn link_chain(path: &Path) -> Vec<PathBuf> {
    let parts = |path: &Path| -> Vec<PathBuf> {
        path.components().rev().map(|part| PathBuf::from(part.as_os_str())).collect()
    };
    let (mut chain, mut here, mut rest) = (Vec::new(), PathBuf::new(), parts(path));
    while let Some(part) = rest.pop() {
        if part.as_os_str() == ".." {
            here.pop();
            continue;
        }
        // The root takes the place of all before it.
        here.push(part);
        if let Ok(target) = fs::read_link(&here)
            && chain.len() < MOST_LINKS
        {
            chain.push(here.clone());
            here.pop();
            rest.extend(parts(&target));
        }
    }
    chain.push(here);
    chain
}

/// Adds bytes at the end of a file, which is made where there is none.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Result<()> {
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    let written = opened.and_then(|mut file| file.write_all(bytes));
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

/// Deletes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absence(&error) => {
            Err(error).with_context(|| format!("cannot delete `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

/// Renames a file.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot rename `{}` to `{}`", from.display(), to.display()))
}

/// The permission bits of a regular file that is not a link, else nothing.
pub(crate) fn mode_of_plain_file(path: &Path) -> Option<u32> {
    let found = fs::symlink_metadata(path).ok()?;
    found.is_file().then(|| found.permissions().mode() & 0o7777)
}

/// Whether anything, even a broken link, exists at the path.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::{disk_sources, link_chain, read_variables, write_whole};
    use crate::core::files::sources::Selection;

    #[test]
    fn only_meant_files_are_in_the_set() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::create_dir_all(path("ecosystems/inactive")).unwrap();
        fs::create_dir_all(path("shared")).unwrap();
        for name in ["ecosystems/a.cljs", "ecosystems/b.txt", "ecosystems/inactive/c.cljs", "shared/d.cljs"] {
            fs::write(path(name), name).unwrap();
        }
        symlink("../shared", path("ecosystems/linked")).unwrap();
        // Reading it would never end, and git cannot track it.
        mknodat(CWD, path("ecosystems/pipe.cljs"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        let names = |globs: &[&str]| -> Vec<String> {
            let set = disk_sources(root.path(), &Selection::new(globs).unwrap()).unwrap();
            set.iter().map(|(path, _)| path.display().to_string()).collect()
        };
        assert_eq!(names(&["ecosystems/*.cljs", "gone/*.x"]), ["ecosystems/a.cljs"]);
        assert_eq!(names(&["ecosystems/**/*.cljs"]), ["ecosystems/a.cljs", "ecosystems/inactive/c.cljs"]);
        assert_eq!(names(&["shared/d.cljs"]), ["shared/d.cljs"]);
    }

    #[test]
    fn a_write_is_whole_and_private_where_asked() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new/x");
        write_whole(&path, b"1", 0o600).unwrap();
        write_whole(&path, b"2", 0o600).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn the_link_chain_of_a_file_is_every_link_and_its_target() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().canonicalize().unwrap().join(name);
        fs::create_dir_all(path("releases/1")).unwrap();
        symlink("releases/1", path("current")).unwrap();
        symlink("../current/a", path("releases/a")).unwrap();
        symlink("circle", path("circle")).unwrap();
        assert_eq!(link_chain(&path("releases/1/../b")), [path("releases/b")]);
        let ways = [path("releases/a"), path("current"), path("releases/1/a")];
        assert_eq!(link_chain(&path("releases/a")), ways, "though nothing is there");
        assert_eq!(link_chain(&path("circle")).last(), Some(&path("circle")));
    }

    #[test]
    fn variables_are_read_as_people_write_them() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            read_variables(&path).unwrap()
        };
        let text =
            "\u{feff}A=1\r\n# note\r\n\r\nexport B='x $A \"y\"'\r\nC=\"two\nlines\" # why\r\nD=\r\nE=a=b\r\n";
        let found: Vec<_> = read(text).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(found, ["A=1", "B=x $A \"y\"", "C=two\nlines", "D=", "E=a=b"]);
        assert_eq!(read("A=1\nA=2\n")["A"], "2", "as a shell that reads it");
        assert_eq!(read(""), read("\n# nothing\n"));
    }

    #[test]
    fn a_bad_line_of_variables_is_named_by_its_number_and_not_quoted() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        for (text, line) in [
            ("TOKEN s3cret\n", 1),
            ("A=1\r\n\r\n  TOKEN s3cret\r\nB=2\r\n", 3),
            ("A=\"x\ny\"\nTOKEN='s3cret\n", 3),
            ("A=1\n1TOKEN=s3cret\n", 2),
            ("A=1\nB=2\nTOKEN=s3cret two\n", 3),
        ] {
            fs::write(&path, text).unwrap();
            let error = format!("{:#}", read_variables(&path).unwrap_err());
            assert!(error.contains(&format!(".env:{line}:")) && !error.contains("s3cret"), "{error}");
        }
    }
}
