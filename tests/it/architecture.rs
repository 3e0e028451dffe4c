//! The arrows of the design, held against the source: who may import whom, which
//! folders are pure, and who prints.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// For each folder of `src`, and each file beside them, the parts of the crate it may name. A part may always
/// name itself.
const ARROWS: [(&str, &[&str]); 12] = [
    ("main", &["cli", "commands", "exit", "report", "adapters", "core", "text"]),
    ("lib", &[]),
    ("cli", &["commands", "engine", "report", "exit", "core", "text"]),
    ("exit", &["engine", "core"]),
    ("commands", &["engine", "report", "core", "text", "cli", "exit"]),
    ("engine", &["adapters", "core", "clojure", "lint", "text"]),
    ("adapters", &["core", "text"]),
    ("report", &["core", "text"]),
    ("lint", &["core", "clojure", "text"]),
    ("core", &["text"]),
    ("clojure", &["text"]),
    ("text", &[]),
];

/// Folders that only compute, and what they must not name.
const PURE: [&str; 4] = ["core", "clojure", "text", "lint"];
const IMPURE: [&str; 13] = [
    "std::fs",
    "std::process",
    "std::env",
    "std::net",
    "git2",
    "SystemTime",
    "Instant",
    "std::io::std",
    // What is shared between threads, and the words of the command line.
    "Mutex",
    "RwLock",
    "Atomic",
    "Condvar",
    "clap",
];

/// What prints; only `report` may.
const PRINTS: [&str; 6] = ["println!", "eprintln!", "print!", "eprint!", "io::stdout", "io::stderr"];

#[test]
fn every_import_follows_an_arrow_of_the_design() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let from = part(&file);
        let allowed = ARROWS.iter().find(|(name, _)| *name == from);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{}: `{from}` is not in the table", file.display()));
        for to in named_parts(&text) {
            if to != from && !allowed.contains(&to.as_str()) {
                wrong.push(format!("{}: {from} → {to}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_folders_see_no_file_process_clock_or_network() {
    let found = files_that_name(&IMPURE, |part| PURE.contains(&part));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_the_report_prints() {
    let found = files_that_name(&PRINTS, |part| part != "report");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_file_says_at_its_head_what_it_is() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).collect();
    let silent: Vec<_> = silent.iter().map(|(file, _)| file.display().to_string()).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn imports_are_found_in_every_way_they_can_be_written() {
    let text = "use crate::core::plan::Plan;\nuse crate::{text::span, adapters as outer};\nfn f() { crate::engine::x() }\n";
    assert_eq!(named_parts(&without_comments(text)), ["adapters", "core", "engine", "text"]);
    assert_eq!(
        named_parts(&without_comments("/// See [`crate::report`].\n// crate::lint\n")),
        Vec::<String>::new()
    );
}

/// Every file below `src` by its path there, without its comments but for those at its head.
fn sources() -> Vec<(PathBuf, String)> {
    let root = repository().join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let head = if text.starts_with("//!") { "//!\n" } else { "" };
                let name = path.strip_prefix(&root).unwrap().to_owned();
                found.push((name, format!("{head}{}", without_comments(&text))));
            }
        }
    }
    found.sort();
    found
}

/// Where something stands: a folder of `src`, or a file beside them.
fn part(file: &Path) -> String {
    let first = file.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The parts of the crate that `text` names, in order: after `crate::`, `pm2sync::`, and in braces after them.
fn named_parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for root in ["crate::", "pm2sync::"] {
        for (at, _) in text.match_indices(root) {
            let rest = &text[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => parts.extend(group_members(group)),
                None => parts.push(first_word(rest)),
            }
        }
    }
    parts.sort();
    parts.dedup();
    parts
}

/// The first word of each member of a `{…}` whose opening brace is already read.
fn group_members(group: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut member = String::new();
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(first_word(&std::mem::take(&mut member))),
            _ if depth == 0 => member.push(character),
            _ => {}
        }
    }
    members.push(first_word(&member));
    members.retain(|member| !member.is_empty());
    members
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

/// Which files of the chosen parts name one of `words`.
fn files_that_name(words: &[&str], chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        if !chosen(&part(&file)) {
            continue;
        }
        for word in words {
            if names(&text, word) {
                found.push(format!("{}: {word}", file.display()));
            }
        }
    }
    found
}

/// Whether `text` has `word` by itself, not as the end of a longer one.
fn names(text: &str, word: &str) -> bool {
    let is_inside = |before: char| before.is_alphanumeric() || before == '_' || before == '-';
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(is_inside))
}
