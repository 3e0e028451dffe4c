//! The hook files: our few lines of shell between two marks, put into a hook
//! and taken out again to the byte. Texts in, texts out; the template is
//! hooks/shim.sh.
//!
//! In a shell hook our lines stand first, right after `#!`, so that they run
//! whatever the rest does (`exit`, `exec`, `set -e`), touch neither its stdin
//! nor its exit code, and come out again without a trace. A hook that is no
//! plain shell script is kept beside ours under another name and run first.

/// The version of the lines between the marks.
pub(crate) const VERSION: u32 = 1;

/// The events a hook can be installed for.
pub(crate) const EVENTS: [&str; 5] = ["post-merge", "post-checkout", "post-rewrite", "post-commit", CHECKED];

/// What a kept hook's file name gets at its end.
pub(crate) const KEPT_SUFFIX: &str = ".pm2sync-kept";

const TEMPLATE: &str = include_str!("../../../../hooks/shim.sh");
const BEGIN: &str = "# >>> pm2sync ";
const END: &str = "# <<< pm2sync <<<\n";
const SHEBANG: &str = "#!/bin/sh\n";
const RUN_KEPT: &str = "status=0\n[ ! -x \"$0.pm2sync-kept\" ] || \"$0.pm2sync-kept\" \"$@\" || status=$?\n";
const EXIT_AS_KEPT: &str = "exit $status\n";

/// The one hook that may fail, and so keep git from what it was about to do;
/// only by our own exit code, not by that of a broken program.
pub(crate) const CHECKED: &str = "pre-commit";

/// The shells whose scripts can hold our lines.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

/// What a hook runs, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hook<'a> {
    /// git's name of the event.
    pub event: &'a str,
    /// The absolute path of the program.
    pub binary: &'a str,
    /// PATH at the time of installing, for bare environments.
    pub path: &'a str,
}

/// How our lines came into a file, as the mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookKind {
    /// The file is ours alone.
    New,
    /// They were added to a shell script.
    Added,
    /// The file is ours, and another hook is kept beside it.
    Kept,
}

impl HookKind {
    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Added => "added",
            Self::Kept => "kept",
        }
    }
}

/// What has to be done with a hook file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It is as it should be.
    Nothing,
    /// Write these bytes.
    Write(Vec<u8>),
    /// Rename the file to its kept name, then write these bytes.
    KeepAndWrite(Vec<u8>),
    /// Delete the file.
    Delete,
    /// Delete the file, then rename the kept one back.
    DeleteAndRestore,
}

/// How our lines get into a hook: `existing` is its content, `plain` whether
/// it is an executable file and no link.
pub(crate) fn install(hook: Hook<'_>, existing: Option<&[u8]>, plain: bool) -> Edit {
    let Some(existing) = existing else {
        return Edit::Write(whole_file(hook, HookKind::New).into_bytes());
    };
    if let Some(found) = find(existing) {
        let wanted =
            [&existing[..found.start], lines(hook, found.kind).as_bytes(), &existing[found.end..]].concat();
        return if wanted == existing { Edit::Nothing } else { Edit::Write(wanted) };
    }
    match first_line_of_shell(existing).filter(|_| plain) {
        Some(first) => {
            let (first, rest) = existing.split_at(first);
            Edit::Write([first, lines(hook, HookKind::Added).as_bytes(), rest].concat())
        }
        None => Edit::KeepAndWrite(whole_file(hook, HookKind::Kept).into_bytes()),
    }
}

/// How our lines get out of a hook again.
pub(crate) fn uninstall(existing: &[u8]) -> Edit {
    let Some(found) = find(existing) else { return Edit::Nothing };
    let rest = [&existing[..found.start], &existing[found.end..]].concat();
    match found.kind {
        HookKind::New if rest == SHEBANG.as_bytes() => Edit::Delete,
        HookKind::Kept if rest == [SHEBANG, RUN_KEPT, EXIT_AS_KEPT].concat().as_bytes() => {
            Edit::DeleteAndRestore
        }
        // Someone wrote into what was ours alone: only our lines go.
        _ => Edit::Write(rest),
    }
}

/// What our lines in a file say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    /// Their version; 0 where it cannot be read.
    pub version: u32,
    /// The program they run.
    pub binary: String,
    /// The lines themselves.
    pub text: String,
}

