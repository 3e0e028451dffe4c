//! README's quick start, run line by line in a copy of this repository: what it
//! promises is what happens.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;

use crate::support::{Sandbox, Workspace, repository, run, until};

/// The port that the example's `web` has by default.
const PORT: &str = "28417";

#[test]
fn the_quick_start_does_what_it_says() {
    let sandbox = Sandbox::new();
    let example = copy_of_the_repository(&sandbox);
    // The ports are the machine's: a person may be trying the example right now.
    let port = free_port();
    for (name, port) in [
        ("EXAMPLE_WEB_PORT", port.clone()),
        ("EXAMPLE_GATEWAY_PORT", free_port()),
        ("EXAMPLE_OPENCODE_PORT", free_port()),
    ] {
        sandbox.sets(name, port);
    }

    let lines = quick_start();
    assert_eq!(lines[0], "npm ci && cargo run --release -- sync");
    let mut before = String::new();
    for line in &lines {
        if let Some(address) = line.strip_prefix("curl ") {
            let answer = get(&address.replace(PORT, &port));
            assert_ne!(answer, before, "{line}");
            before = answer;
        } else {
            runs(&example, line);
        }
        if line == &lines[0] {
            all_apps_are_up(&example);
        }
    }
    assert!(before.contains("good morning"), "{before}");
    assert!(!example.root().join(".pm2/rpc.sock").exists(), "the last line ends PM2");
}

#[test]
fn readme_names_the_port_that_the_example_has() {
    let source = fs::read_to_string(repository().join("ecosystems/services_web.cljs")).unwrap();
    assert!(source.contains(&format!("\"{PORT}\"")));
    assert!(quick_start().iter().any(|line| line.contains(PORT)));
}

#[test]
fn the_example_has_apps_of_every_kind() {
    let sandbox = Sandbox::new();
    let example = copy_of_the_repository(&sandbox);
    let printed = example.pm2sync(&["compile", "--print"]).exits(0).json();
    let apps = printed["apps"].as_array().cloned().unwrap_or_default();
    assert!(apps.len() >= 8, "{} apps", apps.len());
    assert!(apps.iter().any(|app| app["name"].as_str().is_some_and(|name| name.contains('/'))));
    assert!(apps.iter().any(|app| app["exec_mode"] == "cluster" && app["instances"] == 2));
    assert!(apps.iter().any(|app| app["autorestart"] == false));
}

/// The commands of README's first code blocks, up to the next heading after the quick start.
fn quick_start() -> Vec<String> {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let section = readme.split("\n## ").find(|section| section.starts_with("Quick start")).unwrap();
    let mut commands = Vec::new();
    let mut inside = false;
    for line in section.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && !line.is_empty() {
            commands.push(line.split("  #").next().unwrap().trim().to_owned());
        }
    }
    commands
}

/// The files that git knows, as they are on disk, in a repository of their own; with PM2 beside them.
fn copy_of_the_repository(sandbox: &Sandbox) -> Workspace<'_> {
    let example = Workspace::at(sandbox, sandbox.folder().join("example"));
    let listed = run(sandbox.command("git", repository()).args(["ls-files", "-z"])).exits(0);
    for path in listed.stdout.split_terminator('\0') {
        if let Ok(text) = fs::read_to_string(repository().join(path)) {
            example.writes(path, &text);
        }
    }
    sandbox.watches_over(example.root().join(".pm2"));
    symlink(repository().join("node_modules"), example.root().join("node_modules")).unwrap();
    example.git(&["init", "-q"]);
    example.commits("a fresh clone");
    example
}

/// Runs one line of the quick start by the shell, with the binary under test for `cargo run` and what `npm ci`
/// installs already in place.
fn runs(example: &Workspace, line: &str) {
    let binary = env!("CARGO_BIN_EXE_pm2sync");
    let line = line.replace("npm ci && ", "").replace("cargo run --release --", binary);
    let line = line.replace("target/release/pm2sync", binary);
    example.runs(example.shell().args(["-c", &line])).exits(0);
}

fn all_apps_are_up(example: &Workspace) {
    let status = example.pm2sync(&["status", "--format", "json"]).exits(0);
    let document = status.json();
    let apps = document["apps"].as_array().cloned().unwrap_or_default();
    assert!(apps.len() >= 8, "{}", status.all());
    example.pm2sync(&["plan", "--exit-code"]).exits(0);
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

/// What `curl ADDRESS` would print; the service may need a moment to listen.
fn get(address: &str) -> String {
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let mut said = None;
    until("somebody answers", || {
        if let Ok(mut stream) = TcpStream::connect(host) {
            let mut answer = String::new();
            let asked = stream.write_all(format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes());
            let is_heard = asked.is_ok() && stream.read_to_string(&mut answer).is_ok();
            if is_heard && answer.starts_with("HTTP/1.1 200") {
                said = answer.rsplit("\r\n").next().map(str::to_owned);
            }
        }
        said.is_some()
    });
    said.unwrap()
}
