//! Reads the running set over PM2's socket, ten to a hundred times faster than
//! its command line does, and without starting a daemon where none runs. It
//! only reads: changes go through PM2's own API, in `agent`.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::adapters::json::from_javascript;
use crate::adapters::pm2::amp::{Argument, decode, encode};
use crate::adapters::process::background::in_background;

/// The id of our one request on a connection, which the reply repeats.
const REQUEST: &[u8] = b"pm2sync:0";

/// Why PM2's daemon gave no answer.
#[derive(Debug)]
pub enum RpcError {
    /// No daemon listens there: there is no socket, or a dead daemon left it.
    NotRunning {
        /// The socket that was tried.
        socket: PathBuf,
    },
    /// It accepted the connection, or its queue was full, and nothing came.
    TimedOut {
        /// The socket that was tried.
        socket: PathBuf,
        /// How long it was given.
        limit: Duration,
    },
    /// The socket is another user's.
    Forbidden {
        /// The socket that was tried.
        socket: PathBuf,
    },
    /// It answered with an error of its own.
    Refused {
        /// What was asked.
        method: &'static str,
        /// What it said.
        message: String,
    },
    /// What came is not what a PM2 daemon says, or the connection broke.
    Broken {
        /// The socket that was tried.
        socket: PathBuf,
        /// What went wrong.
        message: String,
    },
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRunning { socket } => write!(f, "no PM2 daemon listens on `{}`", socket.display()),
            Self::TimedOut { socket, limit } => write!(
                f,
                "PM2's daemon on `{}` did not answer within {} ms; see `pm2.log` beside it",
                socket.display(),
                limit.as_millis()
            ),
            Self::Forbidden { socket } => write!(
                f,
                "PM2's daemon on `{}` belongs to another user; run as that user, or set `[pm2] home`",
                socket.display()
            ),
            Self::Refused { method, message } => {
                write!(f, "PM2's daemon refused `{method}`: {message}")
            }
            Self::Broken { socket, message } => {
                write!(f, "cannot talk to PM2's daemon on `{}`: {message}", socket.display())
            }
        }
    }
}

impl std::error::Error for RpcError {}

/// Everything PM2 runs, as its `jlist` shows it: an array of processes with
/// their whole environment, secrets included.
pub fn monitor_data(socket: &Path, limit: Duration) -> Result<Value, RpcError> {
    let value = call(socket, "getMonitorData", limit)?;
    if value.is_array() {
        return Ok(value);
    }
    Err(RpcError::Broken { socket: socket.into(), message: "its process list is not an array".into() })
}

/// The version of the running daemon, which may differ from the package's.
pub fn version(socket: &Path, limit: Duration) -> Result<String, RpcError> {
    match call(socket, "getVersion", limit)? {
        Value::String(version) => Ok(version),
        _ => Err(RpcError::Broken { socket: socket.into(), message: "its version is not a string".into() }),
    }
}

/// One request and its reply. The argument is always one empty object: with an
/// empty list of arguments the daemon calls the callback as data, and crashes.
fn call(socket: &Path, method: &'static str, limit: Duration) -> Result<Value, RpcError> {
    let started = Instant::now();
    let broken = |message: String| RpcError::Broken { socket: socket.into(), message };
    let request = json!({ "type": "call", "method": method, "args": [{}] });
    let frame = encode(&[Argument::Json(request.to_string().into()), Argument::Text(REQUEST.to_vec())])
        .map_err(|error| broken(error.to_string()))?;
    let timed = |error: std::io::Error| match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => RpcError::TimedOut { socket: socket.into(), limit },
        _ => broken(error.to_string()),
    };

    let mut stream = connect(socket, limit)?;
    stream.set_write_timeout(Some(remaining(started, limit))).map_err(timed)?;
    stream.write_all(&frame).map_err(timed)?;
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        while let Some((arguments, length)) = decode(&bytes).map_err(|error| broken(error.to_string()))? {
            if arguments.last() == Some(&Argument::Text(REQUEST.to_vec())) {
                return reply(arguments.first(), method)
                    .ok_or_else(|| broken("no reply in its frame".into()))?;
            }
            bytes.drain(..length);
        }
        if started.elapsed() >= limit {
            return Err(RpcError::TimedOut { socket: socket.into(), limit });
        }
        stream.set_read_timeout(Some(remaining(started, limit))).map_err(timed)?;
        match stream.read(&mut chunk) {
            Ok(0) => return Err(broken("it closed the connection without an answer".into())),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(timed(error)),
        }
    }
}

/// What the first argument of a reply says: `{"args": [value]}` or `{"error": …}`.
fn reply(argument: Option<&Argument>, method: &'static str) -> Option<Result<Value, RpcError>> {
    let Some(Argument::Json(text)) = argument else { return None };
    let mut reply = from_javascript(text).ok()?;
    if let Some(error) = reply.get("error") {
        let message = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
        return Some(Err(RpcError::Refused { method, message }));
    }
    Some(Ok(reply.get_mut("args")?.get_mut(0)?.take()))
}

/// Connects on a thread of its own, because connecting waits without limit
/// while a daemon that hangs has a full queue.
fn connect(socket: &Path, limit: Duration) -> Result<UnixStream, RpcError> {
    let (sender, receiver) = channel();
    let path = socket.to_path_buf();
    let connecting = in_background(move || drop(sender.send(UnixStream::connect(path))));
    if let Err(error) = connecting {
        return Err(RpcError::Broken { socket: socket.into(), message: format!("{error:#}") });
    }
    match receiver.recv_timeout(limit) {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
                RpcError::NotRunning { socket: socket.into() }
            }
            ErrorKind::PermissionDenied => RpcError::Forbidden { socket: socket.into() },
            _ => RpcError::Broken { socket: socket.into(), message: error.to_string() },
        }),
        Err(_) => Err(RpcError::TimedOut { socket: socket.into(), limit }),
    }
}

/// The time left, but never zero, which would mean no limit.
fn remaining(started: Instant, limit: Duration) -> Duration {
    limit.saturating_sub(started.elapsed()).max(Duration::from_millis(1))
}
