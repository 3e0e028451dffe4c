//! PM2's options: the one table from which the canonical form and what is said
//! about definitions come. Taken from the schema that PM2 7.0.4 validates apps with
//! (`lib/API/schema.json`); 4.5 to 7.0 agree in what stands here.

/// The option that carries our label. Its value is an object, never a string: a
/// string would reach the process's environment.
pub const LABEL: &str = "env_pm2sync";

/// The one option whose `false` PM2 distinguishes from its absence.
pub(in crate::core::definition) const MERGE_LOGS: &str = "merge_logs";

/// What PM2 takes for an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct PmOption {
    /// The name PM2 keeps it under.
    pub name: &'static str,
    /// Other names, in the order in which PM2 looks at them, before camelCase.
    pub aliases: &'static [&'static str],
    /// What it takes.
    pub kind: Kind,
}

const fn option(name: &'static str, kind: Kind) -> PmOption {
    PmOption { name, aliases: &[], kind }
}

const fn aliased(name: &'static str, aliases: &'static [&'static str], kind: Kind) -> PmOption {
    PmOption { name, aliases, kind }
}

/// Every option that PM2 takes; any other key is silently dropped.
pub const OPTIONS: &[PmOption] = &[
    aliased("script", &["cmd", "command", "exec"], Kind::Text),
    option("name", Kind::Text),
    option("name_prefix", Kind::Text),
    option("filter_env", Kind::FlagListOrText),
    option("namespace", Kind::Text),
    option("install_url", Kind::Text),
    option("cwd", Kind::Text),
    option("args", Kind::Words),
    aliased("exec_interpreter", &["interpreter"], Kind::Text),
    aliased("node_args", &["interpreter_args", "interpreterArgs"], Kind::Words),
    aliased("out_file", &["out_log", "output", "out"], Kind::Text),
    aliased("error_file", &["err_log", "err_file", "err", "error"], Kind::Text),
    aliased("log_file", &["log"], Kind::FlagOrText),
    option("disable_logs", Kind::Flag),
    option("log_type", Kind::Text),
    option("log_date_format", Kind::Text),
    option("time", Kind::Flag),
    option("env", Kind::Variables),
    option("max_memory_restart", Kind::Size),
    aliased("pid_file", &["pid"], Kind::Text),
    option("restart_delay", Kind::Number),
    option("exp_backoff_restart_delay", Kind::Number),
    option("source_map_support", Kind::Flag),
    option("disable_source_map_support", Kind::Flag),
    option("wait_ready", Kind::Flag),
    option("instances", Kind::Count),
    option("kill_timeout", Kind::Number),
    option("shutdown_with_message", Kind::Flag),
    option("listen_timeout", Kind::Number),
    aliased("cron_restart", &["cron"], Kind::TextOrNumber),
    aliased("merge_logs", &["combine_logs"], Kind::Flag),
    option("vizion", Kind::Flag),
    option("autostart", Kind::Flag),
    option("autorestart", Kind::Flag),
    option("stop_exit_codes", Kind::Codes),
    option("watch_delay", Kind::Number),
    option("watch", Kind::FlagListOrText),
    option("ignore_watch", Kind::Patterns),
    option("watch_options", Kind::Object),
    option("min_uptime", Kind::Duration),
    option("max_restarts", Kind::Number),
    option("execute_command", Kind::Flag),
    option("exec_mode", Kind::Mode),
    option("force", Kind::Flag),
    option("append_env_to_name", Kind::Flag),
    option("post_update", Kind::List),
    option("trace", Kind::Flag),
    option("disable_trace", Kind::Flag),
    option("v8", Kind::Flag),
    option("event_loop_inspector", Kind::Flag),
    option("deep_monitoring", Kind::Flag),
    option("increment_var", Kind::Text),
    option("instance_var", Kind::Text),
    option("pmx", Kind::FlagOrText),
    option("automation", Kind::Flag),
    option("treekill", Kind::Flag),
    option("port", Kind::Number),
    option("username", Kind::Text),
    aliased("uid", &["user"], Kind::TextOrNumber),
    option("gid", Kind::TextOrNumber),
    option("windowsHide", Kind::Flag),
    option("kill_retry_time", Kind::Number),
    option("write", Kind::Flag),
    option("io", Kind::Object),
];

/// Options that PM2 acts on before it looks at any other name of theirs: in
/// camelCase they do nothing.
const READ_EARLY: &[&str] = &["execute_command", "disable_trace"];

/// The least `min_uptime` that PM2 takes, in milliseconds.
pub const LEAST_MIN_UPTIME: f64 = 100.0;

/// Keys of this beginning are variables for `--env NAME`: PM2 keeps them.
pub const ENVIRONMENT_PREFIX: &str = "env_";

/// The fields of PM2's own entry for a process that are not options. A variable
/// of such a name, like one named as an option, would override the field.
pub const FIELDS: &[&str] = &[
    "axm_actions",
    "axm_dynamic",
    "axm_monitor",
    "axm_options",
    "created_at",
    "exit_code",
    "km_link",
    "node_version",
    "pm_cwd",
    "pm_err_log_path",
    "pm_exec_path",
    "pm_id",
    "pm_log_path",
    "pm_out_log_path",
    "pm_pid_path",
    "pm_uptime",
    "pmx_module",
    "prev_restart_delay",
    "restart_time",
    "status",
    "unique_id",
    "unstable_restarts",
    "version",
    "versioning",
    "vizion_running",
];

/// The option of this very name.
pub fn find(name: &str) -> Option<&'static PmOption> {
    OPTIONS.iter().find(|option| option.name == name)
}

