//! Reads the output of a program on a thread of its own, and keeps the last part of
//! it. A caller that waits for the program need not wait for the stream: a daemon
//! that the program left behind may hold it open forever.

use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ioctl_fionread};

use crate::adapters::process::background::in_background;

/// How long a stream must be silent, once its program has ended, to be abandoned.
const QUIET: Duration = Duration::from_millis(100);

/// How long it is read at most, once its program has ended: a daemon that it left
/// behind may write forever.
const LONGEST: Duration = Duration::from_secs(1);

/// One stream being read.
#[derive(Debug)]
pub(super) struct Capture {
    /// The stream itself, to be asked what has come and is not read yet.
    stream: OwnedFd,
    shared: Arc<Shared>,
    keep: usize,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    total: usize,
    ended: bool,
    abandoned: bool,
}

impl Capture {
    /// Reads `source` to its end in the background, keeping its last `keep` bytes.
    /// Fails where the system gives no more threads.
    pub(super) fn start(source: impl Read + AsFd + Send + 'static, keep: usize) -> Result<Self> {
        let stream = source.as_fd().try_clone_to_owned().context("cannot read what a program writes")?;
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        in_background(move || {
            theirs.read(source, keep);
            theirs.lock().ended = true;
            theirs.ended.notify_all();
        })?;
        Ok(Self { stream, shared, keep })
    }

    /// What is kept so far.
    pub(super) fn so_far(&self) -> Vec<u8> {
        let state = self.shared.lock();
        last(&state.bytes, self.keep).to_vec()
    }

    /// Everything kept, after the program has ended: at once if the stream has
    /// ended with it, else when it falls silent and all that has come is read.
    pub(super) fn finish(self) -> Vec<u8> {
        let deadline = Instant::now() + LONGEST;
        let mut state = self.shared.lock();
        while !state.ended && Instant::now() < deadline {
            let before = state.total;
            let waited = self.shared.ended.wait_timeout(state, QUIET);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            let is_unread = ioctl_fionread(&self.stream).is_ok_and(|bytes| bytes > 0);
            if state.total == before && !is_unread {
                break;
            }
        }
        state.abandoned = true;
        let mut bytes = std::mem::take(&mut state.bytes);
        bytes.drain(..bytes.len().saturating_sub(self.keep));
        bytes
    }
}

fn last(bytes: &[u8], keep: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(keep)..]
}

impl Shared {
    /// Waits for input without the lock, and reads it under the lock: a holder of the
    /// lock finds input either unread or kept.
    fn read(&self, mut source: impl Read + AsFd, keep: usize) {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match poll(&mut [PollFd::new(&source, PollFlags::IN)], None) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(_) => return,
            }
            let mut state = self.lock();
            if state.abandoned {
                return;
            }
            let read = match source.read(&mut chunk) {
                Ok(0) => return,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            state.total += read;
            state.bytes.extend_from_slice(&chunk[..read]);
            // Cut only now and then, so that it costs little per byte.
            if state.bytes.len() > keep.saturating_mul(2) {
                state.bytes = last(&state.bytes, keep).to_vec();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, Read, Result, Write as _, pipe};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::thread::sleep;
    use std::time::Duration;

    use super::{Capture, QUIET};

    /// A stream whose reader is held up, as on a busy machine: before it looks
    /// whether something has come, or when it has read.
    struct Slow {
        pipe: PipeReader,
        before: Duration,
        after: Duration,
    }

    impl Read for Slow {
        fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
            let read = self.pipe.read(bytes);
            sleep(self.after);
            read
        }
    }

    impl AsFd for Slow {
        fn as_fd(&self) -> BorrowedFd<'_> {
            sleep(self.before);
            self.pipe.as_fd()
        }
    }

    #[test]
    fn what_was_written_is_kept_however_late_it_is_read() {
        for (before, after) in [(QUIET * 3, Duration::ZERO), (Duration::ZERO, QUIET * 3)] {
            let (pipe, mut theirs) = pipe().unwrap();
            let capture = Capture::start(Slow { pipe, before, after }, 100).unwrap();
            theirs.write_all(b"written").unwrap();
            // Its reader has begun.
            sleep(QUIET / 4);
            // It is still held open, as by a daemon that was left behind.
            assert_eq!(capture.finish(), b"written", "{before:?} before, {after:?} after");
            drop(theirs);
        }
    }
}
