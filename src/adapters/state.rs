//! The state folder of a workspace: `synced.json`, the pending token, the pause,
//! and the locks under which one sync at a time runs; `feed` and `journal` hold the
//! messages of workers and the record of syncs.

pub(crate) mod feed;
mod journal;

use std::error::Error;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use crate::adapters::fs::{read_lossy, remove, write_whole};
use crate::core::files::digest::Digest;
use crate::core::sync::pause::Pause;
use crate::core::sync::state::{State, VERSION};

/// The prefix of a token that says that git's operation is over, although its
/// files still look like one in progress.
const OVER: &str = "over-";

/// The interval at which a lock is polled.
const PAUSE: Duration = Duration::from_millis(25);

/// The state folder of one workspace.
#[derive(Clone, Debug)]
pub struct StateFolder(PathBuf);

impl StateFolder {
    /// The folder at this path, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Adds the way out to a permission error: somebody else synced here first and
    /// owns the folder.
    fn explain_denied<T>(&self, done: Result<T>) -> Result<T> {
        done.map_err(|error| {
            let kind = |cause: &(dyn Error + 'static)| cause.downcast_ref::<io::Error>().map(io::Error::kind);
            if !error.chain().any(|cause| kind(cause) == Some(ErrorKind::PermissionDenied)) {
                return error;
            }
            let folder = self.0.display();
            anyhow!(
                "{error:#}; `{folder}` must be yours: run as the user that it belongs to, or `chown -R` it"
            )
        })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What the last sync left; nothing where the workspace is not enrolled.
    /// A file of another version, or a damaged one, is an empty state: it
    /// costs a comparison with PM2 and loses nothing.
    pub fn load(&self) -> Result<Option<State>> {
        let Some(text) = self.explain_denied(read_lossy(&self.0.join("synced.json")))? else {
            return Ok(None);
        };
        let state: State = serde_json::from_str(&text).unwrap_or_default();
        Ok(Some(if state.version == VERSION { state } else { State::default() }))
    }

    /// Saves the state, which enrols the workspace.
    pub fn save(&self, state: &State) -> Result<()> {
        self.make()?;
        let state = State { version: VERSION, ..state.clone() };
        let text = serde_json::to_string_pretty(&state).context("cannot write down the state")?;
        self.explain_denied(write_whole(&self.0.join("synced.json"), text.as_bytes(), 0o600))
    }

    /// The token of the last trigger that saw a difference, if no sync has
    /// completed since.
    pub fn pending(&self) -> Result<Option<String>> {
        self.explain_denied(read_lossy(&self.0.join("pending")))
    }

    /// Leaves a fresh token.
    pub fn mark_pending(&self) -> Result<()> {
        self.leave(&random_text()?)
    }

    /// Leaves a fresh token that tells a waiting worker that git's operation is
    /// over.
    pub fn mark_pending_and_over(&self) -> Result<()> {
        self.leave(&format!("{OVER}{}", random_text()?))
    }

    /// Whether the last token says so.
    pub fn is_over(&self) -> Result<bool> {
        Ok(self.pending()?.is_some_and(|token| token.starts_with(OVER)))
    }

    fn leave(&self, token: &str) -> Result<()> {
        self.make()?;
        self.explain_denied(write_whole(&self.0.join("pending"), token.as_bytes(), 0o600))
    }

    /// Removes the token, if it still is the one that was read.
    pub fn clear_pending(&self, token: Option<&str>) -> Result<()> {
        if token.is_some() && self.pending()?.as_deref() == token {
            remove(&self.0.join("pending"))?;
        }
        Ok(())
    }

    /// Takes the lock of this workspace, waiting no longer than `limit`;
    /// nothing where another sync still holds it then.
    pub fn lock(&self, limit: Duration) -> Result<Option<Lock>> {
        self.make()?;
        self.explain_denied(lock(&self.0.join("lock"), limit))
    }

    /// Takes the worker's lock, exclusively; nothing where a worker holds it. Shared
    /// holders, which only check it, are waited for.
    pub fn lock_worker(&self) -> Result<Option<Lock>> {
        self.make()?;
        self.explain_denied(lock_despite_sharers(&self.0.join("worker")))
    }

    /// A shared lock that exists only while no worker runs; none starts until it is
    /// dropped.
    pub fn no_worker(&self) -> Result<Option<Lock>> {
        self.make()?;
        self.explain_denied(lock_shared(&self.0.join("worker")))
    }

    /// The pause, if there is one; a damaged file is one without an end.
    pub fn pause(&self) -> Result<Option<Pause>> {
        let Some(text) = self.explain_denied(read_lossy(&self.0.join("paused")))? else { return Ok(None) };
        let unknown = || Pause { since: "an unknown time".to_owned(), until: None, reason: None };
        Ok(Some(serde_json::from_str(&text).unwrap_or_else(|_| unknown())))
    }

    /// Begins a pause, in place of one that is there.
    pub fn set_pause(&self, pause: &Pause) -> Result<()> {
        self.make()?;
        let text = serde_json::to_string(pause).context("cannot write down the pause")?;
        write_whole(&self.0.join("paused"), text.as_bytes(), 0o600)
    }

    /// Ends the pause.
    pub fn end_pause(&self) -> Result<()> {
        remove(&self.0.join("paused"))
    }

    fn make(&self) -> Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        self.explain_denied(made.with_context(|| format!("cannot make the folder `{}`", self.0.display())))
    }
}

/// Text that nobody can guess.
pub(crate) fn random_text() -> Result<String> {
    let mut bytes = [0; 16];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()).context("no random bytes")?;
    Ok(Digest::of(&bytes).to_string())
}

