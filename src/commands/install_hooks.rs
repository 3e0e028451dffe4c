//! `pm2sync install-hooks`: let git's hooks sync.

use crate::core::failure::Failure;
use crate::core::hooks::shim::CHECKED;
use crate::engine::hooks::hooks_folder::Managed;
use crate::engine::hooks::install::{Installation, Installed, install_hooks};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::Report;

/// What `install-hooks` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Install this hook alone; may be repeated
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
    /// Install although a manager owns the hooks, or `core.hooksPath` is relative or set for all repositories
    #[arg(long)]
    force: bool,
}

/// Installs, and says what became of each hook. Where a manager owns the hooks
/// its lines are the answer, and as long as they are not in place it is a failure.
pub(crate) fn run(context: &Context, args: &Args, report: &mut Report) -> Result<Exit, Failure> {
    match install_hooks(context, &args.events, args.force)? {
        Installation::Done(folder, installed) => {
            for hook in &installed {
                report.say(&line(hook));
            }
            report.say(&format!("hooks in {}", folder.display()));
            Ok(Exit::Done)
        }
        Installation::Managed(Managed { manager, file, missing }) if missing.is_empty() => {
            report.say(&format!("{} calls pm2sync already (`{file}`)", manager.name));
            Ok(Exit::Done)
        }
        Installation::Managed(Managed { manager, file, missing }) => {
            report.text(manager.snippet);
            if missing.iter().any(|event| event == CHECKED) {
                report.note("before a commit, let it run `pm2sync check`");
            }
            report.error(&format!(
                "{name} owns the hooks of this repository (`{file}`), so nothing was installed; let {name} call \
                 pm2sync for `{}` with the lines above, or install beside it with `--force`",
                missing.join("`, `"),
                name = manager.name
            ));
            Ok(Exit::Failed)
        }
    }
}

/// `installed post-merge; the existing hook still runs`
pub(crate) fn line(hook: &Installed) -> String {
    let note = hook.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
    format!("{} {}{note}", hook.done, hook.event)
}
