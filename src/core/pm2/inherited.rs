//! What an app has inherited from the environment of its starter: all variables that
//! neither its definition nor PM2 set. A hook may run in a bare environment, and
//! what that lacks a replaced app keeps.

use std::ffi::OsString;

use crate::core::definition::Definition;
use crate::core::pm2::drift::is_pm2s;
use crate::core::pm2::running::RunningApp;
use crate::core::settings::Inherit;
use crate::core::settings::environment::Environment;

/// What the app has inherited, as far as the settings let apps inherit it.
/// `definition` is the one that it was started with.
pub(crate) fn inherited(app: &RunningApp, definition: &Definition, inherit: &Inherit) -> Environment {
    let variables = app.processes.iter().take(1).flat_map(|process| &process.variables.0);
    let own = |name: &str| definition.environment().is_some_and(|own| own.contains_key(name));
    let others = variables.filter(|(name, _)| !own(name) && !is_pm2s(definition, name));
    let text =
        others.filter_map(|(name, value)| Some((OsString::from(name), OsString::from(value.as_str()?))));
    text.collect::<Environment>().for_apps(inherit)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::inherited;
    use crate::core::definition::testing::definition;
    use crate::core::pm2::running::Running;
    use crate::core::settings::Inherit;

    #[test]
    fn what_the_definition_and_pm2_gave_is_not_inherited() {
        let options = json!({"name": "web", "script": "a.js", "port": 80, "env": {"OWN": "1"}});
        let definition = definition(&options);
        let running = Running::parse(&json!([{"name": "web", "pm_id": 0, "pm2_env": {
            "status": "online", "node_version": "20", "NODE_ENV": "production",
            "env": {
                "OWN": "1", "NODE_ENV": "production", "LANG": "C", "PORT": "80", "web": "{}", "unique_id": "u",
                "PM2_HOME": "/p", "NODE_APP_INSTANCE": 0, "PWD": "/w", "GIT_DIR": "/w/.git", "kill_timeout": "7",
            },
        }}]));
        let app = running.get("web").unwrap();
        let names = |inherit: &Inherit| format!("{:?}", inherited(app, &definition, inherit));
        assert_eq!(names(&Inherit::All), r#"{"LANG", "NODE_ENV"}"#);
        assert_eq!(names(&Inherit::Names(vec!["LANG".to_owned(), "OWN".to_owned()])), r#"{"LANG"}"#);
    }
}