/// A lock that is held until it is dropped, or its process ends in any way.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// The locked file: a child that inherits it holds the lock, too.
    pub fn file(&self) -> &File {
        &self.0
    }
}

/// Takes the lock of a PM2 home, under which one workspace at a time acts.
pub(crate) fn lock_home(home: &Path, limit: Duration) -> Result<Option<Lock>> {
    let made = fs::create_dir_all(home).context("cannot make it");
    made.and_then(|()| lock(&home.join("pm2sync.lock"), limit)).map_err(|error| {
        let home = home.display();
        anyhow!("PM2's home `{home}` cannot be used: {error:#}; set `[pm2] home` or `PM2_HOME` to a folder of yours")
    })
}

fn lock(path: &Path, limit: Duration) -> Result<Option<Lock>> {
    let file = open(path)?;
    let deadline = Instant::now() + limit;
    loop {
        match was_taken(path, file.try_lock())? {
            true => return Ok(Some(Lock(file))),
            false if Instant::now() >= deadline => return Ok(None),
            false => sleep(PAUSE),
        }
    }
}

/// Takes an exclusive lock that others may share for a moment. Where not even a
/// shared lock is possible, another process holds it exclusively.
fn lock_despite_sharers(path: &Path) -> Result<Option<Lock>> {
    let file = open(path)?;
    while !was_taken(path, file.try_lock())? {
        if !was_taken(path, file.try_lock_shared())? {
            return Ok(None);
        }
        file.unlock().with_context(|| cannot_lock(path))?;
        sleep(PAUSE);
    }
    Ok(Some(Lock(file)))
}

fn lock_shared(path: &Path) -> Result<Option<Lock>> {
    let file = open(path)?;
    Ok(was_taken(path, file.try_lock_shared())?.then_some(Lock(file)))
}

fn open(path: &Path) -> Result<File> {
    let options = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    options.with_context(|| cannot_lock(path))
}

fn was_taken(path: &Path, tried: Result<(), TryLockError>) -> Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| cannot_lock(path)),
    }
}

fn cannot_lock(path: &Path) -> String {
    format!("cannot take the lock `{}`", path.display())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::thread;
    use std::time::Duration;

    use super::StateFolder;
    use crate::core::sync::state::State;

    #[test]
    fn a_token_is_cleared_only_by_its_reader() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        assert_eq!(state.pending().unwrap(), None);
        state.mark_pending().unwrap();
        let first = state.pending().unwrap();
        state.mark_pending().unwrap();
        state.clear_pending(first.as_deref()).unwrap();
        let second = state.pending().unwrap();
        assert!(second.is_some() && second != first);
        state.clear_pending(second.as_deref()).unwrap();
        assert_eq!(state.pending().unwrap(), None);
        assert_eq!(fs::metadata(state.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn one_at_a_time_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let held = state.lock(Duration::ZERO).unwrap();
        assert!(held.is_some());
        assert!(state.lock(Duration::from_millis(30)).unwrap().is_none());
        drop(held);
        assert!(state.lock(Duration::ZERO).unwrap().is_some());
    }

    #[test]
    fn a_shared_lock_is_waited_for_and_a_worker_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().join("pm2sync"));
        let looks = [state.no_worker().unwrap().unwrap(), state.no_worker().unwrap().unwrap()];
        let theirs = state.clone();
        let worker = thread::spawn(move || theirs.lock_worker().unwrap());
        thread::sleep(Duration::from_millis(300));
        assert!(!worker.is_finished());
        drop(looks);
        let works = worker.join().unwrap();
        assert!(works.is_some());
        assert!(state.lock_worker().unwrap().is_none());
        assert!(state.no_worker().unwrap().is_none());
        drop(works);
        assert!(state.no_worker().unwrap().is_some());
    }

    #[test]
    fn a_damaged_state_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::new(folder.path().to_owned());
        assert_eq!(state.load().unwrap(), None);
        state.save(&State { unsettled: Vec::new(), ..State::default() }).unwrap();
        assert!(state.load().unwrap().is_some());
        fs::write(folder.path().join("synced.json"), "{").unwrap();
        assert_eq!(state.load().unwrap(), Some(State::default()));
    }
}
