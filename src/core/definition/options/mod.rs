//! PM2's options and the fields of its entries, by their names: what a key or a
//! variable means to PM2.

mod option;
mod table;

pub(crate) use crate::core::definition::options::option::{
    Compared, Exposure, OptionKind, PmOption, Settled, Usual, camel_case,
};
pub(crate) use crate::core::definition::options::table::OPTIONS;
use crate::text::nearest::nearest_of;

/// The option that carries our label. Its value is an object, never a string: a
/// string would reach the process's environment.
pub(crate) const LABEL: &str = "env_pm2sync";

/// The one option whose `false` PM2 distinguishes from its absence.
pub(in crate::core::definition) const MERGE_LOGS: &str = "merge_logs";

/// The least `min_uptime` that PM2 takes, in milliseconds.
pub(crate) const LEAST_MIN_UPTIME: f64 = 100.0;

/// Keys of this beginning are variables for `--env NAME`: PM2 keeps them.
pub(crate) const ENVIRONMENT_PREFIX: &str = "env_";

/// The fields of PM2's own entry for a process that are not options. A variable
/// of such a name, like one named as an option, would override the field.
pub(crate) const FIELDS: &[&str] = &[
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
pub(crate) fn find(name: &str) -> Option<&'static PmOption> {
    OPTIONS.iter().find(|option| option.name == name)
}

/// Whether a key of an app means something to PM2 under any of its names.
pub(crate) fn is_known(key: &str) -> bool {
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
pub(crate) fn is_field(variable: &str) -> bool {
    (is_managed(variable) && !HARMLESS.contains(&variable))
        || variable.starts_with("pm_")
        || variable == "env_pm2sync"
}

/// Whether a key holds variables for `--env NAME`.
pub(crate) fn is_environment(key: &str) -> bool {
    key.starts_with(ENVIRONMENT_PREFIX) && !key.contains(char::is_whitespace)
}

/// Whether PM2 would take a variable of this name for a field of the process.
pub(crate) fn is_managed(variable: &str) -> bool {
    find(variable).is_some() || FIELDS.contains(&variable)
}

/// The option that a key which PM2 drops was most likely meant to be.
pub(crate) fn likely(key: &str) -> Option<&'static str> {
    let plain = key.replace('-', "_").to_lowercase();
    let spellings = |option: &'static PmOption| option.names().map(|name| (name.to_lowercase(), option.name));
    nearest_of(&plain, OPTIONS.iter().flat_map(spellings))
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
