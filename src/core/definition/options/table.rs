//! PM2's options: the one table from which the canonical form, drift and what is
//! said about definitions come. Taken from the schema that PM2 7.0.4 validates apps with
//! (`lib/API/schema.json`); 4.5 to 7.0 agree in what stands here.
//!
//! Every row says all of it, so that no option is forgotten where values are
//! shown, compared or settled.

use crate::core::definition::options::option::{Compared, Exposure, OptionKind, PmOption, Settled, Usual};

macro_rules! table {
    ($(
        $name:literal $kind:ident $exposure:ident $compared:ident $(($($usual:tt)+))? $settled:ident
        $([$($alias:literal),+])?;
    )+) => {
        &[$(PmOption {
            name: $name,
            aliases: &[$($($alias),+)?],
            kind: OptionKind::$kind,
            exposure: Exposure::$exposure,
            compared: Compared::$compared $((Usual::$($usual)+))?,
            settled: Settled::$settled,
        },)+]
    };
}

/// Every option that PM2 takes: what it takes, whether its text may be shown, how
/// it is compared, what it makes of others, and its other names. Any other key is
/// silently dropped.
pub(crate) const OPTIONS: &[PmOption] = table! {
    "script"                     Text           Shown  AsMade                     CommandLine    ["cmd", "command", "exec"];
    "name"                       Text           Secret AsMade                     Alone;
    "name_prefix"                Text           Secret Started                    Alone;
    "filter_env"                 FlagListOrText Secret Started                    NothingIfEmpty;
    "namespace"                  Text           Shown  Restarted(Text("default")) Alone;
    "install_url"                Text           Secret Started                    Alone;
    "cwd"                        Text           Shown  AsMade                     Alone;
    "args"                       Words          Secret AsMade                     Alone;
    "exec_interpreter"           Text           Shown  AsMade                     Alone          ["interpreter"];
    "node_args"                  Words          Secret Restarted(Absent)          Alone          ["interpreter_args", "interpreterArgs"];
    "out_file"                   Text           Shown  AsMade                     Alone          ["out_log", "output", "out"];
    "error_file"                 Text           Shown  AsMade                     Alone          ["err_log", "err_file", "err", "error"];
    "log_file"                   FlagOrText     Shown  AsMade                     NothingIfEmpty ["log"];
    "disable_logs"               Flag           Secret StartedEitherWay           Alone;
    "log_type"                   Text           Secret Restarted(Absent)          Alone;
    "log_date_format"            Text           Secret Restarted(Absent)          Alone;
    "time"                       Flag           Secret Restarted(Absent)          OwnFormat;
    "env"                        Variables      Secret AsMade                     Alone;
    "max_memory_restart"         Size           Secret Restarted(Absent)          Alone;
    "pid_file"                   Text           Shown  AsMade                     Alone          ["pid"];
    "restart_delay"              Number         Secret Restarted(Absent)          Alone;
    "exp_backoff_restart_delay"  Number         Secret Restarted(Absent)          Alone;
    "source_map_support"         Flag           Secret Started                    Alone;
    "disable_source_map_support" Flag           Secret Started                    Alone;
    "wait_ready"                 Flag           Secret Restarted(Absent)          Alone;
    "instances"                  Count          Secret AsMade                     Alone;
    "kill_timeout"               Number         Secret Restarted(Absent)          Alone;
    "shutdown_with_message"      Flag           Secret Restarted(Absent)          Alone;
    "listen_timeout"             Number         Secret Restarted(Absent)          Alone;
    "cron_restart"               TextOrNumber   Secret Restarted(Absent)          Alone          ["cron"];
    "merge_logs"                 Flag           Secret Started                    Merging        ["combine_logs"];
    "vizion"                     Flag           Secret Started                    Alone;
    "autostart"                  Flag           Secret Started                    Alone;
    "autorestart"                Flag           Secret Restarted(On)              Alone;
    "stop_exit_codes"            Codes          Secret Restarted(Absent)          Alone;
    "watch_delay"                Number         Secret Started                    Alone;
    "watch"                      FlagListOrText Secret StartedEitherWay           Alone;
    "ignore_watch"               Patterns       Secret Restarted(Absent)          Alone;
    "watch_options"              Object         Secret Started                    Alone;
    "min_uptime"                 Duration       Secret Restarted(Absent)          Alone;
    "max_restarts"               Number         Secret Restarted(Absent)          Alone;
    "execute_command"            Flag           Secret Started                    ForkMode;
    "exec_mode"                  Mode           Shown  AsMade                     Alone;
    "force"                      Flag           Secret Started                    Alone;
    "append_env_to_name"         Flag           Secret Started                    Alone;
    "post_update"                List           Secret Started                    Alone;
    "trace"                      Flag           Secret Started                    Alone;
    "disable_trace"              Flag           Secret AsMade                     Alone;
    "v8"                         Flag           Secret Started                    Alone;
    "event_loop_inspector"       Flag           Secret Started                    Alone;
    "deep_monitoring"            Flag           Secret Started                    Alone;
    "increment_var"              Text           Secret StartedEitherWay           Alone;
    "instance_var"               Text           Secret Started                    Alone;
    "pmx"                        FlagOrText     Secret Started                    Alone;
    "automation"                 Flag           Secret Started                    NoMonitor;
    "treekill"                   Flag           Secret Restarted(On)              Alone;
    "port"                       Number         Secret AsMade                     Variable;
    "username"                   Text           Secret Started                    Starter;
    "uid"                        TextOrNumber   Secret AsMade                     Alone          ["user"];
    "gid"                        TextOrNumber   Secret AsMade                     Alone;
    "windowsHide"                Flag           Secret Started                    Alone;
    "kill_retry_time"            Number         Secret Started                    Alone;
    "write"                      Flag           Secret Started                    Alone;
    "io"                         Object         Secret AsMade                     Alone;
};
