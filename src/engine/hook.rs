//! What a git hook does: look whether anything was edited, which takes
//! milliseconds and starts nothing, and sync where it was.
//!
//! No hook sees every change, so the event says only *look now*; what to do
//! follows from the files and from PM2. The revisions name the cause.

use std::path::Path;
use std::time::Duration;

use crate::core::failure::Failure;
use crate::core::outcome::Synced;
use crate::core::sources::Selection;
use crate::engine::Listener;
use crate::engine::decide::Wishes;
use crate::engine::files::Files;
use crate::engine::sync::{Request, sync};
use crate::engine::workspace::{Context, Workspace};

/// How a hook ended.
#[derive(Debug)]
pub enum Look {
    /// Nothing to do, or nothing that may be done: nothing to say.
    Nothing,
    /// Nothing is done, for a reason worth a line.
    Said(String),
    /// A sync has run. `cause` is what made it look.
    Synced {
        /// What git did, between which revisions, and which sources that changed.
        cause: String,
        /// How it ended.
        ended: Result<Synced, Failure>,
    },
}

/// Looks, and syncs if there is something to do.
pub fn look(
    context: &Context,
    event: &str,
    arguments: &[String],
    tell: Listener<'_>,
) -> Result<Look, Failure> {
    if is_switched_off(context) {
        return Ok(Look::Nothing);
    }
    let workspace = Workspace::open(context)?;
    let Some(state) = workspace.state.load()? else {
        return Ok(Look::Said(not_enrolled(&workspace)));
    };
    let pending = workspace.state.pending()?.is_some();
    let now = Files::read(&workspace, state.compiled.as_ref())?.fingerprint();
    if state.completed == Some(now) && !pending {
        return Ok(Look::Nothing);
    }
    if state.attempted == Some(now) && !pending {
        return Ok(Look::Said("the definitions still do not compile; `pm2sync sync` shows why".to_owned()));
    }
    if let Some(why) = held_back(&workspace, event, arguments)? {
        return Ok(Look::Said(why));
    }
    let cause = cause(&workspace, event, arguments);
    let request = Request { wishes: Wishes::default(), lock_timeout: Duration::ZERO, cause: cause.clone() };
    match sync(&workspace, &request, tell) {
        Err(Failure::Locked(why)) => Ok(Look::Said(why)),
        ended => Ok(Look::Synced { cause, ended }),
    }
}

/// `PM2SYNC=0`, or a CI machine that has not said `PM2SYNC=1`.
pub fn is_switched_off(context: &Context) -> bool {
    let asked = context.environment.text("PM2SYNC");
    let in_ci = context.environment.text("CI") == Some("true");
    asked == Some("0") || (in_ci && asked != Some("1"))
}

fn not_enrolled(workspace: &Workspace) -> String {
    format!(
        "{} is not enrolled, so nothing was started; `pm2sync sync` there, once, enrols it",
        workspace.root().display()
    )
}

/// Why nothing is applied now, though there is something to do.
fn held_back(workspace: &Workspace, event: &str, arguments: &[String]) -> Result<Option<String>, Failure> {
    let branches = &workspace.settings.hooks.branches;
    let branch = workspace.repository.branch();
    let means = Selection::new(branches).map_err(Failure::Usage)?;
    let is_meant = |branch: &String| means.matches(Path::new(branch));
    if !branches.iter().any(|glob| glob == "*") && !branch.as_ref().is_some_and(is_meant) {
        let listed = branches.join("`, `");
        let here = branch.map_or("a detached HEAD".to_owned(), |branch| format!("branch `{branch}`"));
        return Ok(Some(format!("hooks act on `{listed}` and not on {here}; `pm2sync sync` does")));
    }
    // At its own end a rebase still looks like one, and so does the cherry-pick
    // or revert of one commit; then their files are final.
    let ends = match event {
        "post-rewrite" => arguments.first().is_some_and(|what| what == "rebase"),
        "post-commit" => workspace.repository.is_picking_one(),
        _ => false,
    };
    let busy = workspace.repository.busy().filter(|_| !ends);
    Ok(busy.map(|what| format!("waiting for the {what} to end; the next hook or `pm2sync sync` goes on")))
}

/// What git did and what it changed: `git pull 3f2a1b0..9c1bd2e: ecosystems/api.cljs`.
fn cause(workspace: &Workspace, event: &str, arguments: &[String]) -> String {
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
        (other, _) => return other.to_owned(),
    };
    let (Some(old), Some(new)) = (old, new) else { return what.to_owned() };
    let range = format!("{what} {}..{}", short(&old), short(&new));
    let settings = &workspace.settings;
    let decisive: Vec<&String> =
        settings.sources.iter().chain(&settings.inputs).chain([&settings.entry]).collect();
    let changes =
        Selection::new(&decisive).ok().and_then(|files| repository.changes(&old, &new, &files).ok());
    match changes {
        Some(changes) if !changes.is_empty() => {
            let paths: Vec<String> = changes.paths().iter().map(|path| path.display().to_string()).collect();
            format!("{range}: {}", paths.join(", "))
        }
        _ => range,
    }
}

fn is_null(revision: &str) -> bool {
    revision.bytes().all(|digit| digit == b'0')
}

fn short(revision: &str) -> &str {
    revision.get(..7).unwrap_or(revision)
}
