//! The arrows of the design, held against the source: who may import whom, which
//! folders are pure, who prints, and that nobody imports in a circle.
//!
//! `PARTS` is the one table: `docs/architecture.md` shows what is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use crate::support::repository;

/// A folder of `src`, or a file beside them.
struct Part {
    name: &'static str,
    /// What it is; nothing for what is not in the documentation's table.
    what: &'static str,
    /// The parts that it may name. It may always name itself.
    may: &'static [&'static str],
    /// Whether it only computes.
    is_pure: bool,
}

const PARTS: [Part; 12] = [
    Part {
        name: "main",
        what: "starts and ends the program",
        may: &["cli", "commands", "exit", "report", "adapters", "core", "text"],
        is_pure: false,
    },
    Part { name: "lib", what: "", may: &[], is_pure: false },
    Part {
        name: "cli",
        what: "the command line as it is typed",
        may: &["commands", "engine", "report", "exit", "core", "text"],
        is_pure: false,
    },
    Part { name: "exit", what: "the exit codes", may: &["engine", "core"], is_pure: false },
    Part {
        name: "commands",
        what: "one file for each command: its arguments and its run",
        may: &["engine", "report", "core", "text", "cli", "exit"],
        is_pure: false,
    },
    Part {
        name: "engine",
        what: "observe, decide, act: the only place where the outside meets the core; reports what happens as events",
        may: &["adapters", "core", "clojure", "lint", "text"],
        is_pure: false,
    },
    Part {
        name: "adapters",
        what: "one outside thing each: git, files and their changes, processes, node, the compilers, PM2. No policy",
        may: &["core", "text"],
        is_pure: false,
    },
    Part { name: "report", what: "all printing", may: &["core", "text"], is_pure: false },
    Part {
        name: "lint",
        what: "one file for each rule of `check`, and what the rules read",
        may: &["core", "clojure", "text"],
        is_pure: true,
    },
    Part {
        name: "core",
        what: "definitions, settings, what PM2 runs, the plan and its rollout, outcomes",
        may: &["text"],
        is_pure: true,
    },
    Part {
        name: "clojure",
        what: "the reader and the evaluator of ClojureScript. Knows nothing of PM2",
        may: &["text"],
        is_pure: true,
    },
    Part { name: "text", what: "places in a text, and what is said about them", may: &[], is_pure: true },
];

/// Circles that are there on purpose, by their rooms, each with its reason.
const CIRCLES: [(&str, &[&str], &str); 0] = [];

/// What only computes must not name these.
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
    "Condvar",
    "Atomic",
    "clap",
];

/// What prints; only `report` may.
const PRINTS: [&str; 6] = ["println!", "eprintln!", "print!", "eprint!", "io::stdout", "io::stderr"];

