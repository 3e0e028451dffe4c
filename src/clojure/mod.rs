//! stub
pub mod form;
pub mod read;
use crate::text::diagnostic::{Diagnostic, Place};
pub use read::read_forms;
use std::collections::{BTreeMap, BTreeSet};
pub struct Program<'a> {
    pub source_paths: &'a [String],
    pub entries: &'a [Entry],
    pub environment: &'a BTreeMap<String, String>,
    pub directory: &'a str,
    pub read: &'a (dyn Fn(&str) -> Result<Option<String>, String> + Sync),
}
#[derive(Debug)]
pub enum Entry {
    Namespace(String),
    File(String),
}
#[derive(Debug)]
pub struct Compiled {
    pub exports: serde_json::Value,
    pub origins: BTreeMap<String, Place>,
    pub variables: BTreeSet<String>,
    pub enumerated: bool,
    pub unset: Vec<(String, Place)>,
    pub files: Vec<String>,
    pub output: String,
}
pub fn compile(_program: &Program<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    Err(vec![])
}
