//! What PM2 will show for a definition on this machine: the file that runs,
//! its directory, the process count. Drift is held against it, and what PM2
//! could not start is refused before the old process is deleted.

pub(crate) mod files;
pub(in crate::core) mod interpreter;
pub(crate) mod machine;

use std::path::{Path, PathBuf};

use crate::core::definition::Definition;
use crate::core::definition::desired::DesiredApp;
use crate::core::pm2::effective::files::Written;
use crate::core::pm2::effective::interpreter::mode;
use crate::core::pm2::effective::machine::{Machine, Question};
use crate::text::diagnostic::Diagnostic;
use crate::text::paths::normalised;

/// A definition as PM2 will show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effective {
    /// The file that runs.
    pub exec_path: PathBuf,
    /// Whether it was found on PATH: then another folder of PATH is not drift.
    pub found_on_path: bool,
    /// Its directory.
    pub cwd: PathBuf,
    /// `fork_mode` or `cluster_mode`, where the definition decides it.
    pub mode: Option<&'static str>,
    /// How many processes, where the definition decides it.
    pub count: Option<usize>,
    /// Its arguments.
    pub args: Vec<String>,
    /// The files that PM2 writes for it, under the options that say so, as far
    /// as the definition decides them.
    pub files: Vec<(&'static str, Written)>,
}

/// The questions about the machine on which the effect of a definition depends.
pub(crate) fn questions(definition: &Definition, root: &Path) -> Vec<Question> {
    let cwd = directory(definition, root);
    let (script, _) = command(definition);
    let mut questions = vec![
        Question::File(normalised(&cwd.join(script))),
        Question::Program(script.to_owned()),
        Question::Folder(cwd.clone()),
    ];
    if is_run_itself(definition) {
        questions.push(Question::Executable(normalised(&cwd.join(script))));
    }
    let relative = interpreter::relative(definition);
    questions.extend(relative.map(|path| Question::Executable(normalised(&cwd.join(path)))));
    questions
        .extend(interpreter::candidates(definition, script).map(|name| Question::Program(name.to_owned())));
    questions
}

/// What PM2 will show for the definition, or why it could not run it.
pub(crate) fn effective(definition: &Definition, machine: &Machine) -> Result<Effective, Diagnostic> {
    effective_or_option(definition, machine).map_err(|(_, why)| why)
}

/// The same, with the place of what is wrong.
pub(crate) fn examined(app: &DesiredApp, machine: &Machine) -> Result<Effective, Diagnostic> {
    effective_or_option(&app.definition, machine).map_err(|(option, why)| why.at(app.place_of(option)))
}

/// The same, with the option that is wrong.
fn effective_or_option(
    definition: &Definition,
    machine: &Machine,
) -> Result<Effective, (&'static str, Diagnostic)> {
    let cwd = directory(definition, &machine.root);
    if !machine.folders.contains(&cwd) {
        let diagnostic = Diagnostic::error(format!("its `cwd` {} is not a folder", cwd.display()));
        return Err(("cwd", diagnostic.help("PM2 would show a process that does not exist")));
    }
    let (script, args) = command(definition);
    let file = normalised(&cwd.join(script));
    let (exec_path, found_on_path) = if script == SERVE {
        (PathBuf::from("Serve.js"), true)
    } else if machine.files.contains(&file) {
        (file, false)
    } else if let Some(program) = machine.programs.get(script) {
        (program.clone(), true)
    } else {
        let diagnostic = Diagnostic::error(format!("its script {} does not exist", file.display()));
        return Err(("script", diagnostic.help(format!("nor is `{script}` a program on PATH"))));
    };
    if is_run_itself(definition) && !found_on_path && !machine.executables.contains(&exec_path) {
        let diagnostic =
            Diagnostic::error(format!("its script {} is not an executable file", exec_path.display()));
        return Err(("script", diagnostic.help("with `interpreter` `none` it has to be one: `chmod +x` it")));
    }
    if let Some(path) = interpreter::relative(definition)
        && !machine.executables.contains(&normalised(&cwd.join(path)))
    {
        let diagnostic =
            Diagnostic::error(format!("its interpreter `{path}` is not an executable file in its directory"));
        return Err(("exec_interpreter", diagnostic.help(format!("it is started in {}", cwd.display()))));
    }
    if let Some(diagnostic) = interpreter::missing(definition, script, machine) {
        let option =
            if definition.text("exec_interpreter").is_some() { "exec_interpreter" } else { "script" };
        return Err((option, diagnostic));
    }
    Ok(Effective {
        mode: mode(definition, &exec_path),
        count: count(definition),
        files: files::written(definition, &cwd),
        exec_path,
        found_on_path,
        cwd,
        args,
    })
}

fn directory(definition: &Definition, root: &Path) -> PathBuf {
    definition.text("cwd").map_or_else(|| root.to_owned(), |cwd| normalised(&root.join(cwd)))
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

/// Whether the definition says that the script is run without an interpreter.
fn is_run_itself(definition: &Definition) -> bool {
    definition.text("exec_interpreter") == Some("none") && command(definition).0 != SERVE
}

/// The mode that PM2 runs the definition in, as far as it can be told without
/// looking the script up.
pub(crate) fn implied_mode(definition: &Definition) -> Option<&'static str> {
    mode(definition, Path::new(command(definition).0))
}

/// How many processes the definition asks for, where that is not counted from
/// the CPUs that the daemon sees, as `0` and less are.
pub(crate) fn count(definition: &Definition) -> Option<usize> {
    match definition.number("instances") {
        None => Some(1),
        Some(count) => usize::try_from(count).ok().filter(|&count| count > 0),
    }
}

#[cfg(test)]
mod tests;
