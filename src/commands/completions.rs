//! `pm2sync completions`: what a shell needs to complete our command line.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::report::Report;

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell: its script is printed, to be sourced or put where the shell looks
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args, report: &mut Report) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "pm2sync", &mut script);
    report.text(&String::from_utf8_lossy(&script));
    Exit::Done
}
