//! One command that a test ran, and what is said about it afterwards.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any command of a test takes on a busy machine with two cores.
const LIMIT: Duration = Duration::from_mins(2);

/// A command's end: its exit code and both its streams.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    /// What was run, for messages.
    pub(crate) what: String,
    /// The exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

/// A command that runs beside the test.
#[derive(Debug)]
pub(crate) struct Begun {
    what: String,
    began: Instant,
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// Runs `command` to its end, and to the end of both its streams: a process left
/// behind that keeps one open would hang `git pull | cat`, so it fails the test.
pub(crate) fn run(command: &mut Command) -> Finished {
    begin(command).ends()
}

/// Starts `command`, which goes on beside the test.
pub(crate) fn begin(command: &mut Command) -> Begun {
    // Without its environment, in which a test may have put a secret.
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let what = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
    let stdout = gather(child.stdout.take().unwrap());
    let stderr = gather(child.stderr.take().unwrap());
    Begun { what, began, child, stdout, stderr }
}

impl Begun {
    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end, and for that of both its streams.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Finished {
        let (what, began) = (self.what, self.began);
        let mut receive = |stream: &Receiver<String>| {
            stream.recv_timeout(LIMIT.saturating_sub(began.elapsed())).unwrap_or_else(|_| {
                let _ = self.child.kill();
                panic!("{what} did not end, or left its output open, for {LIMIT:?}")
            })
        };
        let stdout = receive(&self.stdout);
        let stderr = receive(&self.stderr);
        let status = self.child.wait().unwrap();
        Finished { what, code: status.code().unwrap_or(-1), stdout, stderr, took: began.elapsed() }
    }
}

fn gather(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

impl Finished {
    /// Both streams, as a terminal would show them.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Fails unless it ended with `code`.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code of {}\n{}", self.what, self.all());
        self
    }

    /// Fails unless `text` stands somewhere in what it printed.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.all().contains(text), "{} does not say `{text}`:\n{}", self.what, self.all());
        self
    }

    /// Fails if `text` stands anywhere in what it printed.
    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(!self.all().contains(text), "{} says `{text}`:\n{}", self.what, self.all());
        self
    }

    /// Fails unless it printed nothing at all.
    #[track_caller]
    pub(crate) fn says_nothing(self) -> Self {
        assert_eq!(self.all(), "", "{} is not silent", self.what);
        self
    }

    /// The lines of both streams that begin with `start`.
    pub(crate) fn lines_of(&self, start: &str) -> Vec<String> {
        self.all().lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
    }

    /// Stdout as the one JSON document that it must be.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{} is not one JSON document: {error}\n{}", self.what, self.all()))
    }

    /// The apps that an answer in JSON names in `list`, each with what `key` says of it, in order of names.
    #[track_caller]
    pub(crate) fn list(&self, list: &str, key: &str) -> Vec<(String, String)> {
        let document = self.json();
        let entries = document[list].as_array().unwrap_or_else(|| panic!("no `{list}` in {document}"));
        let mut found: Vec<_> = entries
            .iter()
            .map(|entry| {
                let name = entry["app"].as_str().or(entry["name"].as_str()).expect("an app has a name");
                (name.to_owned(), entry[key].as_str().unwrap_or_default().to_owned())
            })
            .collect();
        found.sort();
        found
    }

    /// The fields given as reasons for `app` in a JSON answer's `list`, in order of names.
    #[track_caller]
    pub(crate) fn reasons(&self, list: &str, app: &str) -> Vec<String> {
        let document = self.json();
        let entries = document[list].as_array().unwrap_or_else(|| panic!("no `{list}` in {document}"));
        let entry = entries.iter().find(|entry| entry["app"] == app);
        let entry = entry.unwrap_or_else(|| panic!("no `{app}` in {document}"));
        let reasons = entry["reasons"].as_array().unwrap_or_else(|| panic!("no reasons in {entry}"));
        let mut fields: Vec<_> =
            reasons.iter().filter_map(|reason| reason["field"].as_str()).map(str::to_owned).collect();
        fields.sort();
        fields
    }
}