/// Whether a key of an app means something to PM2 under any of its names.
pub fn is_known(key: &str) -> bool {
    is_environment(key) || OPTIONS.iter().any(|option| option.is_named(key))
}

/// Fields and options that a variable may be named like: what PM2 does with
/// the process does not depend on them.
const HARMLESS: &[&str] = &[
    "env",
    "io",
    "node_version",
    "port",
    "time",
    "trace",
    "username",
    "v8",
    "version",
    "versioning",
    "write",
];

/// Whether a variable of this name would change what PM2 makes of the process.
pub fn is_field(variable: &str) -> bool {
    (is_managed(variable) && !HARMLESS.contains(&variable))
        || variable.starts_with("pm_")
        || variable == "env_pm2sync"
}

/// Whether a key holds variables for `--env NAME`.
pub fn is_environment(key: &str) -> bool {
    key.starts_with(ENVIRONMENT_PREFIX) && !key.contains(char::is_whitespace)
}

/// Whether PM2 would take a variable of this name for a field of the process.
pub fn is_managed(variable: &str) -> bool {
    find(variable).is_some() || FIELDS.contains(&variable)
}

/// The option that a key which PM2 drops was most likely meant to be.
pub fn likely(key: &str) -> Option<&'static str> {
    let plain = key.replace('-', "_").to_lowercase();
    OPTIONS
        .iter()
        .flat_map(|option| option.names().map(move |name| (name.to_lowercase(), option.name)))
        .map(|(name, option)| (strsim::damerau_levenshtein(&name, &plain), option))
        .filter(|&(distance, option)| distance <= 1.max(option.len() / 4))
        .min()
        .map(|(_, option)| option)
}

impl PmOption {
    /// Whether PM2 acts on it before it looks at any other name of it.
    pub(in crate::core) fn is_read_early(&self) -> bool {
        READ_EARLY.contains(&self.name)
    }

    /// Every name PM2 looks it up under: its own, its aliases, camelCase.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let named = std::iter::once(&self.name).chain(self.aliases).map(|&name| name.to_owned());
        named.chain((!self.is_read_early()).then(|| camel_case(self.name)))
    }

    /// Whether `key` is one of these. It is asked for each key of each app, and
    /// makes no name to compare with.
    pub fn is_named(&self, key: &str) -> bool {
        self.name == key
            || self.aliases.contains(&key)
            || (!self.is_read_early() && camel_letters(self.name).eq(key.chars()))
    }
}

/// `max_restarts` as `maxRestarts`.
pub fn camel_case(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{OPTIONS, PmOption, find, is_known, is_managed, likely};

    #[test]
    fn names_are_known_in_each_spelling_that_pm2_reads() {
        for name in ["max_restarts", "maxRestarts", "interpreter", "err_log", "env", "env_production"] {
            assert!(is_known(name), "{name}");
        }
        for name in ["max-restarts", "resart_delay", "script-args", "executeCommand", ""] {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn an_option_is_named_by_its_names_and_nothing_else() {
        let all: Vec<String> = OPTIONS.iter().flat_map(PmOption::names).collect();
        for option in OPTIONS {
            let names: Vec<String> = option.names().collect();
            for name in &all {
                assert_eq!(option.is_named(name), names.contains(name), "{name} of {}", option.name);
            }
        }
    }

    #[test]
    fn a_dropped_key_has_a_likely_spelling() {
        assert_eq!(likely("max-restarts"), Some("max_restarts"));
        assert_eq!(likely("resart_delay"), Some("restart_delay"));
        assert_eq!(likely("error-file"), Some("error_file"));
        assert_eq!(likely("Interpreter"), Some("exec_interpreter"));
        assert_eq!(likely("colour"), None);
    }

    #[test]
    fn managed_variables_are_options_and_fields() {
        assert!(is_managed("kill_timeout") && is_managed("pm_id") && !is_managed("PORT"));
        assert!(find("port").is_some());
    }
}
