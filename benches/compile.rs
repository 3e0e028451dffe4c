//! How fast the embedded compiler is, beside nbb on the same files and node's
//! start: `cargo bench --bench compile`, after `npm ci`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]
#![expect(clippy::disallowed_methods, reason = "it times other programs, and itself as one")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use pm2sync::clojure::{Entry, Program, compile};

/// How often each is run; the median counts.
const RUNS: usize = 15;
/// The argument that makes this program compile a folder once, and say how long
/// it took and how much memory it had.
const ONCE: &str = "--once";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == ONCE) {
        return once(Path::new(&arguments[at + 1]));
    }
    let folders = [workspace(10, 4), workspace(100, 10)];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("{:<32} {:>10} {:>10}", "median of 15", "40 apps", "1000 apps");
    let colds = folders.each_ref().map(|folder| cold(folder.path()));
    print("compile, first in its process", colds.map(|(time, _)| time));
    println!("{:<32} {:>7} kB {:>7} kB", "  memory of that process", colds[0].1, colds[1].1);
    print(
        "pm2sync compile --print",
        folders.each_ref().map(|folder| {
            let binary = env!("CARGO_BIN_EXE_pm2sync");
            median(|| timed(Command::new(binary).args(["compile", "--print"]).current_dir(folder)))
        }),
    );
    print(
        "nbb",
        folders.each_ref().map(|folder| {
            let sources = folder.path().join("ecosystems");
            let paths = format!("{}:{}", sources.display(), root.join("tests/it/clojure/oracle").display());
            let script = root.join("tests/it/clojure/oracle/ecosystem.cljs");
            let nbb = root.join("node_modules/nbb/cli.js");
            let output = folder.path().join("out.json");
            median(|| {
                timed(Command::new("node").arg(&nbb).args(["--classpath", &paths]).arg(&script).arg(&output))
            })
        }),
    );
    print("node -e 0", folders.each_ref().map(|_| median(|| timed(Command::new("node").args(["-e", "0"])))));
}

fn print(what: &str, times: [Duration; 2]) {
    let [small, large] = times.map(|time| time.as_secs_f64() * 1e3);
    println!("{what:<32} {small:>7.1} ms {large:>7.1} ms");
}

fn median(mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    times.sort_unstable();
    times[RUNS / 2]
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    started.elapsed()
}

/// Time and memory of a compile in a process of its own.
fn cold(folder: &Path) -> (Duration, u64) {
    let this = std::env::current_exe().unwrap();
    let mut memory = 0;
    let time = median(|| {
        let output = Command::new(&this).arg(ONCE).arg(folder).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (micros, kilobytes) = text.trim().split_once(' ').unwrap();
        memory = kilobytes.parse().unwrap();
        Duration::from_micros(micros.parse().unwrap())
    });
    (time, memory)
}

fn once(folder: &Path) {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder.join("ecosystems")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("ecosystems/{}", path.file_name().unwrap().to_string_lossy());
        files.insert(name, fs::read_to_string(&path).unwrap());
    }
    let started = Instant::now();
    let result = compile(&Program {
        source_paths: &["ecosystems".to_owned()],
        entries: &[Entry::Namespace("index".into())],
        environment: &BTreeMap::new(),
        directory: "/srv/app",
        read: &|path| Ok(files.get(path).cloned()),
    });
    let elapsed = started.elapsed();
    assert!(result.is_ok(), "{:?}", result.err());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.split_whitespace().next()).unwrap_or("0");
    println!("{} {kilobytes}", elapsed.as_micros());
}

/// A workspace of so many files, each with so many apps.
fn workspace(files: usize, apps: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("ecosystems");
    fs::create_dir(&sources).unwrap();
    for file in 0..files {
        let head = format!(
            "(ns part{file} (:require [clobber.macro :refer [defapp]] [clojure.string :as str]))\n\
             (def base {{:autorestart true :max_restarts 10 :min_uptime \"5s\"}})\n"
        );
        let text = (0..apps).map(|app| definition(file, app)).fold(head, |text, app| text + &app);
        fs::write(sources.join(format!("part{file}.cljs")), text).unwrap();
    }
    let requires: Vec<String> = (0..files).map(|file| format!("[part{file}]")).collect();
    let requires = requires.join(" ");
    let index = format!(
        "(ns index (:require [clobber.macro :as clobber] {requires}))\n\
         (set! (.-exports js/module) (clj->js (clobber/ecosystem)))\n"
    );
    fs::write(sources.join("index.cljs"), index).unwrap();
    fs::write(folder.path().join("pm2sync.toml"), "[compile]\ncompiler = \"embedded\"\n").unwrap();
    assert!(Command::new("git").args(["init", "-q"]).current_dir(&folder).status().unwrap().success());
    folder
}

/// An app as people write them, with a little to compute.
fn definition(file: usize, app: usize) -> String {
    format!(
        "(defapp \"app-{file}-{app}\"\n  (merge base {{:script (str/join \"/\" [\"dist\" \"app-{app}.js\"])\n    \
         :args [\"--port\" (+ 3000 {app})]\n    :env (into {{}} (map (fn [[k v]] [(name k) (str v)])) \
         {{:FILE {file} :APP {app}}})}}))\n"
    )
}
