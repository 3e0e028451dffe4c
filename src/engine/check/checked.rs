//! What a check comes to.

use std::collections::BTreeMap;

use crate::core::finding::Finding;

/// What was found.
#[derive(Debug, Default)]
pub struct Checked {
    /// In order of place; without those that were put right.
    pub findings: Vec<Finding>,
    /// The texts of the files that have findings.
    pub texts: BTreeMap<String, String>,
    /// What was not read, and why.
    pub skipped: Vec<String>,
    /// What was put right, a line to each.
    pub fixed: Vec<String>,
    /// The patch, where it was asked for.
    pub patch: String,
}
