//! The canonical form of many definitions, pinned in `golden.txt`: a change
//! there would restart the daemons of everyone who upgrades.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use serde_json::Value;

use super::canonical;
use crate::core::definition::options::{OPTIONS, PmOption};
use crate::core::definition::testing::raw;
use crate::text::diagnostic::Severity;

const GOLDEN: &str = include_str!("golden.txt");

/// The definitions of the file as they are written.
fn definitions() -> Vec<Value> {
    let lines = GOLDEN.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_canonical_form_of_these_definitions_never_changes() {
    let mut text = String::new();
    for line in GOLDEN.lines().filter(|line| !line.starts_with("=>")) {
        writeln!(text, "{line}").unwrap();
        if line.starts_with('{') {
            let options: Value = serde_json::from_str(line).unwrap();
            let (definition, diagnostics) = canonical(&raw(&options));
            let refused: Vec<_> = diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
            assert!(refused.is_empty(), "{line}: {refused:?}");
            writeln!(text, "=> {}", serde_json::to_string(&definition).unwrap()).unwrap();
        }
    }
    expect_file!["golden.txt"].assert_eq(&text);
}

#[test]
fn they_cover_every_option_under_every_name() {
    let definitions = definitions();
    assert!(definitions.len() >= 30);
    let keys: BTreeSet<&String> =
        definitions.iter().filter_map(Value::as_object).flat_map(|app| app.keys()).collect();
    let missing: Vec<String> =
        OPTIONS.iter().flat_map(PmOption::names).filter(|name| !keys.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
