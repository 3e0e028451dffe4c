//! One app in canonical form: what pm2sync applies, writes on the process as
//! its label, and compares.

pub(crate) mod app_name;
pub(crate) mod artifact;
pub(crate) mod canonical;
pub(crate) mod desired;
pub(crate) mod label;
mod option_value;
pub(crate) mod options;
pub(crate) mod raw_app;
#[cfg(test)]
pub(crate) mod testing;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One app's options under their one name, in order, nothing filled in.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Definition {
    options: Map<String, Value>,
}

impl Definition {
    /// Made by `canonical` alone; `name` must be among the options.
    pub(in crate::core) fn from_canonical(mut options: Map<String, Value>) -> Self {
        options.sort_keys();
        Self { options }
    }

    /// The name of the app.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// All options, in order of name.
    pub fn options(&self) -> &Map<String, Value> {
        &self.options
    }

    /// An option, also where it stands in camelCase for being falsy.
    pub fn under_any_name(&self, option: &str) -> Option<&Value> {
        self.options.get(option).or_else(|| self.options.get(&options::camel_case(option)))
    }

    /// An option that is a string.
    pub fn text(&self, option: &str) -> Option<&str> {
        self.options.get(option)?.as_str()
    }

    /// An option that is `true` or `false`.
    pub fn flag(&self, option: &str) -> Option<bool> {
        self.options.get(option)?.as_bool()
    }

    /// An option that is a whole number.
    pub fn number(&self, option: &str) -> Option<i64> {
        self.options.get(option)?.as_i64()
    }

    /// An option that is a list, each item as a string.
    pub fn words(&self, option: &str) -> Option<Vec<String>> {
        let items = self.options.get(option)?.as_array()?;
        Some(items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect())
    }

    /// How long PM2 waits for each process to say that it is ready: not at all
    /// without `wait_ready`, else its `listen_timeout` (default 3 s).
    pub fn time_to_be_ready(&self) -> Duration {
        if self.flag("wait_ready") != Some(true) {
            return Duration::ZERO;
        }
        let own = self.number("listen_timeout").and_then(|ms| u64::try_from(ms).ok());
        Duration::from_millis(own.unwrap_or(3000))
    }

    /// How long all processes together may take to say so.
    pub fn time_for_all_to_be_ready(&self) -> Duration {
        // `0` and less count from the CPUs, of which nobody has more than this.
        let count = self.number("instances").unwrap_or(1);
        let count = u32::try_from(count).ok().filter(|&count| count > 0).unwrap_or(256);
        self.time_to_be_ready().saturating_mul(count)
    }

    /// The variables of `env`, by name.
    pub fn environment(&self) -> Option<&Map<String, Value>> {
        self.options.get("env")?.as_object()
    }
}

/// Values may be secrets, so only the names of the options are shown.
impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Definition({}: ", self.name())?;
        f.debug_list().entries(self.options.keys()).finish()?;
        f.write_str(")")
    }
}
