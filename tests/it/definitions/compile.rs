//! The artifact, and what the embedded compiler makes of definitions as people write them.

use serde_json::json;

use crate::support::{APPS, APPS_FILE, Finished, INDEX, INDEX_FILE, Sandbox, run};

const ARTIFACT: &str = ".clobber/index.cjs";

#[test]
fn the_artifact_is_what_pm2_itself_would_load() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["compile"]).exits(0);
    let printed = laptop.pm2sync(&["compile", "--print"]).exits(0).json();

    let print = "console.log(JSON.stringify(require('./ecosystem.config.cjs')))";
    let loaded = run(sandbox.command("node", laptop.root()).args(["-e", print])).exits(0).json();

    assert_eq!(loaded, printed);
    assert!(!laptop.has_daemon());
}

#[test]
fn the_head_of_the_artifact_names_the_variables_it_was_compiled_with_but_not_their_values() {
    let text = "(ns apps (:require [clobber.macro :refer [defapp env-var]]))\n\
                (defapp \"web\" {:script \"app.js\" :args [(env-var :WEB_COLOUR \"none\")]})\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, text)]);
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["compile"]).exits(0);
    let artifact = laptop.reads(ARTIFACT);
    let head = artifact.split("module.exports").next().unwrap_or_default();
    assert!(head.contains("WEB_COLOUR"), "{artifact}");
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    laptop.pm2sync(&["compile"]).exits(0);
    let once = laptop.reads(ARTIFACT);
    laptop.pm2sync(&["compile"]).exits(0);
    assert_eq!(laptop.reads(ARTIFACT), once);
}

#[test]
fn compiling_works_outside_of_any_enrolment_and_needs_no_node() {
    let sandbox = Sandbox::with_apps();
    let laptop = sandbox.laptop();
    let nothing = sandbox.folder().join("nothing");
    let mut command = laptop.pm2sync_command(&["compile"]);
    laptop.runs(command.env("PATH", nothing)).exits(0);
    assert!(laptop.reads(ARTIFACT).contains("4001"));
}

/// Compiles one source that begins with the usual `ns` and prints the apps.
#[track_caller]
fn compiles(text: &str) -> Finished {
    let head = "(ns apps (:require [clobber.macro :refer [defapp env-var]] [clojure.string :as str]))\n";
    let sandbox = Sandbox::holding(&[(APPS_FILE, &format!("{head}{text}"))]);
    sandbox.laptop().pm2sync(&["compile", "--print"])
}

#[test]
fn definitions_are_computed_as_people_compute_them() {
    let text = r#"
(def base {:script "app.js" :env {:NODE_ENV "production"}})
(defn service [name port & {:keys [args] :or {args []}}]
  (defapp name (-> base (assoc :args args) (update :env merge {:PORT (str port)}))))
#_(defapp "not this" {})
(doseq [[name port] [["one" 4001] ["two" 4002]]] (service name port))
(service "three" 4003 :args ["-v"])
(defapp "four" (cond-> {:script "app.js"} (= 1 1) (assoc :max_restarts 3)))
(let [{:keys [script]} base] (defapp "five" {:script script :env {:LIST (str/join "," (map inc [1 2]))}}))
"#;
    let env = |port: &str| json!({"NODE_ENV": "production", "PORT": port});
    assert_eq!(
        compiles(text).exits(0).json(),
        json!({"apps": [
            {"name": "one", "script": "app.js", "args": [], "env": env("4001")},
            {"name": "two", "script": "app.js", "args": [], "env": env("4002")},
            {"name": "three", "script": "app.js", "args": ["-v"], "env": env("4003")},
            {"name": "four", "script": "app.js", "max_restarts": 3},
            {"name": "five", "script": "app.js", "env": {"LIST": "2,3"}},
        ]})
    );
}

#[test]
fn a_definition_that_is_not_covered_is_an_error_and_not_a_guess() {
    compiles("(defapp \"web\" {:script (js/require \"fs\")})").exits(4).says("shadow-cljs").says(APPS_FILE);
}

#[test]
fn a_workspaces_own_library_is_evaluated_as_it_stands() {
    let own = r#"
(ns clobber.macro)
(defonce registry (atom []))
(defn defapp [name options] (swap! registry conj (assoc options :name (str "own-" name))))
(defn ecosystem [] {:apps @registry})
"#;
    let files = [(APPS_FILE, APPS), (INDEX_FILE, INDEX), ("ecosystems/clobber/macro.cljs", own)];
    let sandbox = Sandbox::holding(&files);
    let printed = sandbox.laptop().pm2sync(&["compile", "--print"]).exits(0).json();
    assert_eq!(printed["apps"][0]["name"], "own-web");
}

#[test]
fn hostile_sources_are_errors_and_never_a_crash_or_a_hang() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for text in [deep.as_str(), "(loop [] (recur))", "(defn f [] (f)) (f)", "\u{0}", "\"\\u12\"", "{:a}"] {
        compiles(text).exits(4).says(APPS_FILE);
    }
}

#[test]
fn a_malformed_regex_is_an_error_where_it_is_written_though_nobody_uses_it() {
    compiles("(def pattern #\"(\")\n(defapp \"web\" {:script \"app.js\"})")
        .exits(4)
        .says(&format!("{APPS_FILE}:2:"));
}
