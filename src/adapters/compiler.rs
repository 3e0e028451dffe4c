//! Runs a compiler that writes the artifact in place, as shadow-cljs does. The old
//! artifact is saved until the caller has validated the new one: dropping the run
//! without `keep` restores it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::adapters::fs::{mode_of_plain_file, read_bytes, remove, write_whole};
use crate::adapters::process::{Program, Status, Variables, find_program, run_until};
use crate::adapters::signals::Interrupt;

/// How long a compiler may take. A cold shadow-cljs takes half a minute.
const LIMIT: Duration = Duration::from_mins(10);

/// A compiler that has run, and the artifact it may have replaced.
#[derive(Debug)]
pub(crate) struct Run {
    /// Whether it exited with 0, which proves little.
    pub success: bool,
    /// How it ended, as a message.
    pub ended: String,
    /// All that it printed.
    pub output: String,
    /// How long it took.
    pub elapsed: Duration,
    saved: Option<Saved>,
}

impl Run {
    /// The new artifact is good: the old one goes.
    pub(crate) fn keep(mut self) {
        if let Some(saved) = &mut self.saved {
            saved.restore = false;
        }
    }
}

/// Runs `command` in `root`; `artifact` is what it writes. It is killed when a signal
/// asks to stop.
pub(crate) fn compile(
    command: &[String],
    root: &Path,
    artifact: &Path,
    environment: &Variables,
    interrupt: &Interrupt,
) -> Result<Run> {
    let (name, args) = command.split_first().context("`compile.command` is empty")?;
    let path = environment.get(OsStr::new("PATH")).map(OsString::as_os_str).unwrap_or_default();
    let Some(program) = find_program(OsStr::new(name), path, root) else {
        bail!(
            "cannot find `{name}`, the first word of `compile.command`, on PATH; install it, or set `compiler = \"embedded\"`"
        );
    };
    let saved = Saved::of(artifact)?;
    let program = Program {
        path: program,
        args: args.iter().map(OsString::from).collect(),
        directory: root.to_owned(),
        environment: environment.clone(),
    };
    let finished = run_until(&program, LIMIT, &|| interrupt.is_requested())?;
    let ended = match finished.status {
        Status::Exited(code) => format!("ended with code {code}"),
        Status::Killed(signal) => format!("was killed by signal {signal}"),
        Status::Stopped => "was interrupted".to_owned(),
        Status::TimedOut => format!("was stopped after {} s", LIMIT.as_secs()),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Run {
        success: finished.status.success(),
        ended: format!("`{}` {ended}", command.join(" ")),
        output: text(&finished.stdout) + &text(&finished.stderr),
        elapsed: finished.elapsed,
        saved: Some(saved),
    })
}

/// The warnings in what shadow-cljs printed: undeclared names, wrong arity and
/// their like, each the line after its `WARNING` heading.
pub(crate) fn warnings(output: &str) -> Vec<String> {
    let mut warnings = BTreeSet::new();
    let mut lines = output.lines().map(str::trim);
    while let Some(line) = lines.next() {
        // The JVM and Clojure itself warn as well, of what breaks nothing.
        let is_shadows = line.contains("WARNING #");
        let is_compilers =
            line.starts_with("WARNING:") && BREAKING.iter().any(|message| line.contains(message));
        if is_shadows || is_compilers {
            let place = lines.clone().take(3).find_map(|line| line.strip_prefix("File:")).map(str::trim);
            let message = lines.clone().take(12).find(|line| is_breaking(line)).unwrap_or(line);
            warnings.insert(place.map_or_else(|| message.to_owned(), |place| format!("{place}: {message}")));
        }
    }
    warnings.into_iter().collect()
}

/// The warnings about programs that will break.
const BREAKING: &[&str] =
    &["Use of undeclared", "Wrong number of args", "No such namespace", "Can't take value"];

fn is_breaking(line: &str) -> bool {
    BREAKING.iter().any(|message| line.starts_with(message))
}

/// The old artifact, restored by one rename unless the new one is valid. A crash
/// loses it; the next compile rebuilds the artifact then.
#[derive(Debug)]
struct Saved {
    artifact: PathBuf,
    before: Option<(Vec<u8>, u32)>,
    restore: bool,
}

impl Saved {
    fn of(artifact: &Path) -> Result<Self> {
        let bytes = read_bytes(artifact)?;
        let before = bytes.map(|bytes| (bytes, mode_of_plain_file(artifact).unwrap_or(0o600)));
        Ok(Self { artifact: artifact.to_owned(), before, restore: true })
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        if !self.restore {
            return;
        }
        // After a failure here the next compile rebuilds it.
        drop(match &self.before {
            Some((bytes, mode)) => write_whole(&self.artifact, bytes, *mode),
            None => remove(&self.artifact),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::warnings;

    #[test]
    fn warnings_are_found_in_the_output_of_shadow_cljs() {
        let output = "\
[:clobber] Compiling ...
------ WARNING #1 - :undeclared-var --------------------------------------------
 File: /w/ecosystems/web.cljs:7:12
--------------------------------------------------------------------------------
   7 |   {:script (scriptt \"a.js\")})
------------------^-------------------------------------------------------------
 Use of undeclared Var web/scriptt
--------------------------------------------------------------------------------
[:clobber] Build completed. (45 files, 1 compiled, 1 warnings, 2.71s)
";
        assert_eq!(warnings(output), ["/w/ecosystems/web.cljs:7:12: Use of undeclared Var web/scriptt"]);
        let clojures = "WARNING: update-vals already refers to: #'clojure.core/update-vals in namespace: x";
        assert_eq!(warnings(clojures), [""; 0]);
        assert_eq!(warnings("[:clobber] Build completed. (45 files, 0 warnings)"), [""; 0]);
    }
}
