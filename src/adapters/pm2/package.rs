//! Finds PM2's package, whose API the agent loads, from the `pm2` program: by
//! its symbolic link, beside it as npm installs, or named in it when it is a
//! shell wrapper such as pnpm writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::Value;

/// A shell wrapper is longer than this only if it is something else.
const LONGEST_WRAPPER: usize = 64 * 1024;

/// PM2 as it is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The folder with its `package.json`.
    pub root: PathBuf,
    /// Its version, as `package.json` says.
    pub version: String,
}

/// The package that the program `pm2` belongs to. Fails if none is found, as
/// with a compiled launcher.
pub fn find_package(pm2: &Path) -> Result<Package> {
    let real = fs::canonicalize(pm2).unwrap_or_else(|_| pm2.to_path_buf());
    let named = named_in_wrapper(&real);
    let candidates = real
        .ancestors()
        .skip(1)
        .take(3)
        .map(Path::to_path_buf)
        .chain(named)
        .chain([pm2, real.as_path()].into_iter().filter_map(Path::parent).flat_map(beside));
    for candidate in candidates {
        if let Some(package) = package_in(&candidate) {
            return Ok(package);
        }
    }
    bail!(
        "cannot find PM2's package from `{}`; set `[pm2] command` to `bin/pm2` in the package itself, \
         or install it with `npm install pm2`",
        pm2.display()
    )
}

/// Where the package lies when its program is in `folder`: `node_modules/.bin`,
/// or the `bin` of a global installation.
fn beside(folder: &Path) -> [PathBuf; 2] {
    [folder.join("../pm2"), folder.join("../lib/node_modules/pm2")]
}

/// The roots of the packages whose `bin/pm2` a shell script names.
fn named_in_wrapper(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(file);
    let Ok(script) = fs::read(file) else { return Vec::new() };
    if !script.starts_with(b"#!") || script.len() > LONGEST_WRAPPER {
        return Vec::new();
    }
    String::from_utf8_lossy(&script)
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '='))
        .filter_map(|word| word.strip_suffix("/bin/pm2"))
        .map(|root| {
            let relative = root.strip_prefix("$basedir/").or_else(|| root.strip_prefix("${basedir}/"));
            folder.join(relative.unwrap_or(root))
        })
        .collect()
}

fn package_in(root: &Path) -> Option<Package> {
    let text = fs::read(root.join("package.json")).ok()?;
    let manifest: Value = serde_json::from_slice(&text).ok()?;
    let is_pm2 = manifest.get("name")?.as_str()? == "pm2" && root.join("lib/API.js").is_file();
    let version = manifest.get("version")?.as_str()?.to_owned();
    is_pm2.then(|| Package { root: fs::canonicalize(root).unwrap_or_else(|_| root.into()), version })
}

#[cfg(test)]
mod tests {
    use crate::adapters::pm2::package::find_package;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    fn install(root: &Path) -> PathBuf {
        for folder in ["bin", "lib"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("package.json"), r#"{"name":"pm2","version":"7.0.4"}"#).unwrap();
        fs::write(root.join("lib/API.js"), "").unwrap();
        fs::write(root.join("bin/pm2"), "#!/usr/bin/env node\n").unwrap();
        root.canonicalize().unwrap()
    }

    #[test]
    fn it_is_found_through_the_link_that_npm_makes() {
        let folder = tempfile::tempdir().unwrap();
        let root = install(&folder.path().join("node_modules/pm2"));
        let bin = folder.path().join("node_modules/.bin");
        fs::create_dir(&bin).unwrap();
        symlink("../pm2/bin/pm2", bin.join("pm2")).unwrap();
        let package = find_package(&bin.join("pm2")).unwrap();
        assert_eq!((package.root, package.version.as_str()), (root, "7.0.4"));
    }

    #[test]
    fn it_is_found_beside_a_global_launcher() {
        let folder = tempfile::tempdir().unwrap();
        let root = install(&folder.path().join("lib/node_modules/pm2"));
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(folder.path().join("bin/pm2"), "#!/bin/sh\nexec something else\n").unwrap();
        assert_eq!(find_package(&folder.path().join("bin/pm2")).unwrap().root, root);
    }

    #[test]
    fn it_is_found_in_the_wrapper_that_pnpm_writes() {
        let folder = tempfile::tempdir().unwrap();
        let root = install(&folder.path().join("node_modules/.pnpm/pm2@7.0.4/node_modules/pm2"));
        let bin = folder.path().join("node_modules/.bin");
        fs::create_dir(&bin).unwrap();
        let wrapper = "#!/bin/sh\nbasedir=$(dirname \"$0\")\n\
            exec node  \"$basedir/../.pnpm/pm2@7.0.4/node_modules/pm2/bin/pm2\" \"$@\"\n";
        fs::write(bin.join("pm2"), wrapper).unwrap();
        assert_eq!(find_package(&bin.join("pm2")).unwrap().root, root);
    }

    #[test]
    fn a_launcher_without_a_package_is_an_error_with_a_next_step() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pm2"), "\x7fELF").unwrap();
        let error = find_package(&folder.path().join("pm2")).unwrap_err().to_string();
        assert!(error.contains("`[pm2] command`"), "{error}");
    }
}
