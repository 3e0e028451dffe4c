//! Node's `path` and `os`, as far as they depend on nothing but text and the
//! environment. Paths are POSIX's.

use crate::clojure::library::environment::variable;
use crate::clojure::machine::fault::{ADVICE, Outcome, Stop, advised, failed};
use crate::clojure::machine::native::{exact, ranged, variadic};
use crate::clojure::machine::state::{Machine, Native};
use crate::clojure::value::{Host, Value};
use crate::text::paths::normalised_text;

/// What `(js/require "path")` and `["path" :as path]` stand for.
pub(crate) const PATH: &str = "node:path";
/// What `(js/require "os")` and `["os" :as os]` stand for.
pub(crate) const OS: &str = "node:os";

/// The namespace and the value that a module of node's is here.
pub(crate) fn module(name: &str) -> Option<(&'static str, Host)> {
    match name.strip_prefix("node:").unwrap_or(name) {
        "path" => Some((PATH, Host::Path)),
        "os" => Some((OS, Host::Os)),
        _ => None,
    }
}

pub(crate) static PATH_TABLE: &[Native] = &[
    variadic("join", 0, |machine, arguments| {
        let joined =
            texts(&arguments)?.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        machine.string(normalised(&joined))
    }),
    variadic("resolve", 0, |machine, arguments| {
        let path = resolved(machine, &arguments)?;
        machine.string(path)
    }),
    exact("normalize", 1, |machine, arguments| machine.string(normalised(texts(&arguments)?[0]))),
    exact("isAbsolute", 1, |_, arguments| Ok(texts(&arguments)?[0].starts_with('/').into())),
    exact("dirname", 1, |machine, arguments| machine.string(folder(texts(&arguments)?[0]).to_owned())),
    ranged("basename", 1, 2, |machine, arguments| {
        let texts = texts(&arguments)?;
        let name = base(texts[0]);
        let short = match texts.get(1) {
            Some(ending) if *ending == texts[0] => "",
            Some(ending) => name.strip_suffix(ending).filter(|short| !short.is_empty()).unwrap_or(name),
            None => name,
        };
        machine.string(short.to_owned())
    }),
    exact("relative", 2, |machine, arguments| {
        let (from, to) = (resolved(machine, &arguments[..1])?, resolved(machine, &arguments[1..])?);
        let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let (from, to): (Vec<String>, Vec<String>) = (parts(&from), parts(&to));
        let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
        let up = std::iter::repeat_n("..", from.len() - same);
        let path = up.chain(to[same..].iter().map(String::as_str)).collect::<Vec<_>>().join("/");
        machine.string(path)
    }),
    exact("extname", 1, |machine, arguments| {
        let name = base(texts(&arguments)?[0]);
        let at = name.rfind('.').filter(|&at| at > 0 && name != "..");
        machine.string(at.map_or("", |at| &name[at..]).to_owned())
    }),
];

pub(crate) static OS_TABLE: &[Native] = &[
    // Node asks the variable first.
    exact("homedir", 0, |machine, _| match variable(machine, "HOME", false) {
        home @ Value::String(_) => Ok(home),
        _ => Err(failed("`os.homedir` is not covered where `HOME` is not set")),
    }),
    exact("cpus", 0, |_, _| Err(machines_own("os.cpus"))),
    exact("hostname", 0, |_, _| Err(machines_own("os.hostname"))),
    exact("totalmem", 0, |_, _| Err(machines_own("os.totalmem"))),
];

fn machines_own(name: &str) -> Stop {
    let help =
        format!("read a variable of the environment instead (PM2 takes `:instances \"max\"`), or {ADVICE}");
    advised(format!("`{name}` differs from machine to machine; it is refused"), help)
}

fn texts(arguments: &[Value]) -> Outcome<Vec<&str>> {
    let mut texts = Vec::with_capacity(arguments.len());
    for value in arguments {
        let Value::String(text) = value else {
            return Err(failed(format!("a path is a string, but here is {}", value.what())));
        };
        texts.push(&**text);
    }
    Ok(texts)
}

/// As node has it: a doubled slash before the last part stays.
fn folder(path: &str) -> &str {
    let absolute = path.starts_with('/');
    match path.trim_end_matches('/').rfind('/').filter(|&at| at > 0) {
        Some(1) if absolute => "//",
        Some(at) => &path[..at],
        None if absolute => "/",
        None => ".",
    }
}

fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// From the right, until the path is absolute; else below the working directory.
fn resolved(machine: &Machine<'_>, arguments: &[Value]) -> Outcome<String> {
    let mut path = String::new();
    for part in
        texts(arguments)?.into_iter().rev().chain([machine.directory()]).filter(|part| !part.is_empty())
    {
        path = if path.is_empty() { part.to_owned() } else { format!("{part}/{path}") };
        if path.starts_with('/') {
            break;
        }
    }
    let whole = normalised(&path);
    let trimmed = if whole.len() > 1 { whole.trim_end_matches('/') } else { &whole };
    Ok(trimmed.to_owned())
}

/// As node has it: an empty path is `.`, and a slash at the end stays.
fn normalised(path: &str) -> String {
    let mut whole = normalised_text(path);
    if whole.is_empty() {
        whole.push('.');
    }
    if path.ends_with('/') && !whole.ends_with('/') {
        whole.push('/');
    }
    whole
}
