//! All printing. Progress and errors go to stderr, the answer goes to stdout; output
//! to a closed pipe is silently lost.

pub mod bug;
mod format;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod sarif;
pub(crate) mod snippets;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod watch;
pub(crate) mod worker_message;

use std::ffi::OsStr;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::ValueEnum;
use owo_colors::{OwoColorize as _, Style};
use rustix::termios::tcgetwinsize;
use serde_json::Value;

use crate::core::failure::{CompileFailure, Failure};
use crate::core::plan::Ended;
use crate::core::sync::event::Event;
use crate::text::diagnostic::{Diagnostic, Severity};

pub use crate::report::format::Format;

/// The width of a terminal that does not report it.
const USUAL_WIDTH: usize = 80;

/// All output goes through here.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub struct Report {
    color_out: bool,
    color_err: bool,
    volume: Volume,
    has_transient: bool,
    has_document: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Only what went wrong.
    Quiet,
    /// What was done.
    Normal,
    /// The compiler's output, too.
    Verbose,
}

impl Report {
    /// A report in these colours; `no_color` is the variable `NO_COLOR`.
    pub fn new(color: Color, volume: Volume, no_color: Option<&OsStr>) -> Self {
        let may = no_color.is_none_or(OsStr::is_empty);
        let colors = |is_terminal: bool| match color {
            Color::Auto => is_terminal && may,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            color_out: colors(io::stdout().is_terminal()),
            color_err: colors(io::stderr().is_terminal()),
            volume,
            has_transient: false,
            has_document: false,
        }
    }

    /// A line of the answer, which `-q` suppresses.
    pub fn say(&mut self, line: &str) {
        if self.volume > Volume::Quiet {
            self.answer(line);
        }
    }

    /// A line of the answer that is always given.
    pub fn answer(&mut self, line: &str) {
        drop(writeln!(io::stdout().lock(), "{line}"));
    }

    /// One JSON document, which is the whole answer.
    pub fn document(&mut self, document: &Value) {
        self.has_document = true;
        self.answer(&format!("{document:#}"));
    }

    /// Text of the answer as it is, with its own line ends.
    pub fn text(&mut self, text: &str) {
        drop(write!(io::stdout().lock(), "{text}"));
    }

    /// Whether the answer is coloured.
    pub fn is_coloured(&self) -> bool {
        self.color_out
    }

    /// Whether progress is coloured.
    pub fn colours_progress(&self) -> bool {
        self.color_err
    }

    /// Whether progress and answer both go to a terminal.
    pub fn shows_a_terminal(&self) -> bool {
        io::stdout().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether the answer goes to a terminal, and not to a file or pipe.
    pub fn answers_a_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// A line that only `-v` shows.
    pub fn detail(&mut self, line: &str) {
        if self.volume == Volume::Verbose {
            self.note(line);
        }
    }

    /// A line of progress, which `-q` suppresses.
    pub fn note(&mut self, line: &str) {
        if self.volume > Volume::Quiet {
            drop(writeln!(io::stderr().lock(), "{line}"));
        }
    }

    /// What went wrong.
    pub fn error(&mut self, message: &str) {
        self.complain("error", Style::new().red().bold(), message);
    }

    /// Why a command failed: on stderr, and in the format of its answer.
    pub fn failure(&mut self, failure: &Failure, format: Format) {
        self.clear_transient();
        if let Failure::Compile(CompileFailure { output, .. }) = failure
            && !output.trim_end().is_empty()
        {
            drop(writeln!(io::stderr().lock(), "{}", output.trim_end()));
        }
        failure.diagnostics().iter().for_each(|diagnostic| self.diagnostic(diagnostic));
        // The panic hook has reported a bug.
        if !matches!(failure, Failure::Bug(_)) {
            self.error(&failure.what());
        }
        match format {
            // Neither annotations nor SARIF have a place for it.
            Format::Human | Format::Github | Format::Sarif => {}
            // `status` has printed what it can.
            Format::Json if self.has_document => {}
            Format::Json => self.document(&json::failure(failure)),
            Format::Markdown => self.text(&markdown::failure(failure)),
        }
    }

    /// Something about the definitions.
    pub fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        let text = diagnostic.to_string();
        match diagnostic.severity {
            Severity::Error => self.error(&text),
            Severity::Warning if self.volume > Volume::Quiet => {
                self.complain("warning", Style::new().yellow().bold(), &text);
            }
            Severity::Note if self.volume == Volume::Verbose => {
                self.complain("note", Style::new().bold(), &text);
            }
            Severity::Warning | Severity::Note => {}
        }
    }

