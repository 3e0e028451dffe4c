//! `pm2sync hook`: what git calls. Before a commit it checks what is staged, and
//! may fail; everywhere else it syncs, never fails, says nothing where there is
//! nothing to say, and otherwise a line for each app.

use crate::commands::{check, doctor};
use crate::core::event::Event;
use crate::core::failure::Failure;
use crate::core::shim::CHECKED;
use crate::engine::doctor::PROBE;
use crate::engine::hook::{Look, look};
use crate::engine::workspace::Context;
use crate::exit::Exit;
use crate::report::{Report, human};

/// What `hook` takes: git's name of the event and git's own arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// git's name of the event, and what git gives the hook
    #[arg(value_name = "EVENT [ARG]...", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Looks, and says what there is to say.
pub fn run(mut context: Context, args: &Args, report: &mut Report) -> Exit {
    if let Some(fallback) = context.environment.os("PM2SYNC_PATH").map(ToOwned::to_owned) {
        context.environment = context.environment.with_fallback_path(&fallback);
    }
    if context.environment.os(PROBE).is_some() {
        return doctor::answer(&context, report);
    }
    // Wrong words are no reason to fail: the event says only *look now*.
    let (event, arguments) =
        args.words.split_first().map_or(("", &[][..]), |(event, rest)| (event.as_str(), rest));
    if event == CHECKED {
        return check::before_commit(&context, report);
    }
    let mut edited = None;
    let looked = look(&context, event, arguments, &mut |event| {
        if let Event::ArtifactEdited(path) = event {
            edited =
                Some(format!("`{path}` was edited by hand, or made by something else; it was made anew"));
        }
    });
    match looked {
        Ok(Look::Nothing) => {}
        Ok(Look::Said(line)) => report.hook(&line),
        Ok(Look::Synced { cause, ended: Ok(synced) }) => {
            let news = synced.news();
            if !news.is_empty() || edited.is_some() {
                report.hook(&cause);
            }
            for line in edited.into_iter().chain(news.into_iter().map(human::outcome)) {
                report.hook_detail(&line);
            }
        }
        Ok(Look::Synced { cause, ended: Err(failure) }) => {
            report.hook(&cause);
            report.hook(&first_lines(&failure));
        }
        Err(failure) => report.hook(&first_lines(&failure)),
    }
    Exit::Done
}

/// A failure in few lines: a compiler may print thousands.
fn first_lines(failure: &Failure) -> String {
    let Failure::Compile(compile) = failure else { return failure.to_string() };
    let first = compile.diagnostics.first().map(ToString::to_string).unwrap_or_default();
    let more = match compile.diagnostics.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    format!("the definitions do not compile, so nothing was changed: {first}{more}; `pm2sync sync` shows all")
}
