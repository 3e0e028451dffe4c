//! Starts and ends the program: reads what it is called with, once, and turns
//! the end of the command into an exit code.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use pm2sync::adapters::bugs::Bugs;
use pm2sync::adapters::process::find_program;
use pm2sync::cli::Cli;
use pm2sync::core::settings::environment::Environment;
use pm2sync::report;

fn main() -> ExitCode {
    let bugs = Bugs::default();
    let noted = bugs.clone();
    report::bug::install_panic_hook(move |bug| noted.note(bug));
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    let mut environment: Environment = std::env::vars_os().collect();
    // Under `env -i` there is no HOME, and PM2's home is below it. An empty one is none.
    let given = environment.os("HOME").filter(|home| !home.is_empty());
    if let (None, Some(home)) = (given, std::env::home_dir()) {
        environment.set("HOME", home);
    }
    #[expect(clippy::disallowed_methods, reason = "the one place where the working directory is read")]
    let directory = std::env::current_dir();
    let called = std::env::args_os().next().unwrap_or_default();
    let here = directory.as_deref().unwrap_or(Path::new("/"));
    // Where /proc is not mounted the system cannot say it.
    let program = std::env::current_exe().ok().or_else(|| find_program(&called, environment.path(), here));
    let program = program.unwrap_or_default();
    Cli::parse().run(environment, directory, program, bugs).into()
}