    /// An event of a sync by hand.
    pub fn event(&mut self, event: &Event) {
        self.clear_transient();
        match event {
            Event::Waiting => self.note("waiting for another sync to end"),
            Event::Proving { apps, elapsed } => {
                self.show_transient(&human::proving(apps, *elapsed));
            }
            Event::NotSaved(why) => self.note(&human::not_saved(why)),
            Event::Compiling { compiler, elapsed } => {
                self.show_transient(&format!("compiling ({compiler}), {} s", elapsed.as_secs()));
            }
            Event::Compiled { elapsed, output, .. } if self.volume == Volume::Verbose => {
                let output = output.trim_end();
                if !output.is_empty() {
                    self.note(output);
                }
                self.note(&format!("compiled in {} ms", elapsed.as_millis()));
            }
            Event::ArtifactEdited(path) => {
                self.note(&format!(
                    "`{path}` was edited by hand, or written by something else; it is rebuilt"
                ));
            }
            Event::Read { variables, .. } if self.volume == Volume::Verbose && !variables.is_empty() => {
                let names: Vec<&str> = variables.iter().map(String::as_str).collect();
                self.note(&format!("the definitions read {}", names.join(", ")));
            }
            Event::Diagnostic(diagnostic) => self.diagnostic(diagnostic),
            Event::Acted(outcome) if outcome.result == Ended::Done => {
                let line = human::outcome(outcome);
                self.say(&self.styled(&line, Style::new().green()));
            }
            Event::Acted(outcome) => {
                let line = human::outcome(outcome);
                self.answer(&self.styled(&line, Style::new().yellow()));
            }
            Event::Kept(outcomes) => {
                self.answer(&self.styled(&human::kept(outcomes), Style::new().yellow()));
            }
            Event::Compiled { .. } | Event::Read { .. } | Event::Misread { .. } => {}
        }
    }

    /// A line that the next one replaces; only on a terminal.
    fn show_transient(&mut self, line: &str) {
        if self.volume > Volume::Quiet && io::stderr().is_terminal() {
            let mut stderr = io::stderr().lock();
            // A line that the terminal wraps could not be cleared.
            let width = tcgetwinsize(&stderr).map_or(0, |size| usize::from(size.ws_col));
            let width = if width == 0 { USUAL_WIDTH } else { width };
            drop(write!(stderr, "{}", table::first(line, width.saturating_sub(1))));
            drop(stderr.flush());
            self.has_transient = true;
        }
    }

    /// Clears such a line.
    pub(crate) fn clear_transient(&mut self) {
        if std::mem::take(&mut self.has_transient) {
            drop(write!(io::stderr().lock(), "\r\x1b[K"));
        }
    }

    /// A line of a hook: git shows it among its own.
    pub fn hook(&mut self, line: &str) {
        drop(writeln!(io::stderr().lock(), "pm2sync: {line}"));
    }

    /// The end of an app's error log, below its line.
    pub fn log(&mut self, lines: &[String]) {
        let mut stderr = io::stderr().lock();
        for line in lines {
            drop(writeln!(stderr, "    {line}"));
        }
    }

    /// A line below it, for one app.
    pub fn hook_detail(&mut self, line: &str) {
        drop(writeln!(io::stderr().lock(), "{line}"));
    }

    /// Whether there is a terminal to ask on.
    pub fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a question whose answer is no unless it is yes.
    pub fn ask(&mut self, question: &str) -> bool {
        let mut stderr = io::stderr().lock();
        drop(write!(stderr, "{question} [y/N] "));
        drop(stderr.flush());
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    /// Text for stdout in a style, where stdout is coloured. The first word
    /// carries it: the rest stays readable on any background.
    pub fn styled(&self, line: &str, style: Style) -> String {
        match line.split_once(' ') {
            Some((first, rest)) if self.color_out => format!("{} {rest}", first.style(style)),
            _ => line.to_owned(),
        }
    }

    fn complain(&mut self, word: &str, style: Style, message: &str) {
        let mut stderr = io::stderr().lock();
        drop(if self.color_err {
            writeln!(stderr, "{}: {message}", word.style(style))
        } else {
            writeln!(stderr, "{word}: {message}")
        });
    }
}
