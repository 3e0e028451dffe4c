//! `pm2sync install-hooks`: let git's hooks sync.

use crate::core::failure::Failure;
use crate::engine::install::{Installed, install_hooks};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::Report;

/// What `install-hooks` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Install this hook alone; may be repeated
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
    /// Install although `core.hooksPath` points outside the repository's own folder
    #[arg(long)]
    force: bool,
}

/// Installs, and says what became of each hook.
pub fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    let (folder, installed) = install_hooks(context, &args.events, args.force)?;
    for hook in &installed {
        report.say(&line(hook));
    }
    report.say(&format!("hooks in {}", folder.display()));
    Ok(Exit::Done)
}

/// `installed post-merge; the hook that was there goes on running`
pub fn line(hook: &Installed) -> String {
    let note = hook.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    format!("{} {}{note}", hook.done, hook.event)
}
