//! What means the same is the same; what PM2 drops or refuses is said.

use serde_json::{Value, json};

use super::canonical;
use crate::core::definition::Definition;
use crate::core::definition::testing::raw;

fn definition(options: &Value) -> Definition {
    let (definition, diagnostics) = canonical(&raw(options));
    assert_eq!(diagnostics, [], "{options}");
    definition
}

fn messages(options: &Value) -> Vec<String> {
    canonical(&raw(options)).1.iter().map(ToString::to_string).collect()
}

/// The app `{name: "a", script: "a.js"}` with more.
fn app(more: &Value) -> Value {
    let mut options = json!({"name": "a", "script": "a.js"});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    options
}

#[test]
fn two_spellings_of_one_meaning_are_one_definition() {
    let same = [
        (json!({"maxRestarts": 5}), json!({"max_restarts": 5})),
        (json!({"interpreter": "bash"}), json!({"exec_interpreter": "bash"})),
        (json!({"error": "e.log"}), json!({"error_file": "e.log"})),
        (json!({"kill_timeout": "2000"}), json!({"kill_timeout": 2000.0})),
        (json!({"min_uptime": "10s"}), json!({"min_uptime": 10_000})),
        (json!({"max_memory_restart": "1G"}), json!({"max_memory_restart": 1_073_741_824})),
        (json!({"args": "--a 'b c' d=\"e f\""}), json!({"args": ["--a", "b c", "d=\"e f\""]})),
        (json!({"args": ["--port", 80]}), json!({"args": ["--port", "80"]})),
        (json!({"args": []}), json!({})),
        (json!({"env": {}}), json!({})),
        (json!({"env": {"PORT": 3000, "ON": true}}), json!({"env": {"ON": "true", "PORT": "3000"}})),
        (json!({"env": {"O": {"a": [1]}}}), json!({"env": {"O": "{\"a\":[1]}"}})),
        (json!({"cwd": null}), json!({})),
        (json!({"exec_mode": "fork"}), json!({"exec_mode": "fork_mode"})),
        (json!({"execute_command": true}), json!({"exec_mode": "fork"})),
        (json!({"instances": "max"}), json!({"instances": 0})),
        (json!({"instances": "2"}), json!({"instances": 2})),
        (json!({"instances": 1.5}), json!({"instances": 1})),
        (json!({"stop_exit_codes": [3]}), json!({"stop_exit_codes": 3})),
        (json!({"uid": "1000"}), json!({"user": 1000})),
    ];
    for (one, other) in same {
        assert_eq!(definition(&app(&one)), definition(&app(&other)), "{one} {other}");
    }
}

#[test]
fn the_order_of_keys_is_no_difference_and_defaults_are_not_filled_in() {
    let options = definition(&json!({"script": "b/w.test.js", "cwd": "x", "autorestart": false}));
    assert_eq!(
        serde_json::to_string(&options).unwrap(),
        r#"{"autorestart":false,"cwd":"x","name":"w.test","script":"b/w.test.js"}"#
    );
}

#[test]
fn canonical_form_is_idempotent() {
    let options = app(
        &json!({"interpreter": "bash", "kill_timeout": "5", "args": "a 'b c'", "exec_mode": "cluster",
        "env": {"A": 1.5, "B": null}, "env_production": {"A": 2}, "watch": ["x"], "min_uptime": "1m", "cron": "0 * * * *"}),
    );
    let once = definition(&options);
    assert_eq!(definition(&Value::Object(once.options().clone())), once);
}

#[test]
fn a_zero_that_pm2_keeps_stands_where_it_keeps_it() {
    for (zero, kept) in [
        (json!({"killTimeout": 0}), json!({"killTimeout": 0})),
        (json!({"kill_timeout": "0"}), json!({"killTimeout": 0})),
        (json!({"kill_timeout": 0, "killTimeout": 0}), json!({"killTimeout": 0})),
        (json!({"merge_logs": false}), json!({"merge_logs": false})),
    ] {
        let once = canonical(&raw(&app(&zero))).0;
        assert_eq!(Value::Object(once.options().clone()), app(&kept), "{zero}");
        assert_eq!(definition(&Value::Object(once.options().clone())), once);
    }
}

#[test]
fn what_pm2_drops_is_reported_and_never_corrected() {
    assert_eq!(
        messages(&app(&json!({"max-restarts": 5, "colour": 1, "max_restarts": 0}))),
        [
            "PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`?",
            "PM2 drops the unknown option `colour`",
            "PM2 drops `max_restarts`, since its value counts as false",
        ]
    );
    let kept =
        json!({"autorestart": false, "instances": 0, "time": false, "wait_ready": false, "killTimeout": 0});
    assert_eq!(messages(&app(&kept)), [""; 0]);
}

#[test]
fn what_pm2_refuses_is_an_error() {
    let refused = [
        (json!({"kill_timeout": "2s"}), "`kill_timeout` is a string, where PM2 takes a number"),
        (json!({"autorestart": "false"}), "`autorestart` is a string, where PM2 takes `true` or `false`"),
        (json!({"args": 5}), "`args` is a number, where PM2 takes a list or a string"),
        (json!({"exec_mode": "both"}), "`exec_mode` is a string, where PM2 takes `fork` or `cluster`"),
        (json!({"min_uptime": 50}), "`min_uptime` is less than 100 ms, which PM2 refuses"),
    ];
    for (more, message) in refused {
        assert_eq!(messages(&app(&more)), [message]);
    }
    assert!(messages(&app(&json!({"env": "A=1"})))[0].contains("where PM2 takes a map"));
    assert!(messages(&app(&json!({"env": {"name": "x"}})))[0].contains("would override PM2's own field"));
    assert_eq!(messages(&app(&json!({"env": {"version": "1"}}))), [""; 0]);
    assert!(messages(&app(&json!({"max_memory_restart": "1.5G"})))[0].contains("whole digits with `K`"));
    assert!(messages(&app(&json!({"env_file": null})))[0].contains("it refuses the whole file"));
    assert!(messages(&app(&json!({"env_pm2sync": {}})))[0].contains("pm2sync's own mark"));
    assert!(messages(&app(&json!({"instances": "two"})))[0].contains("one process on every CPU"));
    assert!(messages(&app(&json!({"name": "all"})))[0].contains("not a valid app name"));
    assert_eq!(messages(&json!({})), ["the app has no name", "the app has no `script`"]);
}
