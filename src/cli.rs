//! The command line: what was typed, and which command it means.

use std::io;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    check, compile, completions, doctor, history, hook, install_hooks, pause, plan, resume, status, sync,
    uninstall_hooks, watch, worker,
};
use crate::core::settings::environment::Environment;
use crate::engine::bug::{Bugs, catch_panic};
use crate::engine::workspace::Context;
use crate::engine::{Interrupt, handle_sigchld, listen_for_signals};
use crate::exit::Exit;
use crate::report::{Color, Format, Report, Volume};

/// Keeps the processes that PM2 runs equal to the definitions in git, and
/// restarts only what changed.
#[derive(Debug, Parser)]
#[command(name = "pm2sync", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: Color,
    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more: the compiler's output, every app
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring PM2 to what the definitions say
    Sync(sync::Args),
    /// Show what `sync` would do, and do nothing
    Plan(plan::Args),
    /// Compile the definitions into the artifact
    Compile(compile::Args),
    /// Show how the running apps compare with the definitions
    Status(status::Args),
    /// Sync whenever a definition is edited, until it is stopped
    Watch(watch::Args),
    /// Find in sources and documents what PM2 would misread, and what is out of date
    Check(check::Args),
    /// Let git's hooks sync after pull, checkout, rebase and commit
    InstallHooks(install_hooks::Args),
    /// Take our lines out of git's hooks
    UninstallHooks(uninstall_hooks::Args),
    /// Look at everything a sync depends on, and say what is wrong and what to do
    Doctor(doctor::Args),
    /// What git's hooks call
    Hook(hook::Args),
    /// Print the completions of a shell
    Completions(completions::Args),
    /// What hooks leave in the background
    #[command(hide = true)]
    Worker(worker::Args),
    /// Show the last syncs: when, by what, and what they did
    History(history::Args),
    /// Let hooks do nothing for a while
    Pause(pause::Args),
    /// Let hooks act again, and catch up with what they left
    Resume(resume::Args),
}

impl Command {
    /// Whether it changes what runs, and so finishes the current action at Ctrl-C.
    fn acts(&self) -> bool {
        match self {
            Self::Sync(_) | Self::Watch(_) | Self::Worker(_) => true,
            Self::Plan(_)
            | Self::Compile(_)
            | Self::Status(_)
            | Self::Check(_)
            | Self::InstallHooks(_)
            | Self::UninstallHooks(_)
            | Self::Doctor(_)
            | Self::Hook(_)
            | Self::Completions(_)
            | Self::History(_)
            | Self::Pause(_)
            | Self::Resume(_) => false,
        }
    }

    /// The format of its answer, also where it fails.
    fn format(&self) -> Format {
        match self {
            Self::Sync(args) => args.format,
            Self::Plan(args) => args.format,
            Self::History(args) => args.format,
            Self::Check(args) => args.format.unwrap_or(Format::Human),
            Self::Status(args) => args.format,
            Self::Compile(_)
            | Self::Watch(_)
            | Self::InstallHooks(_)
            | Self::UninstallHooks(_)
            | Self::Doctor(_)
            | Self::Hook(_)
            | Self::Completions(_)
            | Self::Worker(_)
            | Self::Pause(_)
            | Self::Resume(_) => Format::Human,
        }
    }
}

impl Cli {
    /// Runs the command; all its output goes through one report.
    pub fn run(
        self,
        environment: Environment,
        directory: io::Result<PathBuf>,
        program: PathBuf,
        bugs: Bugs,
    ) -> Exit {
        let volume = match (self.quiet, self.verbose) {
            (true, _) => Volume::Quiet,
            (_, true) => Volume::Verbose,
            _ => Volume::Normal,
        };
        let mut report = Report::new(self.color, volume, environment.os("NO_COLOR"));
        let here = match directory {
            Ok(here) => here,
            // A hook never breaks git.
            Err(_) if matches!(self.command, Command::Hook(_)) => return Exit::Done,
            Err(error) => {
                report.error(&format!("cannot tell the working directory: {error}"));
                return Exit::Failed;
            }
        };
        let directory = self.directory.map_or_else(|| here.clone(), |directory| here.join(directory));
        handle_sigchld();
        let interrupt = if self.command.acts() { listen_for_signals() } else { Interrupt::default() };
        let context = Context { directory, environment, program, interrupt, bugs };
        let ended = catch_panic(&context.bugs, || match &self.command {
            Command::Hook(args) => Ok(hook::run(context.clone(), args, &mut report)),
            Command::Completions(args) => Ok(completions::run(args, &mut report)),
            Command::Sync(args) => sync::run(&context, args, &mut report),
            Command::Plan(args) => plan::run(&context, args, &mut report),
            Command::Compile(args) => compile::run(&context, args, &mut report),
            Command::Status(args) => status::run(&context, args, &mut report),
            Command::Watch(args) => watch::run(&context, args, &mut report),
            Command::Check(args) => check::run(&context, args, &mut report),
            Command::Doctor(args) => doctor::run(&context, args, &mut report),
            Command::InstallHooks(args) => install_hooks::run(&context, args, &mut report),
            Command::Worker(args) => worker::run(&context, args),
            Command::History(args) => history::run(&context, args, &mut report),
            Command::Pause(args) => pause::run(&context, args, &mut report),
            Command::Resume(args) => resume::run(&context, args, &mut report),
            Command::UninstallHooks(args) => uninstall_hooks::run(&context, args, &mut report),
        });
        ended.unwrap_or_else(|failure| {
            report.failure(&failure, self.command.format());
            // A hook never breaks git, even if it fails itself.
            if matches!(self.command, Command::Hook(_)) { Exit::Done } else { Exit::from(&failure) }
        })
    }
}
