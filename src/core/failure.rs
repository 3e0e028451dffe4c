//! Why a command failed, in the kinds that the exit codes distinguish.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use crate::core::bug::Bug;
use crate::text::diagnostic::Diagnostic;
use crate::text::name_list::beside_the_first;

/// A failure that ends a command.
#[derive(Debug)]
pub enum Failure {
    /// Wrong usage or settings.
    Usage(String),
    /// The definitions did not compile; nothing was changed.
    Compile(CompileFailure),
    /// Another sync held the lock for the whole time that was waited.
    Locked(String),
    /// A signal asked to stop before anything was changed.
    Interrupted,
    /// A bug of pm2sync itself, which the panic hook has reported.
    Bug(Bug),
    /// Anything else.
    Other(anyhow::Error),
}

/// Why the definitions did not compile.
#[derive(Debug, Default)]
pub struct CompileFailure {
    /// What is wrong, each with its place where that is known.
    pub diagnostics: Vec<Diagnostic>,
    /// The output of the compiler command, or what a loaded file threw: it may quote
    /// anything, so it is shown once and kept nowhere.
    pub output: String,
    /// The files it looked for, relative to the root: an edit of one, or a new one,
    /// can fix it.
    pub files: BTreeSet<PathBuf>,
}

impl CompileFailure {
    /// A failure with one cause.
    pub fn because(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }

    /// The first cause, and how many there are beside it.
    pub fn first(&self) -> String {
        // A message may quote a text of the sources, which may be a secret.
        let first = self.diagnostics.first().map(|said| without_texts(&said.to_string()));
        format!("{}{}", first.unwrap_or_default(), beside_the_first(self.diagnostics.len()))
    }
}

impl Failure {
    /// What failed, without the causes that a compiler gave.
    pub fn what(&self) -> String {
        match self {
            Self::Compile(_) => "the definitions do not compile; nothing was changed".to_owned(),
            other => other.to_string(),
        }
    }

    /// The compiler's diagnostics.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        if let Self::Compile(compile) = self { &compile.diagnostics } else { &[] }
    }

    /// The failure in one line: a compiler may print thousands.
    pub fn in_one_line(&self) -> String {
        let Self::Compile(compile) = self else { return self.to_string() };
        let first = compile.first();
        format!("the definitions do not compile, so nothing was changed: {first}; `pm2sync sync` shows all")
    }
}

/// The same without the texts between double quotes.
fn without_texts(text: &str) -> String {
    let parts = text.split('"').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part } else { "\"…\"" }).collect()
}

impl From<CompileFailure> for Failure {
    fn from(failure: CompileFailure) -> Self {
        Self::Compile(failure)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Locked(message) => f.write_str(message),
            Self::Interrupted => f.write_str("interrupted; nothing was changed"),
            Self::Bug(bug) => bug.fmt(f),
            Self::Compile(failure) => {
                let lines: Vec<String> = failure.diagnostics.iter().map(ToString::to_string).collect();
                write!(f, "the definitions do not compile: {}", lines.join("\n"))
            }
            Self::Other(error) => write!(f, "{error:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_texts;

    #[test]
    fn texts_of_the_sources_are_taken_out() {
        assert_eq!(without_texts(r#"a.cljs:1:2: `"sk-live"` has none"#), r#"a.cljs:1:2: `"…"` has none"#);
        assert_eq!(without_texts(r#"an open "sk-live"#), r#"an open "…""#);
        assert_eq!(without_texts("nothing"), "nothing");
    }
}
