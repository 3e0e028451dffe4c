//! What runs a script: the interpreter that PM2 takes, whether it is there,
//! and the mode that follows from it.

use std::path::Path;

use crate::core::definition::Definition;
use crate::core::pm2::effective::machine::Machine;
use crate::text::diagnostic::Diagnostic;

/// The extensions that PM2 runs with an interpreter of its choice: what it may
/// be called, of which one must be there. Node it finds by itself; for others,
/// and for TypeScript, it depends on the machine.
const BY_EXTENSION: &[(&str, &[&str])] = &[
    ("js", &[NODE]),
    ("sh", &["bash"]),
    ("py", &["python", "python3"]),
    ("rb", &["ruby"]),
    ("php", &["php"]),
    ("pl", &["perl"]),
];

const NODE: &str = "node";

fn by_extension(script: &Path) -> Option<&'static [&'static str]> {
    let extension = script.extension()?.to_str()?;
    BY_EXTENSION.iter().find(|(known, _)| *known == extension).map(|(_, names)| *names)
}

/// The programs of which one has to be on PATH.
pub(in crate::core) fn candidates<'a>(
    definition: &'a Definition,
    script: &'a str,
) -> impl Iterator<Item = &'a str> {
    let own = definition.text("exec_interpreter");
    let implied = if own.is_none() { by_extension(Path::new(script)) } else { None };
    own.into_iter().chain(implied.into_iter().flatten().copied()).filter(|name| !comes_with_pm2(name))
}

/// An interpreter that is looked for from the directory of the app, too: PM2
/// finds it from its own, and the system then starts it from the app's.
pub(in crate::core) fn relative(definition: &Definition) -> Option<&str> {
    definition.text("exec_interpreter").filter(|path| path.contains('/') && !path.starts_with('/'))
}

/// What PM2 finds although it is not on PATH.
fn comes_with_pm2(interpreter: &str) -> bool {
    matches!(interpreter, "none" | NODE | "lsc" | "coffee") || interpreter.contains("node@")
}

/// Why the script cannot be run, where its interpreter is not there.
pub(in crate::core) fn missing(
    definition: &Definition,
    script: &str,
    machine: &Machine,
) -> Option<Diagnostic> {
    let names: Vec<&str> = candidates(definition, script).collect();
    if names.is_empty() || names.iter().any(|name| machine.programs.contains_key(*name)) {
        return None;
    }
    let names = names.join("` or `");
    Some(if names.contains('/') {
        Diagnostic::error(format!("its interpreter `{names}` is not an executable file"))
    } else {
        Diagnostic::error(format!("its interpreter `{names}` is not a program on PATH"))
    })
}

/// Whether PM2 may show this interpreter for the definition.
pub(in crate::core) fn agrees(definition: &Definition, script: &Path, shown: &str) -> bool {
    let is_node = |name: &str| name.ends_with(NODE) || name.ends_with("nodejs") || name.ends_with("bun");
    match definition.text("exec_interpreter") {
        Some(NODE) => is_node(shown),
        Some(own) => own == shown || (own != "none" && comes_with_pm2(own)),
        None => by_extension(script)
            .is_none_or(|names| names.contains(&shown) || (names.contains(&NODE) && is_node(shown))),
    }
}

/// Naming `instances` without a mode means cluster mode, for node alone. PM2's
/// versions differ in what they take for node, so the doubtful is left open.
pub(in crate::core) fn mode(definition: &Definition, exec_path: &Path) -> Option<&'static str> {
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
            NODE => true,
            _ if interpreter.contains(NODE) || interpreter.contains("bun") => return None,
            _ => false,
        }
    } else {
        by_extension(exec_path)?.contains(&NODE)
    };
    Some(if by_node { "cluster_mode" } else { "fork_mode" })
}