#[test]
fn every_import_follows_an_arrow_of_the_design() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let from = part(&file);
        let allowed = PARTS.iter().find(|part| part.name == from);
        let allowed = allowed.unwrap_or_else(|| panic!("{}: `{from}` is not in the table", file.display()));
        for to in named_parts(&text) {
            if to != from && !allowed.may.contains(&to.as_str()) {
                wrong.push(format!("{}: {from} → {to}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_imports_in_a_circle() {
    let modules: BTreeSet<Vec<String>> = sources().iter().map(|(file, _)| module(file)).collect();
    let mut imports: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (file, text) in sources() {
        if is_test(&file) {
            continue;
        }
        let from = module(&file);
        let named = paths_in(without_inner_tests(&text), &from);
        let known = named.into_iter().map(|path| longest_known(path, &modules));
        imports.entry(from.clone()).or_default().extend(known.filter(|to| *to != from && !to.is_empty()));
    }
    let mut found = Vec::new();
    for folder in folders(&modules) {
        let circle = circle_among(&rooms_of(&folder, &imports));
        let is_named = |circle: &[String]| {
            CIRCLES.iter().any(|(at, rooms, _)| *at == folder.join("/") && rooms.iter().eq(circle))
        };
        found.extend(
            circle
                .filter(|circle| !is_named(circle))
                .map(|circle| format!("{}: {} import each other", folder.join("/"), circle.join(", "))),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_circle_is_found_whatever_it_goes_through() {
    let arrows = |pairs: &[(&str, &str)]| {
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in pairs {
            arrows.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        arrows
    };
    assert_eq!(circle_among(&arrows(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    let found = circle_among(&arrows(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]));
    assert_eq!(found, Some(vec!["b".to_owned(), "c".to_owned()]));
}

#[test]
fn the_pure_folders_see_no_file_process_clock_or_network() {
    let is_pure = |name: &str| PARTS.iter().any(|part| part.name == name && part.is_pure);
    let found = files_that_name(&IMPURE, is_pure);
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
fn the_page_shows_this_table() {
    let page = repository().join("docs/architecture.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the table's beginning is marked");
    let (_, after) = rest.split_once(END).expect("the table's end is marked");
    expect_file![page].assert_eq(&format!("{before}{BEGIN}\n{}{END}{after}", table()));
}

const BEGIN: &str =
    "<!-- made from the table in tests/it/architecture.rs: UPDATE_EXPECT=1 cargo test architecture -->";
const END: &str = "<!-- end of the table -->";

fn table() -> String {
    let mut table = "| part of `src` | what | may import |\n|---|---|---|\n".to_owned();
    for Part { name, what, may, is_pure } in PARTS.iter().filter(|part| !part.what.is_empty()) {
        let pure = if *is_pure { "pure: " } else { "" };
        let may = if may.is_empty() { "nothing".to_owned() } else { format!("`{}`", may.join("`, `")) };
        writeln!(table, "| `{name}` | {pure}{what} | {may} |").unwrap();
    }
    for (folder, rooms, why) in CIRCLES {
        writeln!(table, "\nIn `{folder}`, `{}` import each other: {why}.", rooms.join("`, `")).unwrap();
    }
    table
}

#[test]
fn imports_are_found_in_every_way_they_can_be_written() {
    let text = "use crate::core::plan::Plan;\nuse crate::{text::span, adapters as outer};\nfn f() { crate::engine::x() }\n";
    assert_eq!(named_parts(&without_comments(text)), ["adapters", "core", "engine", "text"]);
    assert_eq!(
        named_parts(&without_comments("/// See [`crate::report`].\n// crate::lint\n")),
        Vec::<String>::new()
    );
    let from = ["core".to_owned(), "plan".to_owned()];
    let paths =
        paths_in("use crate::core::{a::{B, self}, c};\nuse super::d::E;\nfn f() { self::g() }", &from);
    let paths: Vec<String> = paths.into_iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["core::a::B", "core::a", "core::c", "core::d::E", "core::plan::g"]);
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

/// A file as the path of its module; a folder's `mod.rs` is the folder itself.
fn module(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// Files that are compiled for tests alone. They may use what stands above.
fn is_test(file: &Path) -> bool {
    let is_named = |name: &str| matches!(name, "tests" | "properties" | "golden" | "testing");
    module(file).iter().any(|part| is_named(part))
}

/// The text up to the tests that stand in the same file.
fn without_inner_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The parts of the crate that `text` names, in order: after `crate::` and `pm2sync::`.
fn named_parts(text: &str) -> Vec<String> {
    // What `super` and `self` name stays within the part.
    let here = [String::new(), String::new()];
    let first = |path: Vec<String>| path.into_iter().next().filter(|part| !part.is_empty());
    let mut parts: Vec<String> = paths_in(text, &here).into_iter().filter_map(first).collect();
    parts.sort();
    parts.dedup();
    parts
}

/// Every path into the crate that the text of a module names, also from braces.
fn paths_in(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let above = &module[..module.len().saturating_sub(1)];
    let roots = [("crate::", &[] as &[String]), ("pm2sync::", &[]), ("super::", above), ("self::", module)];
    let mut found: Vec<(usize, Vec<Vec<String>>)> = Vec::new();
    for (root, base) in roots {
        for (at, _) in text.match_indices(root) {
            let before = &text[..at];
            // `pub(in crate::…)` says who may see an item, and imports nothing.
            let is_other = before.ends_with("(in ")
                || before.ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before));
            if !is_other {
                found.push((at, expanded(base, &text[at + root.len()..])));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().flat_map(|(_, paths)| paths).collect()
}

/// The paths that a text names which goes on after `base::`.
fn expanded(base: &[String], rest: &str) -> Vec<Vec<String>> {
    if let Some(group) = rest.strip_prefix('{') {
        return members(group).iter().flat_map(|member| expanded(base, member)).collect();
    }
    match first_word(rest) {
        word if word.is_empty() || word == "self" => vec![base.to_vec()],
        word => {
            let path: Vec<String> = base.iter().cloned().chain([word.clone()]).collect();
            match rest.trim_start()[word.len()..].strip_prefix("::") {
                Some(rest) => expanded(&path, rest),
                None => vec![path],
            }
        }
    }
}

/// The members of a `{…}` whose opening brace is already read.
fn members(group: &str) -> Vec<String> {
    let mut members = vec![String::new()];
    let mut depth = 0_usize;
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => members.push(String::new()),
            character => {
                depth = match character {
                    '{' => depth + 1,
                    '}' => depth - 1,
                    _ => depth,
                };
                members.last_mut().unwrap().push(character);
            }
        }
    }
    members.retain(|member| !member.trim().is_empty());
    members
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

/// The module that a path leads to: what follows it is an item of that one.
fn longest_known(mut path: Vec<String>, modules: &BTreeSet<Vec<String>>) -> Vec<String> {
    while !path.is_empty() && !modules.contains(&path) {
        path.pop();
    }
    path
}

/// Every folder that modules stand in.
fn folders(modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
    modules.iter().flat_map(|module| (1..module.len()).map(|depth| module[..depth].to_vec())).collect()
}

/// Who imports whom among the files and folders of one folder; its `mod.rs` is one of them.
fn rooms_of(
    folder: &[String],
    imports: &BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
) -> BTreeMap<String, BTreeSet<String>> {
    let room = |module: &[String]| {
        let below = module.strip_prefix(folder)?;
        Some(below.first().cloned().unwrap_or_else(|| "mod.rs".to_owned()))
    };
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        if let (Some(from), Some(to)) = (room(from), room(to))
            && from != to
        {
            arrows.entry(from).or_default().insert(to);
        }
    }
    arrows
}

/// What is left when everything that leads out of all circles, or into them, is taken away.
fn circle_among(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut left: BTreeSet<&String> = arrows.iter().flat_map(|(from, to)| to.iter().chain([from])).collect();
    loop {
        let leads_on =
            |room: &String| arrows.get(room).is_some_and(|to| to.iter().any(|to| left.contains(to)));
        let is_reached =
            |room: &String| left.iter().any(|from| arrows.get(*from).is_some_and(|to| to.contains(room)));
        let kept: BTreeSet<&String> =
            left.iter().copied().filter(|room| leads_on(room) && is_reached(room)).collect();
        if kept.len() == left.len() {
            break;
        }
        left = kept;
    }
    (!left.is_empty()).then(|| left.into_iter().cloned().collect())
}

/// Which files of the chosen parts name one of `words`.
fn files_that_name(words: &[&str], chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        if !chosen(&part(&file)) || is_test(&file) {
            continue;
        }
        for word in words {
            if names(without_inner_tests(&text), word) {
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
