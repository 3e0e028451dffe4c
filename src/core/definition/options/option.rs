//! One of PM2's options: its names, what it takes, and everything else that has
//! to be known of it.

/// What PM2 takes for an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionKind {
    /// A string.
    Text,
    /// `true` or `false`; no string will do.
    Flag,
    /// A number, or a string that is one.
    Number,
    /// A list, or a string that PM2 splits at spaces outside quotes; an empty
    /// list is the same as none.
    Words,
    /// The same, but an empty list is not the same as none.
    Patterns,
    /// A list, or a number.
    Codes,
    /// A list.
    List,
    /// An object.
    Object,
    /// Environment variables: an object. PM2's schema allows a string, on which
    /// it then breaks.
    Variables,
    /// Variables for `--env NAME`: an object or a string.
    OtherVariables,
    /// Bytes: a number, or digits with `K`, `M` or `G`.
    Size,
    /// Milliseconds: a number, or digits with `s`, `m` or `h`.
    Duration,
    /// `fork` or `cluster`, or either with `_mode`.
    Mode,
    /// A process count: a number, `max`, or a string, of which PM2 takes what
    /// `parseInt` takes.
    Count,
    /// A string or a number.
    TextOrNumber,
    /// `true`, `false` or a string.
    FlagOrText,
    /// `true`, `false`, a list or a string that stays one.
    FlagListOrText,
}

/// Whether its text may stand in an answer; numbers, `true` and `false` always may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// It may: a path or a mode.
    Shown,
    /// It may not: arguments, what feeds the environment, and all that may hold a secret.
    Secret,
}

/// How it is told that a process runs with another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// By what PM2 makes of it, which its entry shows under another name or in
    /// another form: the file that runs, the count, the variables.
    AsMade,
    /// As the entry shows it: `pm2 restart FILE` puts it in force, and takes this
    /// for it where the definition has none.
    Restarted(Usual),
    /// Only in an app without a label: nothing but a start changes it, and then
    /// it counts where the definition has it.
    Started,
    /// The same, but it counts also where only the entry has it.
    StartedEitherWay,
}

/// What an option is where nobody says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usual {
    /// Nothing, which is the same as `false` and as an empty list.
    Absent,
    /// `true`.
    On,
    /// This text.
    Text(&'static str),
}

/// What it makes of others, or others of it, before PM2 starts an app; in the
/// order in which that is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Settled {
    /// Nothing: it stands for itself.
    Alone,
    /// `true` is another way to say fork mode.
    ForkMode,
    /// `true` brings a format of its own, which wins over the one that is given.
    OwnFormat,
    /// `false` turns `pmx` off.
    NoMonitor,
    /// One with a space in it leaves no arguments.
    CommandLine,
    /// It matters to a single process in fork mode alone.
    Merging,
    /// `false` and an empty list are like none at all.
    NothingIfEmpty,
    /// PM2 puts in who starts it.
    Starter,
    /// It takes the place of a variable.
    Variable,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PmOption {
    /// The name PM2 keeps it under.
    pub name: &'static str,
    /// Other names, in the order in which PM2 looks at them, before camelCase.
    pub aliases: &'static [&'static str],
    /// What it takes.
    pub kind: OptionKind,
    /// Whether its text may be shown.
    pub exposure: Exposure,
    /// How it is held against what runs.
    pub compared: Compared,
    /// What it makes of others.
    pub settled: Settled,
}

/// Options that PM2 acts on before it looks at any other name of theirs: in
/// camelCase they do nothing.
const READ_EARLY: &[&str] = &["execute_command", "disable_trace"];

impl PmOption {
    /// Whether PM2 acts on it before it looks at any other name of it.
    pub(in crate::core) fn is_read_early(&self) -> bool {
        READ_EARLY.contains(&self.name)
    }

    /// Every name PM2 looks it up under: its own, its aliases, camelCase.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        let named = std::iter::once(&self.name).chain(self.aliases).map(|&name| name.to_owned());
        named.chain((!self.is_read_early()).then(|| camel_case(self.name)))
    }

    /// Whether `key` is one of these. It is asked for each key of each app, and
    /// makes no name to compare with.
    pub(crate) fn is_named(&self, key: &str) -> bool {
        self.name == key
            || self.aliases.contains(&key)
            || (!self.is_read_early() && camel_letters(self.name).eq(key.chars()))
    }
}

/// `max_restarts` as `maxRestarts`.
pub(crate) fn camel_case(name: &str) -> String {
    camel_letters(name).collect()
}

fn camel_letters(name: &str) -> impl Iterator<Item = char> {
    let mut starts_a_word = false;
    name.chars().filter_map(move |letter| match letter {
        '_' => {
            starts_a_word = true;
            None
        }
        letter if std::mem::take(&mut starts_a_word) => Some(letter.to_ascii_uppercase()),
        letter => Some(letter),
    })
}
