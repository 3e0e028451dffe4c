//! `pm2sync check`: the lint that CI enforces.

use std::path::{Path, PathBuf};

use crate::commands::words::{formats, not_taken};
use crate::core::failure::Failure;
use crate::engine::check::checked::Checked;
use crate::engine::check::{Fixing, Request, check, pages, summarise};
use crate::engine::sync::gate::hooks_are_off;
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::{Format, Report, github, json, sarif, snippets};
use crate::text::diagnostic::Severity;

/// What `check` takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How the answer is written; under GitHub Actions `github`, else `human`
    #[arg(long, value_name = "FORMAT", value_parser = formats(&FORMATS))]
    pub format: Option<Format>,
    /// Put right what is certain, on disk, and say what was done
    #[arg(long)]
    fix: bool,
    /// Show what `--fix` would change, and change nothing
    #[arg(long)]
    diff: bool,
    /// Exit with 1 on warnings, too
    #[arg(long)]
    strict: bool,
    /// Read the disk in the place of what is staged, and look at the artifact
    #[arg(long)]
    worktree: bool,
    /// Only these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// How findings are written, and what the help tells of it.
const FORMATS: [(Format, &str); 4] = [
    (Format::Human, "For people: the line of the source, with carets"),
    (Format::Github, "Annotations of GitHub Actions"),
    (Format::Sarif, "SARIF 2.1.0, for code scanning"),
    (Format::Json, "One JSON document"),
];

/// Checks, and shows what was found.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let fixing = match (args.diff, args.fix) {
        (true, _) => Fixing::Show,
        (false, true) => Fixing::Make,
        (false, false) => Fixing::Leave,
    };
    if args.diff && args.format.is_some_and(|format| format != Format::Human) {
        return Err(Failure::Usage(
            "`--diff` is a patch, in no other format; leave `--format` out".to_owned(),
        ));
    }
    let request = Request { paths: args.paths.clone(), worktree: args.worktree, fixing, staged_only: false };
    let checked = check(context, &request)?;
    checked.skipped.iter().for_each(|line| report.detail(line));
    checked.fixed.iter().for_each(|line| report.note(&format!("fixed {line}")));
    let on_github = context.environment.text("GITHUB_ACTIONS") == Some("true");
    let format = args.format.unwrap_or(if on_github { Format::Github } else { Format::Human });
    show(context, &checked, if args.diff { None } else { Some(format) }, report)?;
    Ok(exit(&checked, args.strict))
}

/// The `pre-commit` hook: an error in a staged file prevents the commit. A check
/// that cannot run does not.
pub(crate) fn before_commit(context: &Context, report: &mut Report) -> Exit {
    if hooks_are_off(context) {
        return Exit::Done;
    }
    // Only findings in files of this commit count.
    let request = Request { staged_only: true, ..Request::default() };
    let mut checked = match check(context, &request) {
        Ok(checked) => checked,
        Err(failure) => {
            report.hook(&failure.to_string());
            return Exit::Done;
        }
    };
    checked.findings.retain(|finding| finding.severity == Severity::Error);
    if checked.findings.is_empty() {
        return Exit::Done;
    }
    for finding in &checked.findings {
        report.text(&snippets::finding(finding, &checked.findings, &checked.texts, report.is_coloured()));
    }
    report.hook(&format!("nothing was committed: {}", snippets::summary(&checked.findings)));
    Exit::Failed
}

/// Errors fail the check; warnings only where that is asked for.
pub(crate) fn exit(checked: &Checked, strict: bool) -> Exit {
    let least = if strict { Severity::Warning } else { Severity::Error };
    let fails = checked.findings.iter().any(|finding| finding.severity >= least);
    if fails { Exit::Failed } else { Exit::Done }
}

fn show(
    context: &Context,
    checked: &Checked,
    format: Option<Format>,
    report: &mut Report,
) -> Result<(), Failure> {
    let findings = &checked.findings;
    match format {
        None => {
            report.text(&checked.patch);
            report.note(&snippets::summary(findings));
        }
        Some(Format::Human) => {
            for finding in findings {
                report.text(&snippets::finding(finding, findings, &checked.texts, report.is_coloured()));
            }
            report.say(&snippets::summary(findings));
        }
        Some(Format::Github) => {
            for line in github::lines(findings) {
                report.answer(&line);
            }
            let summary = context.environment.os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
            if let Some(path) = summary.filter(|_| findings.len() > github::SHOWN) {
                summarise(Path::new(path), &github::summary(findings))?;
            }
        }
        Some(Format::Sarif) => report.document(&sarif::log(findings, &checked.texts, &pages())),
        Some(Format::Json) => report.document(&json::check(findings)),
        Some(format @ Format::Markdown) => return Err(not_taken(format)),
    }
    Ok(())
}
