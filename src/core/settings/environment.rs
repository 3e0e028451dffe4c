//! The environment: read once in `main`, and made fit for definitions, for
//! apps and for the daemon. It is full of secrets, so it shows only names.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::core::definition::options::is_managed;
use crate::core::settings::Inherit;

/// The variables of a process.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// A variable, whatever its bytes.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// A variable that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.os(name)?.to_str()
    }

    /// `PATH`, empty where there is none.
    pub fn path(&self) -> &OsStr {
        self.os("PATH").unwrap_or_default()
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// The same without variables that were meant for this process alone. What
    /// programs are found by, and what pm2sync itself goes by, stays.
    #[must_use]
    pub fn without<'a>(mut self, names: impl Iterator<Item = &'a str>) -> Self {
        let stays = |name: &str| matches!(name, "PATH" | "HOME" | "PM2_HOME") || name.starts_with("PM2SYNC");
        for name in names.filter(|name| !stays(name)) {
            self.0.remove(OsStr::new(name));
        }
        self
    }

    /// The same, with what it lacks from another.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// Every variable, for a process that is to be started.
    pub fn variables(&self) -> &BTreeMap<OsString, OsString> {
        &self.0
    }

    /// The variables that definitions see: those that are text, over which the
    /// workspace's own file wins.
    pub fn for_definitions(&self, file: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let text = |(name, value): (&OsString, &OsString)| {
            Some((name.to_str()?.to_owned(), value.to_str()?.to_owned()))
        };
        let mut variables: BTreeMap<String, String> = self.0.iter().filter_map(text).collect();
        variables.extend(file.clone());
        variables
    }

    /// The same with the folders of `fallback`, the PATH of a hook's installation.
    /// A PATH that has none but those is a bare one: the other takes its place,
    /// so that the same programs are found. To any other PATH they are added at
    /// the end, as far as they are not in it.
    #[must_use]
    pub fn with_fallback_path(mut self, fallback: &OsStr) -> Self {
        let exec_path = self.os("GIT_EXEC_PATH").map(OsStr::as_bytes).unwrap_or_default();
        let present: Vec<&[u8]> = split_path(self.path());
        let known: Vec<&[u8]> = split_path(fallback);
        let is_gits = |folder: &&[u8]| *folder == exec_path || folder.ends_with(b"/git-core");
        let is_bare = present.iter().all(|folder| known.contains(folder) || is_gits(folder));
        let mut folders = if is_bare { known.clone() } else { present };
        for folder in known {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let path = folders.join(&b':');
        self.set("PATH", OsString::from_vec(path));
        self
    }

    /// The environment of the daemon and of the process that drives PM2: the
    /// caller's, less what git, PM2 and npm put there for their own children.
    #[must_use]
    pub fn cleaned(&self) -> Self {
        let exec_path = self.os("GIT_EXEC_PATH").map(OsStr::as_bytes).unwrap_or_default();
        let kept = self.0.iter().filter(|(name, _)| !is_private(name));
        let mut cleaned: Self = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        if self.os("PATH").is_some() {
            let ours = |folder: &&[u8]| *folder != exec_path && !folder.ends_with(b"/git-core");
            let folders: Vec<&[u8]> = split_path(self.path()).into_iter().filter(ours).collect();
            cleaned.set("PATH", OsString::from_vec(folders.join(&b':')));
        }
        cleaned
    }

    /// What apps get beside their own `env`: the cleaned environment, or only
    /// the names that the settings give, whatever they are, and PATH.
    #[must_use]
    pub fn for_apps(&self, inherit: &Inherit) -> Self {
        let Inherit::Names(wanted) = inherit else { return self.cleaned() };
        let is_wanted = |name: &OsString| wanted.iter().any(|wanted| OsStr::new(wanted) == name);
        let path = self.cleaned().0.into_iter().filter(|(name, _)| name == "PATH");
        let others = self.0.clone().into_iter().filter(|(name, _)| is_wanted(name) && name != "PATH");
        others.chain(path).collect()
    }
}

