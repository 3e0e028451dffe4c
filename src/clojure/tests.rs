//! Whole programs: what they export, what they are refused for, and where.

use std::collections::BTreeMap;

use expect_test::expect;

use crate::clojure::{Compiled, Entry, Program, compile};

/// Compiles files under `ecosystems/`, from `index` or, without one, all of them.
pub(crate) fn compiled(
    files: &[(&str, &str)],
    environment: &[(&str, &str)],
) -> Result<Compiled, Vec<String>> {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| (format!("ecosystems/{path}"), (*text).to_owned())).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let index = files.contains_key("ecosystems/index.cljs");
    let entries: Vec<Entry> = if index {
        vec![Entry::Namespace("index".into())]
    } else {
        files.keys().map(|path| Entry::File(path.clone())).collect()
    };
    let program = Program {
        source_paths: &["ecosystems".to_owned()],
        entries: &entries,
        environment: &environment,
        directory: "/srv/work",
        read: &|path| Ok(files.get(path).cloned()),
    };
    compile(&program).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// The exports as JSON text, or the errors.
fn exports(files: &[(&str, &str)]) -> String {
    match compiled(files, &[("PORT", "80"), ("EMPTY", "")]) {
        Ok(compiled) => compiled.exports.to_string(),
        Err(errors) => errors.join("\n"),
    }
}

const INDEX: &str = r"(ns index (:require [clobber.macro] [opencode] [services-mcp]))
(clobber.macro/ecosystem-output)
(set! (.-exports js/module) (clj->js (clobber.macro/ecosystem)))
(defn -main [& _] nil)
";

const OPENCODE: &str = r#"(ns opencode
  "The editor."
  (:require [clobber.macro :refer [defapp env-var]]
            [shared :as s]))

(def ^:private port (env-var :PORT "3000"))

(defapp "opencode"
  (merge s/defaults
         {:script "node_modules/.bin/opencode"
          :args ["serve" "--port" port]
          :env (assoc s/env :PORT port :EMPTY (env-var "EMPTY" "unset"))}))
"#;

const SHARED: &str = r#"(ns shared)
(def env {:NODE_ENV "production"})
(def defaults {:autorestart true :max_restarts 10 :min-uptime "5s"})
"#;

const SERVICES: &str = r#"(ns services-mcp (:require [clobber.macro :as m] [shared :refer [env]]))
;; three of a kind
(doseq [[n port] (map-indexed vector ["one" "a/b c" "two,3"])]
  (m/defapp (str "mcp-" port) {:script "mcp.js" :name "loses" :env (assoc env "N" n)}))
"#;

#[test]
fn an_index_exports_the_apps_of_every_namespace() {
    let files = [
        ("index.cljs", INDEX),
        ("opencode.cljs", OPENCODE),
        ("shared.cljs", SHARED),
        ("services_mcp.cljs", SERVICES),
    ];
    let compiled = compiled(&files, &[("PORT", "80"), ("EMPTY", "")]).unwrap();
    expect![[r#"
        {
          "apps": [
            {
              "autorestart": true,
              "max_restarts": 10,
              "min-uptime": "5s",
              "script": "node_modules/.bin/opencode",
              "args": [
                "serve",
                "--port",
                "80"
              ],
              "env": {
                "NODE_ENV": "production",
                "PORT": "80",
                "EMPTY": ""
              },
              "name": "opencode"
            },
            {
              "script": "mcp.js",
              "name": "mcp-one",
              "env": {
                "NODE_ENV": "production",
                "N": 0
              }
            },
            {
              "script": "mcp.js",
              "name": "mcp-a/b c",
              "env": {
                "NODE_ENV": "production",
                "N": 1
              }
            },
            {
              "script": "mcp.js",
              "name": "mcp-two,3",
              "env": {
                "NODE_ENV": "production",
                "N": 2
              }
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&compiled.exports).unwrap());
    let origins: Vec<String> = compiled.origins.iter().map(|(at, place)| format!("{at} {place}")).collect();
    expect![[r"
        /apps/0 ecosystems/opencode.cljs:8:1
        /apps/0/args ecosystems/opencode.cljs:11:11
        /apps/0/autorestart ecosystems/shared.cljs:3:16
        /apps/0/env ecosystems/opencode.cljs:12:11
        /apps/0/env/EMPTY ecosystems/opencode.cljs:12:40
        /apps/0/env/NODE_ENV ecosystems/shared.cljs:2:11
        /apps/0/env/PORT ecosystems/opencode.cljs:12:29
        /apps/0/max_restarts ecosystems/shared.cljs:3:34
        /apps/0/min-uptime ecosystems/shared.cljs:3:51
        /apps/0/name ecosystems/opencode.cljs:8:1
        /apps/0/script ecosystems/opencode.cljs:10:11
        /apps/1 ecosystems/services_mcp.cljs:4:3
        /apps/1/env ecosystems/services_mcp.cljs:4:63
        /apps/1/env/N ecosystems/services_mcp.cljs:4:79
        /apps/1/env/NODE_ENV ecosystems/shared.cljs:2:11
        /apps/1/name ecosystems/services_mcp.cljs:4:3
        /apps/1/script ecosystems/services_mcp.cljs:4:32
        /apps/2 ecosystems/services_mcp.cljs:4:3
        /apps/2/env ecosystems/services_mcp.cljs:4:63
        /apps/2/env/N ecosystems/services_mcp.cljs:4:79
        /apps/2/env/NODE_ENV ecosystems/shared.cljs:2:11
        /apps/2/name ecosystems/services_mcp.cljs:4:3
        /apps/2/script ecosystems/services_mcp.cljs:4:32
        /apps/3 ecosystems/services_mcp.cljs:4:3
        /apps/3/env ecosystems/services_mcp.cljs:4:63
        /apps/3/env/N ecosystems/services_mcp.cljs:4:79
        /apps/3/env/NODE_ENV ecosystems/shared.cljs:2:11
        /apps/3/name ecosystems/services_mcp.cljs:4:3
        /apps/3/script ecosystems/services_mcp.cljs:4:32"]]
    .assert_eq(&origins.join("\n"));
    expect![[r#"
        {:apps [{:autorestart true, :max_restarts 10, :min-uptime "5s", :script "node_modules/.bin/opencode", :args ["serve" "--port" "80"], :env {:NODE_ENV "production", :PORT "80", :EMPTY ""}, :name "opencode"} {:script "mcp.js", :name "mcp-one", :env {:NODE_ENV "production", "N" 0}} {:script "mcp.js", :name "mcp-a/b c", :env {:NODE_ENV "production", "N" 1}} {:script "mcp.js", :name "mcp-two,3", :env {:NODE_ENV "production", "N" 2}}]}
    "#]].assert_eq(&compiled.output);
    assert_eq!(
        compiled.files,
        [
            "ecosystems/shared.cljs",
            "ecosystems/opencode.cljs",
            "ecosystems/services_mcp.cljs",
            "ecosystems/index.cljs"
        ]
    );
    assert_eq!(compiled.variables.into_iter().collect::<Vec<_>>(), ["EMPTY", "PORT"]);
}
