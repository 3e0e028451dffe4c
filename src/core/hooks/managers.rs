//! The managers of git hooks that are known by their files, and for each the
//! lines that make it call pm2sync. A manager owns the hook files: what others
//! put there it moves, overwrites or no longer runs.

use crate::core::hooks::shim::CHECKED;

/// A manager of hooks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manager {
    /// Its name.
    pub name: &'static str,
    /// Its files, relative to the root; one that is there is enough.
    files: &'static [&'static str],
    /// Whether the file is a folder that holds a file for each event.
    by_event: bool,
    /// What makes it call pm2sync, ready to be used.
    pub snippet: &'static str,
}

/// Every known manager, the more particular first: prek reads the file of
/// pre-commit, too.
pub(crate) const MANAGERS: &[Manager] = &[
    Manager {
        name: "husky",
        files: &[".husky"],
        by_event: true,
        snippet: include_str!("../../../hooks/husky.sh"),
    },
    Manager {
        name: "lefthook",
        files: &[
            "lefthook.yml",
            "lefthook.yaml",
            "lefthook.toml",
            "lefthook.json",
            "lefthook.jsonc",
            ".lefthook.yml",
            ".lefthook.yaml",
            ".lefthook.toml",
            ".lefthook.json",
            ".lefthook.jsonc",
            ".config/lefthook.yml",
            ".config/lefthook.yaml",
            ".config/lefthook.toml",
            ".config/lefthook.json",
            ".config/lefthook.jsonc",
        ],
        by_event: false,
        snippet: include_str!("../../../hooks/lefthook.yml"),
    },
    Manager {
        name: "prek",
        files: &["prek.toml"],
        by_event: false,
        snippet: include_str!("../../../hooks/prek.toml"),
    },
    Manager {
        name: "pre-commit",
        files: &[".pre-commit-config.yaml", ".pre-commit-config.yml"],
        by_event: false,
        snippet: include_str!("../../../hooks/pre-commit.yaml"),
    },
];

/// The manager of a repository, and which of its files is there.
pub(crate) fn detect(exists: &dyn Fn(&str) -> bool) -> Option<(&'static Manager, &'static str)> {
    MANAGERS.iter().find_map(|manager| Some((manager, *manager.files.iter().find(|file| exists(file))?)))
}

impl Manager {
    /// Which file must call pm2sync for an event, where `file` is the one that is there.
    pub(crate) fn file_for(&self, file: &str, event: &str) -> String {
        if self.by_event { format!("{file}/{event}") } else { file.to_owned() }
    }
}

/// Whether a manager's file calls pm2sync for the event. What is checked before a
/// commit may be called by its own name.
pub(crate) fn calls(text: &str, event: &str) -> bool {
    if event == CHECKED && (text.contains("pm2sync check") || text.contains("pm2sync-check")) {
        return true;
    }
    let call = format!("pm2sync hook {event}");
    let goes_on = |rest: &str| rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '-');
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .any(|line| line.match_indices(&call).any(|(at, _)| !goes_on(&line[at + call.len()..])))
}

#[cfg(test)]
mod tests {
    use super::{MANAGERS, calls, detect};
    use crate::core::settings::Settings;

    #[test]
    fn each_manager_is_known_by_its_files() {
        let found = |there: &[&str]| detect(&|file| there.contains(&file)).map(|(manager, _)| manager.name);
        assert_eq!(found(&[".husky"]), Some("husky"));
        assert_eq!(found(&[".config/lefthook.toml"]), Some("lefthook"));
        assert_eq!(found(&["prek.toml", ".pre-commit-config.yaml"]), Some("prek"));
        assert_eq!(found(&[".pre-commit-config.yaml"]), Some("pre-commit"));
        assert_eq!(found(&["package.json"]), None);
    }

    #[test]
    fn every_snippet_serves_every_event_of_the_settings() {
        for manager in MANAGERS {
            for event in Settings::default().hooks.events {
                let serves = calls(manager.snippet, &event)
                    || (manager.by_event && manager.snippet.contains(event.as_str()));
                assert!(serves, "{} {event}", manager.name);
            }
        }
    }

    #[test]
    fn a_comment_and_a_longer_name_are_no_call() {
        assert!(calls("  run: pm2sync hook post-merge {0}", "post-merge"));
        assert!(calls("pm2sync hook post-commit", "post-commit"));
        assert!(calls("entry: pm2sync check", "pre-commit") && !calls("entry: pm2sync check", "post-merge"));
        assert!(!calls("# pm2sync hook post-merge", "post-merge"));
        assert!(!calls("pm2sync hook post-merge-x", "post-merge"));
    }
}