/// Our lines in a hook, nothing where there are none.
pub(crate) fn inspect(existing: &[u8]) -> Option<Lines> {
    let found = find(existing)?;
    let text = String::from_utf8_lossy(&existing[found.start..found.end]).into_owned();
    let after = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let version = after(BEGIN).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or_default();
    let binary = after("pm2sync='").and_then(|rest| rest.strip_suffix('\''));
    let binary = binary.unwrap_or_default().replace(r"'\''", "'");
    Some(Lines { version, binary, text })
}

/// The permissions of a new hook under a value of `core.sharedRepository`.
pub(crate) fn hook_mode(shared: Option<&str>) -> u32 {
    const OWN: u32 = 0o755;
    match shared.map(str::to_ascii_lowercase).as_deref() {
        Some("group" | "true" | "1" | "yes" | "on" | "all" | "world" | "everybody" | "2") => OWN | 0o020,
        // An exact mode for files; who may read a hook may run it.
        Some(octal) if octal.len() > 2 && octal.starts_with('0') => {
            let Ok(mode) = u32::from_str_radix(octal, 8) else { return OWN };
            let mode = (mode & 0o666) | 0o600;
            mode | ((mode & 0o444) >> 2)
        }
        _ => OWN,
    }
}

/// Whether a git of this version runs the hooks that its settings name.
pub(crate) fn runs_configured_hooks(version: &str) -> bool {
    is_at_least(version, (2, 54))
}

/// Whether git can say where its hooks live, by absolute path.
pub(crate) fn says_where_hooks_live(version: &str) -> bool {
    is_at_least(version, (2, 31))
}

fn is_at_least(version: &str, least: (u32, u32)) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= least
}

/// Whether the file holds our lines.
pub(crate) fn is_installed(existing: &[u8]) -> bool {
    find(existing).is_some()
}

fn whole_file(hook: Hook<'_>, kind: HookKind) -> String {
    let lines = lines(hook, kind);
    match kind {
        HookKind::Kept => [SHEBANG, RUN_KEPT, &lines, EXIT_AS_KEPT].concat(),
        HookKind::New | HookKind::Added => [SHEBANG, &lines].concat(),
    }
}

fn lines(hook: Hook<'_>, kind: HookKind) -> String {
    TEMPLATE
        .replace("@VERSION@", &VERSION.to_string())
        .replace("@EVENT@", hook.event)
        .replace("@KIND@", kind.word())
        .replace("@BINARY@", &quoted(hook.binary))
        .replace("@ELSE@", if hook.event == CHECKED { "[ $? != 1 ] || exit 1" } else { ":" })
        .replace("@PATH@", &quoted(hook.path))
}

/// A word of a shell script.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

struct Found {
    start: usize,
    end: usize,
    kind: HookKind,
}

fn find(bytes: &[u8]) -> Option<Found> {
    let start = line_starts(bytes).find(|&at| bytes[at..].starts_with(BEGIN.as_bytes()))?;
    let end =
        line_starts(bytes).find(|&at| at > start && bytes[at..].starts_with(END.as_bytes()))? + END.len();
    let mark = bytes[start..].split(|&byte| byte == b'\n').next().unwrap_or_default();
    let says = |kind: &HookKind| mark.ends_with(format!(" {} >>>", kind.word()).as_bytes());
    let kind = [HookKind::New, HookKind::Kept].into_iter().find(says).unwrap_or(HookKind::Added);
    Some(Found { start, end, kind })
}

fn line_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let after_newline = |(at, &byte): (usize, &u8)| (byte == b'\n').then_some(at + 1);
    std::iter::once(0).chain(bytes.iter().enumerate().filter_map(after_newline))
}

/// The length of the first line of a shell script; nothing for any other file,
/// for one with the line ends of Windows, which no shell here would run, and for
/// one that hands itself to another program, which would read our lines too.
fn first_line_of_shell(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|&byte| byte == b'\n')? + 1;
    if bytes.contains(&b'\r') || bytes.contains(&0) || hands_itself_on(bytes) {
        return None;
    }
    let line = std::str::from_utf8(&bytes[..end]).ok()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let program = words.next()?;
    let program = if program == "env" { words.find(|word| !word.starts_with('-'))? } else { program };
    SHELLS.contains(&program).then_some(end)
}

/// `exec tclsh "$0" "$@"`: the rest is a script in another language.
fn hands_itself_on(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|&byte| byte == b'\n').map(String::from_utf8_lossy);
    lines.any(|line| {
        let mut words = line.split_whitespace();
        let itself = ["$0", "\"$0\"", "${0}", "\"${0}\""];
        words.any(|word| word == "exec" || word.ends_with(";exec"))
            && words.any(|word| itself.contains(&word))
    })
}

#[cfg(test)]
mod tests;