fn split_path(path: &OsStr) -> Vec<&[u8]> {
    path.as_bytes().split(|&byte| byte == b':').filter(|folder| !folder.is_empty()).collect()
}

/// Whether a variable is meant for the caller's own children, or would be
/// taken by PM2 for a field of the process.
fn is_private(name: &OsStr) -> bool {
    const PREFIXES: &[&str] =
        &["GIT_", "GITHEAD_", "PM2_", "PM2SYNC", "npm_", "pm_", "axm_", "NODE_CHANNEL_"];
    const NAMES: &[&str] =
        &["PWD", "OLDPWD", "SHLVL", "_", "INIT_CWD", "NODE_APP_INSTANCE", "NODE_UNIQUE_ID", "env_pm2sync"];
    let Some(name) = name.to_str() else { return false };
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || NAMES.contains(&name) || is_managed(name)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::Environment;
    use crate::core::settings::Inherit;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    #[test]
    fn what_git_pm2_and_npm_set_does_not_reach_apps() {
        let caller = environment(&[
            ("HOME", "/h"),
            ("GIT_DIR", "/w/.git"),
            ("GITHEAD_abc", "main"),
            ("GIT_EXEC_PATH", "/usr/lib/git"),
            ("PATH", "/usr/lib/git:/usr/lib/git:/bin:/usr/libexec/git-core"),
            ("PM2_HOME", "/p"),
            ("kill_timeout", "9"),
            ("name", "x"),
            ("npm_config_x", "1"),
            ("PWD", "/w"),
            ("NODE_CHANNEL_FD", "3"),
            ("LANG", "C"),
        ]);
        assert_eq!(
            caller.for_apps(&Inherit::All),
            environment(&[("HOME", "/h"), ("PATH", "/bin"), ("LANG", "C")])
        );
        let named = caller.for_apps(&Inherit::Names(vec!["LANG".to_owned(), "GIT_DIR".to_owned()]));
        assert_eq!(named, environment(&[("PATH", "/bin"), ("LANG", "C"), ("GIT_DIR", "/w/.git")]));
    }

    #[test]
    fn what_was_meant_for_this_process_alone_goes_no_further() {
        let given = environment(&[("PATH", "/bin"), ("TOKEN", "s3cret"), ("PM2SYNC_POLL", "1")]);
        let left = given.without(["TOKEN", "PATH", "PM2SYNC_POLL"].into_iter());
        assert_eq!(left, environment(&[("PATH", "/bin"), ("PM2SYNC_POLL", "1")]));
    }

    #[test]
    fn a_fallback_path_comes_last_and_once() {
        let bare = environment(&[("PATH", "/bin:/usr/bin")]).with_fallback_path("/nvm/bin:/bin".as_ref());
        assert_eq!(bare.text("PATH"), Some("/bin:/usr/bin:/nvm/bin"));
        let lesser = environment(&[("PATH", "/usr/lib/git-core:/usr/bin:/bin")]);
        let meant = lesser.with_fallback_path("/nvm/bin:/usr/bin:/bin".as_ref());
        assert_eq!(meant.text("PATH"), Some("/nvm/bin:/usr/bin:/bin"), "the node of then, not the machine's");
        let none = Environment::default().with_fallback_path("/nvm/bin".as_ref());
        assert_eq!(none.text("PATH"), Some("/nvm/bin"));
    }

    #[test]
    fn the_workspace_file_wins_for_definitions() {
        let file = [("PORT".to_owned(), "2".to_owned())].into();
        let variables = environment(&[("PORT", "1"), ("A", "a")]).for_definitions(&file);
        assert_eq!((variables["PORT"].as_str(), variables["A"].as_str()), ("2", "a"));
    }

    #[test]
    fn debug_output_holds_no_value() {
        assert_eq!(format!("{:?}", environment(&[("TOKEN", "s3cret")])), r#"{"TOKEN"}"#);
    }
}
