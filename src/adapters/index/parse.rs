//! The bytes of git's index to its files. libgit2 reads it, too, but digests it
//! and makes a table of it first, which on a hundred thousand files takes
//! longer than everything else that the check does. What is not plain (split,
//! sparse, of another version) is left to libgit2, which knows what to say.

use crate::core::files::digest::Digest;
use crate::core::files::tracked_files::{File, FileKind};

/// What stands before the name of an entry.
const FIXED: usize = 62;

/// Entries whose path is that of the base in a conflict.
const BASE: u16 = 1;

/// Every file of the index; nothing where it is not a plain one. In a conflict
/// the base is left out, and a path may stand twice.
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<File>> {
    let header = bytes.get(..12)?;
    let version = number(header, 4)?;
    let count = number(header, 8)? as usize;
    if !header.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    // Every entry takes more bytes than that, so a wrong count allocates little.
    let mut files = Vec::with_capacity(count.min(bytes.len() / FIXED));
    let mut at = 12;
    let mut name: Vec<u8> = Vec::new();
    for _ in 0..count {
        let entry = bytes.get(at..at + FIXED)?;
        let flags = u16::from_be_bytes([entry[60], entry[61]]);
        let extended = version >= 3 && flags & 0x4000 != 0;
        let start = at + FIXED + if extended { 2 } else { 0 };
        at = if version == 4 {
            let (dropped, behind) = varint(bytes, start)?;
            name.truncate(name.len().checked_sub(dropped)?);
            let length = bytes.get(behind..)?.iter().position(|&byte| byte == 0)?;
            name.extend_from_slice(&bytes[behind..behind + length]);
            behind + length + 1
        } else {
            let length = length_of(bytes, start, flags)?;
            name.clear();
            name.extend_from_slice(bytes.get(start..start + length)?);
            // One to eight zeros fill the entry to a multiple of eight.
            at + ((start - at + length + 8) & !7)
        };
        if (flags >> 12) & 3 != BASE {
            files.push(file(entry, &name)?);
        }
    }
    plain_to_the_end(bytes, at).then_some(files)
}

fn file(entry: &[u8], name: &[u8]) -> Option<File> {
    let kind = match number(entry, 24)? & 0o170_000 {
        0o120_000 => FileKind::Link,
        0o160_000 => FileKind::Submodule,
        // A folder of a sparse index.
        0o040_000 => return None,
        _ => FileKind::File,
    };
    let id = Digest(entry.get(40..60)?.try_into().ok()?);
    let path = String::from_utf8_lossy(name).into_owned().into_boxed_str();
    Some(File { path, kind, id: Some(id), size: number(entry, 36)? })
}

/// The length of a name, which the flags give unless it is long.
fn length_of(bytes: &[u8], start: usize, flags: u16) -> Option<usize> {
    match usize::from(flags & 0xfff) {
        0xfff => bytes.get(start..)?.iter().position(|&byte| byte == 0),
        length => Some(length),
    }
}

/// How many bytes of the last name fall away, as version 4 writes it.
fn varint(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some((value, at + 1))
}

/// Whether the extensions behind the entries only speed git up: the names of
/// the others begin with a small letter.
fn plain_to_the_end(bytes: &[u8], mut at: usize) -> bool {
    const CHECKSUM: usize = 20;
    while let Some(header) = bytes.get(at..at + 8).filter(|_| at + 8 + CHECKSUM <= bytes.len()) {
        let Some(length) = number(header, 4).filter(|_| header[0].is_ascii_uppercase()) else { return false };
        at += 8 + length as usize;
    }
    at + CHECKSUM == bytes.len()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use git2::{Index, IndexEntry, IndexTime, Oid};
    use proptest::prelude::{any, proptest};

    use super::parse;

    fn written(paths: &[String], version: u32) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open(&folder.path().join("index")).unwrap();
        index.set_version(version).unwrap();
        for path in paths {
            let (time, id) = (IndexTime::new(0, 0), Oid::from_bytes(&[7; 20]).unwrap());
            let path = path.clone().into_bytes();
            let entry = IndexEntry {
                ctime: time,
                mtime: time,
                dev: 0,
                ino: 0,
                mode: 0o100_644,
                uid: 0,
                gid: 0,
                file_size: 42,
                id,
                flags: 0,
                flags_extended: 0,
                path,
            };
            index.add(&entry).unwrap();
        }
        index.write().unwrap();
        std::fs::read(folder.path().join("index")).unwrap()
    }

    #[test]
    fn every_version_is_read_as_libgit2_writes_it() {
        let long = "l".repeat(5000);
        let names = ["a", "a/b", "a/bcdefg.md", "a/bcdefgh.md", "é.md", "z/very/deep/file", long.as_str()];
        let mut paths: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        paths.remove(0);
        for version in [2, 3, 4] {
            let files = parse(&written(&paths, version)).unwrap();
            let mut read: Vec<&str> = files.iter().map(|file| &*file.path).collect();
            read.sort_unstable();
            let mut expected: Vec<&str> = paths.iter().map(String::as_str).collect();
            expected.sort_unstable();
            assert_eq!(read, expected, "version {version}");
            assert!(files.iter().all(|file| file.size == 42 && file.id.is_some_and(|id| id.0 == [7; 20])));
        }
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        let mut bytes = written(&["a.md".to_owned()], 2);
        assert!(parse(&bytes).is_some());
        let end = bytes.len() - 20;
        bytes.splice(end..end, *b"link\0\0\0\0");
        assert_eq!(parse(&bytes), None);
        assert_eq!(parse(b""), None);
        assert_eq!(parse(&bytes[..30]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_parser(mut bytes in any::<Vec<u8>>(), cut in 0usize..200, at in 0usize..200, byte in any::<u8>()) {
            parse(&bytes);
            bytes = written(&["a.md".to_owned(), "b/c.md".to_owned()], 4);
            if let Some(one) = bytes.get_mut(at) {
                *one = byte;
            }
            bytes.truncate(bytes.len().saturating_sub(cut));
            parse(&bytes);
        }
    }
}
