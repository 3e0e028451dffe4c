//! The result of a check.

use std::collections::BTreeMap;

use crate::core::finding::Finding;

/// The result of a check.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// In order of place, without those that were fixed.
    pub findings: Vec<Finding>,
    /// The texts of the files that have findings.
    pub texts: BTreeMap<String, String>,
    /// What was not read, and why.
    pub skipped: Vec<String>,
    /// What was fixed, a line for each.
    pub fixed: Vec<String>,
    /// The patch, where it was asked for.
    pub patch: String,
}
