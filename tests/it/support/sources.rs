//! The definitions that most tests begin with.

/// Where they stand.
pub(crate) const APPS_FILE: &str = "ecosystems/apps.cljs";

/// Three apps: `web` with an environment and arguments to change, and two to be left alone.
pub(crate) const APPS: &str = r#"
(ns apps (:require [clobber.macro :refer [defapp]]))

(defapp "web"
  {:script "app.js"
   :args   ["--colour" "blue"]
   :env    {:PORT "4001" :STALE "yes"}})

(defapp "worker"
  {:script "app.js"
   :env    {:QUEUE "first"}})

(defapp "clock" {:script "app.js"})
"#;

/// Where the namespace that exports them stands, in the workspaces that have one.
pub(crate) const INDEX_FILE: &str = "ecosystems/index.cljs";

/// It, as workspaces have it.
pub(crate) const INDEX: &str = "
(ns index (:require [clobber.macro] [apps]))
(set! (.-exports js/module) (clj->js (clobber.macro/ecosystem)))
(defn -main [& _] nil)
";

/// What the apps run. It leaves its arguments where a test can read them, since
/// PM2 gives every process a title of its own.
pub(crate) const APP_JS: &str = r#"
const file = `${process.env.PM2_HOME}/argv.${process.pid}`;
require("node:fs").writeFileSync(`${file}.new`, JSON.stringify(process.argv.slice(2)));
require("node:fs").renameSync(`${file}.new`, file);
setInterval(() => {}, 1 << 30);
"#;

/// An app that leaves its environment where a test can read it: a cluster
/// process gets its own from PM2 after the kernel gave it the daemon's.
pub(crate) const ENV_JS: &str = r#"
const file = `${process.env.PM2_HOME}/env.${process.pid}`;
require("node:fs").writeFileSync(`${file}.new`, JSON.stringify(process.env));
require("node:fs").renameSync(`${file}.new`, file);
setInterval(() => {}, 1 << 30);
"#;

/// The definitions `apps`, in the namespace that `APPS_FILE` has.
pub(crate) fn definitions(apps: &str) -> String {
    format!("(ns apps (:require [clobber.macro :refer [defapp]]))\n{apps}\n")
}
