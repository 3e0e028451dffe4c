//! Makes the fixes that are certain: replaces bytes and nothing around them, removes
//! files from the index, adds lines to `.gitignore`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::Context as _;

use crate::adapters::fs::{mode_of_plain_file, read_bytes, write_whole};
use crate::adapters::index::{patch, untrack};
use crate::core::failure::Failure;
use crate::core::finding::{Edit, Finding};
use crate::engine::workspace::Workspace;

const IGNORE_FILE: &str = ".gitignore";

/// The new contents of files, and the files that leave the index.
#[derive(Default)]
struct Changes {
    files: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
    untracked: BTreeSet<String>,
}

/// The changes as a patch, with a comment for those to the index.
pub(super) fn show(workspace: &Workspace, findings: &mut [Finding]) -> Result<String, Failure> {
    drop_unsafe_fixes(workspace, findings)?;
    let changes = changes(workspace, findings)?;
    let mut text = String::new();
    for path in &changes.untracked {
        text.push_str(&["# git rm --cached ", path, "\n"].concat());
    }
    for (path, (old, new)) in &changes.files {
        text.push_str(&patch(path, old.as_deref(), new)?);
    }
    Ok(text)
}

/// Makes the changes, removes the findings that are fixed, and returns a line for
/// each.
pub(super) fn make(workspace: &Workspace, findings: &mut Vec<Finding>) -> Result<Vec<String>, Failure> {
    drop_unsafe_fixes(workspace, findings)?;
    let changes = changes(workspace, findings)?;
    for (path, (_, new)) in &changes.files {
        let file = workspace.root().join(path);
        write_whole(&file, new, mode_of_plain_file(&file).unwrap_or(0o644))?;
    }
    untrack(&workspace.repository, &changes.untracked)?;
    let mut done = Vec::new();
    for finding in findings.iter() {
        if let Some(fix) = &finding.fix {
            let place = finding.place.as_ref().map_or_else(|| finding.path.clone(), ToString::to_string);
            done.push(format!("{place}: {} ({})", fix.what, finding.rule));
        }
    }
    findings.retain(|finding| finding.fix.is_none());
    Ok(done)
}

/// Drops fixes of files that are not UTF-8, where places count other bytes than the
/// file has, and of links, whose target is not ours to write.
fn drop_unsafe_fixes(workspace: &Workspace, findings: &mut [Finding]) -> Result<(), Failure> {
    for finding in findings {
        let path = workspace.root().join(&finding.path);
        let replaces = |edit: &Edit| matches!(edit, Edit::Replace { .. });
        if finding.fix.as_ref().is_some_and(|fix| fix.edits.iter().any(replaces)) {
            let bytes = read_bytes(&path)?.unwrap_or_default();
            if std::str::from_utf8(&bytes).is_err() || mode_of_plain_file(&path).is_none() {
                finding.fix = None;
            }
        }
    }
    Ok(())
}

fn changes(workspace: &Workspace, findings: &[Finding]) -> Result<Changes, Failure> {
    let mut replaced: BTreeMap<&str, Vec<(&Range<usize>, &str)>> = BTreeMap::new();
    let mut ignored: BTreeSet<&str> = BTreeSet::new();
    let mut changes = Changes::default();
    for edit in findings.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
        match edit {
            Edit::Replace { path, bytes, text } => replaced.entry(path).or_default().push((bytes, text)),
            Edit::Untrack { path } => {
                changes.untracked.insert(path.clone());
            }
            Edit::Ignore { line } => {
                ignored.insert(line);
            }
        }
    }
    for (path, mut edits) in replaced {
        let old = read_bytes(&workspace.root().join(path))?.unwrap_or_default();
        edits.sort_by_key(|(bytes, _)| bytes.start);
        edits.dedup();
        let mut new = Vec::with_capacity(old.len());
        let mut done = 0;
        for (bytes, text) in edits {
            let kept = old
                .get(done..bytes.start)
                .with_context(|| format!("`{path}` changed while it was checked"))?;
            new.extend_from_slice(kept);
            new.extend_from_slice(text.as_bytes());
            done = bytes.end;
        }
        new.extend_from_slice(old.get(done..).unwrap_or_default());
        changes.files.insert(path.to_owned(), (Some(old), new));
    }
    if !ignored.is_empty() {
        let old = read_bytes(&workspace.root().join(IGNORE_FILE))?;
        let new = with_lines(old.as_deref().unwrap_or_default(), &ignored);
        changes.files.insert(IGNORE_FILE.to_owned(), (old, new));
    }
    Ok(changes)
}

/// The file with more lines at its end, with the line ends that it has.
fn with_lines(old: &[u8], lines: &BTreeSet<&str>) -> Vec<u8> {
    let end: &[u8] = if old.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    let mut new = old.to_vec();
    if !new.is_empty() && !new.ends_with(b"\n") {
        new.extend_from_slice(end);
    }
    for line in lines {
        new.extend_from_slice(line.as_bytes());
        new.extend_from_slice(end);
    }
    new
}
