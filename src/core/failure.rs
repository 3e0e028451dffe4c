//! Why something could not be done at all, in the kinds that the program's
//! exit codes tell apart.

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
    /// Someone asked to stop before anything was changed.
    Interrupted,
    /// A bug of pm2sync itself, of which a line was said when it showed.
    Bug(Bug),
    /// Anything else.
    Other(anyhow::Error),
}

/// Why the definitions did not compile.
#[derive(Debug, Default)]
pub struct CompileFailure {
    /// What is wrong, each with its place where that is known.
    pub diagnostics: Vec<Diagnostic>,
    /// What the compiler command printed, or the file threw that was loaded: it may
    /// quote anything, so it is shown once and kept nowhere.
    pub output: String,
    /// The files it looked for, relative to the root: one that changes, or
    /// comes to be, can mend it.
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

    /// What a compiler said of the definitions.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        if let Self::Compile(compile) = self { &compile.diagnostics } else { &[] }
    }

    /// The failure in one line: a compiler may have said thousands.
    pub fn in_one_line(&self) -> String {
        let Self::Compile(compile) = self else { return self.to_string() };
        let first = compile.first();
        format!("the definitions do not compile, so nothing was changed: {first}; `pm2sync sync` shows all")
    }
}

/// The same with what stands between double quotes taken out.
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
