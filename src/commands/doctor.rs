//! `pm2sync doctor`: checks everything that a sync depends on, and reports the state
//! of each with the next step.

use owo_colors::Style;

use crate::core::failure::Failure;
use crate::core::inspect::doctor::Verdict;
use crate::core::inspect::doctor::checks::run_checks;
use crate::engine::inspect::doctor::{facts, probe};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::{Report, human};

/// What `doctor` takes: nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the checks, and prints a line for each; `-q` prints only those that fail.
pub(crate) fn run(context: &Context, _: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let findings = run_checks(&facts(context)?);
    for finding in &findings {
        let line = human::finding(finding);
        match finding.verdict {
            Verdict::Good => report.say(&report.styled(&line, Style::new().green())),
            Verdict::Note => report.say(&report.styled(&line, Style::new().cyan())),
            Verdict::Wrong => report.answer(&report.styled(&line, Style::new().red())),
        }
    }
    let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Wrong);
    Ok(if is_well { Exit::Done } else { Exit::Failed })
}

/// A hook that `doctor` runs: it prints what it finds, and does nothing else.
pub(crate) fn answer(context: &Context, report: &mut Report) -> Exit {
    match probe(context) {
        Ok(probe) => report.document(&serde_json::json!(probe)),
        Err(failure) => report.hook(&failure.to_string()),
    }
    Exit::Done
}
