//! What PM2 will show for a definition on this machine: the file that runs,
//! its directory, the process count. Drift is held against it, and what PM2
//! could not start is refused before the old process is deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::core::definition::Definition;
use crate::text::diagnostic::Diagnostic;

/// What has to be looked up before a definition's effect is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Is there a file or a folder of this path?
    File(PathBuf),
    /// Is there a folder of this path?
    Folder(PathBuf),
    /// Which program does PATH give for this name?
    Program(String),
}

/// The answers, and where they were found.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The root of the workspace, which relative paths start from.
    pub root: PathBuf,
    /// The paths that exist, of those asked for.
    pub files: BTreeSet<PathBuf>,
    /// The folders that exist, of those asked for.
    pub folders: BTreeSet<PathBuf>,
    /// The programs that PATH has, of those asked for.
    pub programs: BTreeMap<String, PathBuf>,
}

/// A definition as PM2 will show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The file that runs.
    pub exec_path: PathBuf,
    /// Whether PATH gave it: then another folder of PATH is no drift.
    pub found_on_path: bool,
    /// Its directory.
    pub cwd: PathBuf,
    /// `fork_mode` or `cluster_mode`, where the definition decides it.
    pub mode: Option<&'static str>,
    /// How many processes, where the definition decides it.
    pub count: Option<usize>,
    /// Its arguments.
    pub args: Vec<String>,
}

/// What must be known to say what a definition comes to.
pub fn questions(definition: &Definition, root: &Path) -> Vec<Question> {
    let cwd = directory(definition, root);
    let (script, _) = command(definition);
    let mut questions = vec![
        Question::File(resolved(&cwd, script)),
        Question::Program(script.to_owned()),
        Question::Folder(cwd),
    ];
    questions.extend(definition.text("exec_interpreter").map(|name| Question::Program(name.to_owned())));
    questions
}

/// What PM2 will show for the definition, or why it could not run it.
pub fn effective(definition: &Definition, machine: &Machine) -> Result<Effective, Diagnostic> {
    let cwd = directory(definition, &machine.root);
    if !machine.folders.contains(&cwd) {
        return Err(Diagnostic::error(format!("its `cwd` {} is no folder", cwd.display()))
            .help("PM2 would show a process that does not exist"));
    }
    let (script, args) = command(definition);
    let file = resolved(&cwd, script);
    let (exec_path, found_on_path) = if script == SERVE {
        (PathBuf::from("Serve.js"), true)
    } else if machine.files.contains(&file) {
        (file, false)
    } else if let Some(program) = machine.programs.get(script) {
        (program.clone(), true)
    } else {
        return Err(Diagnostic::error(format!("its script {} does not exist", file.display()))
            .help(format!("nor is `{script}` a program on PATH")));
    };
    if let Some(interpreter) = definition.text("exec_interpreter")
        && !matches!(interpreter, "none" | "node" | "lsc" | "coffee")
        && !interpreter.contains("node@")
        && !machine.programs.contains_key(interpreter)
    {
        return Err(Diagnostic::error(format!("its interpreter `{interpreter}` is no program on PATH")));
    }
    Ok(Effective {
        mode: mode(definition, &exec_path),
        count: count(definition),
        exec_path,
        found_on_path,
        cwd,
        args,
    })
}

fn directory(definition: &Definition, root: &Path) -> PathBuf {
    definition.text("cwd").map_or_else(|| root.to_owned(), |cwd| resolved(root, cwd))
}

/// The script that is PM2's own file server, wherever PM2 lies.
const SERVE: &str = "serve";

/// The script and its arguments; PM2 hands a script with a space to a shell.
fn command(definition: &Definition) -> (&str, Vec<String>) {
    match definition.text("script").unwrap_or_default() {
        line if line.contains(' ') => ("bash", vec!["-c".to_owned(), line.to_owned()]),
        script => (script, definition.words("args").unwrap_or_default()),
    }
}

/// The extensions that PM2 runs with an interpreter of its choice, and whether
/// that is node. For others, and for TypeScript, it depends on the machine.
const BY_EXTENSION: &[(&str, bool)] =
    &[("js", true), ("sh", false), ("py", false), ("rb", false), ("php", false), ("pl", false)];

/// The mode that PM2 runs the definition in, as far as it can be told without
/// looking the script up.
pub fn implied_mode(definition: &Definition) -> Option<&'static str> {
    mode(definition, Path::new(command(definition).0))
}

