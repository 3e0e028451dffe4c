//! What a git hook does: check whether anything was edited, which takes
//! milliseconds and starts nothing, and start a worker where it was.
//!
//! No hook sees every change, so the event means only *check now*; what to do
//! follows from the files and from PM2. The revisions only name the cause.

pub(crate) mod follow;
pub(crate) mod hooks_folder;
pub(crate) mod install;
pub mod order;
pub(crate) mod pause;
pub mod worker;

use crate::core::failure::Failure;
use crate::core::files::revision_range::is_null;
use crate::core::files::sources::Selection;
use crate::core::sync::state::State;
use crate::core::sync::trigger::Trigger;
use crate::engine::files::Files;
use crate::engine::hooks::follow::{FollowedWorker, follow_running, start_worker, unreported_sync};
use crate::engine::hooks::order::Order;
use crate::engine::sync::gate::{branch_not_listed, hooks_are_off, other_pm2_home, paused};
use crate::engine::workspace::{Context, Workspace};

/// How a hook ended.
#[derive(Debug)]
pub enum HookResult {
    /// Nothing to do, and nothing to report.
    Nothing,
    /// Nothing is done, and why, in a line.
    Message(String),
    /// A worker does the work.
    Working {
        /// What triggered it.
        trigger: Trigger,
        /// The worker and its messages.
        worker: Box<FollowedWorker>,
    },
}

/// Checks, and starts a worker if there is something to do; before that, `on_message`
/// receives the summary of an unreported background sync.
pub fn handle_event(
    context: &Context,
    event: &str,
    arguments: &[String],
    on_message: &mut dyn FnMut(&str),
) -> Result<HookResult, Failure> {
    if hooks_are_off(context) {
        return Ok(HookResult::Nothing);
    }
    let workspace = Workspace::open(context)?;
    let Some(state) = workspace.state.load()? else {
        return Ok(HookResult::Message(not_enrolled(&workspace)));
    };
    match difference(&workspace, &state)? {
        Difference::None => return Ok(HookResult::Nothing),
        Difference::Uncompilable => {
            let still = "the definitions still do not compile; `pm2sync sync` shows why";
            return Ok(HookResult::Message(still.to_owned()));
        }
        Difference::Some => {}
    }
    // The next worker replaces the feed of the last one.
    if let Some(line) = unreported_sync(&workspace) {
        on_message(&line);
    }
    let is_over = is_over(&workspace, event, arguments);
    let busy = workspace.repository.busy().filter(|_| !is_over);
    if let Some(why) = other_pm2_home(&workspace, &state)? {
        return Ok(HookResult::Message(why));
    }
    // The branch at the end of a rebase is not known before.
    let elsewhere = if busy.is_some() { None } else { branch_not_listed(&workspace)? };
    if let Some(why) = elsewhere {
        return Ok(HookResult::Message(why));
    }
    if is_over {
        workspace.state.mark_pending_and_over()?;
    } else {
        workspace.state.mark_pending()?;
    }
    if let Some(why) = paused(&workspace)? {
        return Ok(HookResult::Message(format!("{why}; `pm2sync resume` continues")));
    }
    let trigger = trigger(&workspace, event, arguments);
    let worker = if workspace.state.no_worker()?.is_some() {
        start_worker(context, &workspace, &Order { trigger: trigger.clone() })?
    } else if is_over {
        // It has waited for this, and continues now.
        follow_running(&workspace)
    } else {
        // Where it waits for git, that was reported when it began to.
        return Ok(match busy {
            Some(_) => HookResult::Nothing,
            None => HookResult::Message("a sync is already running, and will include this change".to_owned()),
        });
    };
    Ok(HookResult::Working { trigger, worker: Box::new(worker) })
}

/// Whether there is anything to do, judging by the files.
enum Difference {
    None,
    /// They are the ones that did not compile before.
    Uncompilable,
    Some,
}

fn difference(workspace: &Workspace, state: &State) -> Result<Difference, Failure> {
    let pending = workspace.state.pending()?.is_some();
    let now = Files::read(workspace, state.compiled.as_ref())?.fingerprint();
    Ok(match () {
        () if pending => Difference::Some,
        () if state.completed == Some(now) => Difference::None,
        () if state.attempted == Some(now) => Difference::Uncompilable,
        () => Difference::Some,
    })
}

fn not_enrolled(workspace: &Workspace) -> String {
    format!(
        "{} is not enrolled, so nothing was started; run `pm2sync sync` there once to enrol it",
        workspace.root().display()
    )
}

/// In its last hook a merge or a rebase still looks like one in progress, and so
/// does the cherry-pick or revert of one commit; their files are final then, unless
/// git has yet to restore an autostash.
fn is_over(workspace: &Workspace, event: &str, arguments: &[String]) -> bool {
    match event {
        _ if workspace.repository.returns_a_stash() => false,
        "post-merge" => true,
        "post-rewrite" => arguments.first().is_some_and(|what| what == "rebase"),
        "post-commit" => workspace.repository.is_picking_one(),
        _ => false,
    }
}

/// What git did and what it changed.
fn trigger(workspace: &Workspace, event: &str, arguments: &[String]) -> Trigger {
    let repository = &workspace.repository;
    let resolved = |revision: &str| repository.resolve(revision);
    let pulls =
        workspace.environment.text("GIT_REFLOG_ACTION").is_some_and(|action| action.starts_with("pull"));
    let (what, old, new) = match (event, arguments) {
        ("post-checkout", [old, new, ..]) => {
            let what = if is_null(old) { "git clone" } else { "git checkout" };
            (what, Some(old.clone()), Some(new.clone()))
        }
        ("post-merge", _) => {
            (if pulls { "git pull" } else { "git merge" }, resolved("ORIG_HEAD"), resolved("HEAD"))
        }
        ("post-rewrite", [kind, ..]) if kind == "amend" => {
            ("git commit --amend", resolved("HEAD@{1}"), resolved("HEAD"))
        }
        ("post-rewrite", _) => {
            (if pulls { "git pull --rebase" } else { "git rebase" }, resolved("ORIG_HEAD"), resolved("HEAD"))
        }
        ("post-commit", _) => ("git commit", resolved("HEAD~1"), resolved("HEAD")),
        (other, _) => return Trigger::named(other),
    };
    let (Some(old), Some(new)) = (old, new) else { return Trigger::named(what) };
    let settings = &workspace.settings;
    let decisive: Vec<&String> =
        settings.sources.iter().chain(&settings.inputs).chain([&settings.entry]).collect();
    let changes =
        Selection::new(&decisive).ok().and_then(|files| repository.changes(&old, &new, &files).ok());
    let paths = changes.iter().flat_map(|changes| changes.paths());
    let sources = paths.map(|path| path.display().to_string()).collect();
    Trigger { what: what.to_owned(), from: Some(old), to: Some(new), sources }
}
