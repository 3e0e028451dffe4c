//! The mark that pm2sync leaves on what it starts: whose it is, and the
//! definition as applied. It lives in PM2's entry for the process and dies
//! with it, so nothing can contradict it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::definition::Definition;
use crate::core::definition::canonical::canonical;
use crate::core::definition::raw_app::RawApp;

/// The version of the canonical form that new labels hold.
pub(crate) const VERSION: u32 = 1;

/// What a label says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Label {
    /// The version of its canonical form.
    pub v: u32,
    /// The root of the workspace that started the process.
    pub root: PathBuf,
    /// The definition that was applied.
    pub definition: Definition,
}

impl Label {
    /// The label for what this workspace starts now.
    pub(crate) fn new(root: &Path, definition: &Definition) -> Self {
        Self { v: VERSION, root: root.to_owned(), definition: definition.clone() }
    }

    /// Reads the label of a process; nothing where it is not our object. A
    /// definition of an older version is brought into the present form.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let label: Self = serde_json::from_value(value.clone()).ok()?;
        if label.v > VERSION {
            return None;
        }
        if label.v == VERSION {
            return Some(label);
        }
        let raw = RawApp { options: label.definition.options().clone(), ..RawApp::default() };
        Some(Self { definition: canonical(&raw).0, ..label })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Label;

    #[test]
    fn only_our_object_is_a_label() {
        assert_eq!(Label::read(&json!("[object Object]")), None);
        assert_eq!(Label::read(&json!({"v": 1})), None);
        assert_eq!(Label::read(&json!({"v": 99, "root": "/w", "definition": {"name": "a"}})), None);
        let label =
            Label::read(&json!({"v": 1, "root": "/w", "definition": {"name": "a", "script": "x"}})).unwrap();
        assert_eq!(label.definition.name(), "a");
    }

    #[test]
    fn an_older_definition_is_brought_into_the_present_form() {
        let label =
            Label::read(&json!({"v": 0, "root": "/w", "definition": {"name": "a", "kill_timeout": "5"}}))
                .unwrap();
        assert_eq!(label.definition.number("kill_timeout"), Some(5));
    }
}