/// Naming `instances` without a mode means cluster mode, for node alone. PM2's
/// versions differ in what they take for node, so the doubtful is left open.
fn mode(definition: &Definition, exec_path: &Path) -> Option<&'static str> {
    match definition.text("exec_mode") {
        Some("cluster_mode") => return Some("cluster_mode"),
        Some(_) => return Some("fork_mode"),
        None => {}
    }
    if definition.number("instances").is_none_or(|count| count < -1) {
        return Some("fork_mode");
    }
    let by_node = if let Some(interpreter) = definition.text("exec_interpreter") {
        match interpreter.rsplit('/').next()? {
            "node" => true,
            _ if interpreter.contains("node") || interpreter.contains("bun") => return None,
            _ => false,
        }
    } else {
        let extension = exec_path.extension()?.to_str()?;
        BY_EXTENSION.iter().find(|(known, _)| *known == extension)?.1
    };
    Some(if by_node { "cluster_mode" } else { "fork_mode" })
}

/// `0` and less count from the CPUs that the daemon sees.
fn count(definition: &Definition) -> Option<usize> {
    match definition.number("instances") {
        None => Some(1),
        Some(count) => usize::try_from(count).ok().filter(|&count| count > 0),
    }
}

/// A path from a base, with `.` and `..` taken out as node does it.
fn resolved(base: &Path, path: &str) -> PathBuf {
    let mut result = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use serde_json::{Value, json};

    use super::{Machine, Question, effective, questions};
    use crate::core::canonical::{RawApp, canonical};
    use crate::core::definition::Definition;

    fn app(options: &Value) -> Definition {
        canonical(&RawApp { options: options.as_object().unwrap().clone(), ..RawApp::default() }).0
    }

    fn machine() -> Machine {
        Machine {
            root: PathBuf::from("/w"),
            files: BTreeSet::from([PathBuf::from("/w/a.js"), PathBuf::from("/w/sub/b.cjs")]),
            folders: BTreeSet::from([PathBuf::from("/w"), PathBuf::from("/w/sub")]),
            programs: BTreeMap::from([
                ("sleep".to_owned(), PathBuf::from("/bin/sleep")),
                ("bash".to_owned(), PathBuf::from("/bin/bash")),
            ]),
        }
    }

    #[test]
    fn what_must_be_looked_up_is_asked_for() {
        let definition =
            app(&json!({"name": "a", "script": "./b.cjs", "cwd": "x/../sub", "interpreter": "deno"}));
        assert_eq!(
            questions(&definition, Path::new("/w")),
            [
                Question::File("/w/sub/b.cjs".into()),
                Question::Program("./b.cjs".into()),
                Question::Folder("/w/sub".into()),
                Question::Program("deno".into()),
            ]
        );
    }

    #[test]
    fn paths_modes_and_counts_are_as_pm2_makes_them() {
        let shown = |options: &Value| effective(&app(options), &machine()).unwrap();
        let plain = shown(&json!({"name": "a", "script": "a.js"}));
        assert_eq!(
            (plain.exec_path.to_str(), plain.mode, plain.count),
            (Some("/w/a.js"), Some("fork_mode"), Some(1))
        );
        let cluster = shown(&json!({"name": "a", "script": "a.js", "instances": 2}));
        assert_eq!((cluster.mode, cluster.count), (Some("cluster_mode"), Some(2)));
        let every_cpu = shown(&json!({"name": "a", "script": "a.js", "instances": "max"}));
        assert_eq!((every_cpu.mode, every_cpu.count), (Some("cluster_mode"), None));
        let program = shown(&json!({"name": "a", "script": "sleep", "args": "9", "interpreter": "none"}));
        assert_eq!((program.exec_path.to_str(), program.args.len()), (Some("/bin/sleep"), 1));
        let line = shown(&json!({"name": "a", "script": "sleep 9", "args": "lost"}));
        assert_eq!(
            (line.exec_path.to_str(), line.args.as_slice()),
            (Some("/bin/bash"), &["-c".to_owned(), "sleep 9".to_owned()][..])
        );
    }

    #[test]
    fn what_pm2_could_not_run_is_refused() {
        let why = |options: &Value| effective(&app(options), &machine()).unwrap_err().message;
        assert_eq!(
            why(&json!({"name": "a", "script": "a.js", "cwd": "gone"})),
            "its `cwd` /w/gone is no folder"
        );
        assert_eq!(why(&json!({"name": "a", "script": "z.js"})), "its script /w/z.js does not exist");
        assert_eq!(
            why(&json!({"name": "a", "script": "a.js", "interpreter": "deno"})),
            "its interpreter `deno` is no program on PATH"
        );
    }
}
