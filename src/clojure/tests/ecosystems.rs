//! Ecosystems like those in real use: what they export, and where it is written.

use expect_test::expect;

use crate::clojure::tests::{compiled, exports};

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

/// A library like those that workspaces have of their own.
const OWN_LIBRARY: &str = r#"(ns clobber.macro
  (:require [clojure.string :as string]))

(defonce app-registry (atom []))
(defonce profile-registry (atom {}))
(def ^:dynamic *eval-fn* nil)

(defn defapp [name opts]
  "Registers an app."
  (swap! app-registry conj (assoc opts :name name)))

(defn env-var
  ([var-sym] (env-var var-sym nil))
  ([var-sym fallback]
   (or (get-in js/process.env [(name var-sym) ""]) fallback)))

(defn defprofile [name & body]
  (let [fresh (atom [])]
    (binding [*eval-fn* (fn [form]
                          (case (first form)
                            defapp (let [[_ n o] form] (swap! fresh conj (assoc o :name n)))
                            nil))]
      (doseq [form body]
        (when *eval-fn* (*eval-fn* form))))
    (swap! profile-registry assoc name {:apps @fresh})))

(defn ecosystem [& {:keys [profile] :or {profile nil}}]
  (let [base {:apps @app-registry}]
    (if profile
      (update base :apps into (get-in @profile-registry [profile :apps]))
      base)))

(defn ecosystem-output [& [profile-kw]]
  (println (pr-str (if profile-kw (ecosystem :profile profile-kw) (ecosystem)))))
"#;

#[test]
fn a_library_of_the_workspaces_own_is_evaluated_as_it_stands() {
    let index = r#"(ns index (:require [clobber.macro :as m]))
(m/defapp "a" {:script "a.js" :env {:PORT (m/env-var :PORT :fallback)}})
(m/defapp "a" {:script "b.js" :name "loses"})
(m/defprofile :dev '(defapp "d" {:script "d.js"}) '(other))
(m/ecosystem-output :dev)
(set! js/module.exports (clj->js (m/ecosystem)))
"#;
    let compiled =
        compiled(&[("index.cljs", index), ("clobber/macro.cljs", OWN_LIBRARY)], &[("PORT", "80")]).unwrap();
    expect![[
        r#"{"apps":[{"script":"a.js","env":{"PORT":"fallback"},"name":"a"},{"script":"b.js","name":"a"}]}"#
    ]]
    .assert_eq(&compiled.exports.to_string());
    expect![[r#"
        {:apps [{:script "a.js", :env {:PORT :fallback}, :name "a"} {:script "b.js", :name "a"} {:script "d.js", :name "d"}]}
    "#]].assert_eq(&compiled.output);
    assert!(compiled.variables.is_empty(), "a JavaScript object is not a map: nothing was read");
}

#[test]
fn a_profile_is_merged_over_the_base() {
    let index = r#"(ns index (:require [clobber.macro :refer [defapp defprofile ecosystem ecosystem-output]]))
(defapp "api" {:script "api.js" :instances 4 :env {:A 1 :B 2}})
(defprofile :dev
  (defapp "api" {:instances 1 :env {:B 3}})
  (when true (defapp "mail" {:script "mail.js"})))
(ecosystem-output)
(set! (.-exports js/module) (clj->js (ecosystem :profile :dev)))
"#;
    let compiled = compiled(&[("index.cljs", index)], &[]).unwrap();
    expect![[r#"{"apps":[{"script":"api.js","instances":1,"env":{"A":1,"B":3},"name":"api"},{"script":"mail.js","name":"mail"}]}"#]].assert_eq(&compiled.exports.to_string());
    expect![[r#"
        {:apps [{:script "api.js", :instances 4, :env {:A 1, :B 2}, :name "api"}]}
    "#]]
    .assert_eq(&compiled.output);
}

#[test]
fn without_an_export_the_registered_apps_are_exported() {
    let api = r#"(ns api (:require [clobber.macro :as c]))
(c/defapp "api" {:script "api.js"})"#;
    let web = r#"(ns web (:require [clobber.macro :refer [defapp]]))
(defapp "web" {:script "web.js" :watch ["src" "a b"] "kill-timeout" 1.5 :cron nil})"#;
    assert_eq!(
        exports(&[("api.cljs", api), ("web.cljs", web)]),
        r#"{"apps":[{"script":"api.js","name":"api"},{"script":"web.js","watch":["src","a b"],"kill-timeout":1.5,"cron":null,"name":"web"}]}"#
    );
    assert_eq!(exports(&[("api.cljs", "(ns api)")]), r#"{"apps":[]}"#, "none is registered");
}

#[test]
fn helpers_threading_and_comprehensions_make_apps() {
    let text = r#"(ns app (:require [clobber.macro :as c] [clojure.string :as str]))
(defn- worker [{:keys [queue n] :or {n 1}}]
  (let [name (str/join "-" ["worker" (name queue)])]
    (cond-> {:name name :script "worker.js" :args ["--queue" (clojure.core/name queue)]}
      (> n 1) (assoc :instances n :exec_mode "cluster")
      (= queue :mail) (update :env merge {:SMTP (c/env-var 'SMTP "localhost")}))))
(def workers (for [queue [:mail :pdf]] (worker {:queue queue :n (if (= queue :pdf) 3 1)})))
(doseq [{:keys [name] :as app} workers]
  (c/defapp name (dissoc app :name)))
"#;
    let compiled = compiled(&[("app.cljs", text)], &[]).unwrap();
    expect![[r#"
        {
          "apps": [
            {
              "script": "worker.js",
              "args": [
                "--queue",
                "mail"
              ],
              "env": {
                "SMTP": "localhost"
              },
              "name": "worker-mail"
            },
            {
              "script": "worker.js",
              "args": [
                "--queue",
                "pdf"
              ],
              "instances": 3,
              "exec_mode": "cluster",
              "name": "worker-pdf"
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&compiled.exports).unwrap());
    assert!(compiled.unset.is_empty(), "it has a fallback");
    assert_eq!(compiled.origins["/apps/0/env/SMTP"].line, 6);
}

#[test]
fn the_environment_is_read_in_every_spelling() {
    let text = r#"(ns app (:require [goog.object :as gobj]))
(set! (.-exports js/module)
  #js {:apps #js [(.-A js/process.env) js/process.env.A (aget js/process.env "A")
                  (gobj/get js/process.env "A") (gobj/get js/process.env "B" "default")
                  (.. js/process -env -A) (or (.-B js/process.env) "other") (.-C js/process.env)
                  (get-in js/process.env ["A"]) (.cwd js/process) (js/process.cwd)
                  (if (.-D js/process.env) 1 2)]})
"#;
    let compiled = compiled(&[("app.cljs", text)], &[("A", "1"), ("SECRET", "x")]).unwrap();
    assert_eq!(
        compiled.exports.to_string(),
        r#"{"apps":["1","1","1","1","default","1","other",null,null,"/srv/work","/srv/work",2]}"#
    );
    assert_eq!(compiled.variables.into_iter().collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    let unset: Vec<String> = compiled.unset.iter().map(|(name, place)| format!("{name} {place}")).collect();
    assert_eq!(unset, ["C ecosystems/app.cljs:5:77"]);
}

#[test]
fn numbers_are_exported_as_json_has_them() {
    let text = "(ns app)\n(set! js/module.exports (clj->js [1.0 -0.0 ##Inf ##NaN 1.5 1e21 -3 9007199254740993 #{:a} :n/k 'x/y]))";
    assert_eq!(
        exports(&[("app.cljs", text)]),
        r#"[1,0,null,null,1.5,1e+21,-3,9007199254740992.0,["a"],"k","x/y"]"#
    );
}

#[test]
fn a_cljc_file_may_have_reader_conditionals() {
    let text =
        "(ns app)\n(def port #?(:clj 1 :cljs 2))\n(set! js/module.exports #js [port #?@(:cljs [3 4])])";
    assert_eq!(exports(&[("app.cljc", text)]), "[2,3,4]");
    assert_eq!(
        exports(&[("app.cljs", "(ns app)\n#?(:cljs 1)")]),
        "ecosystems/app.cljs:2:1: a reader conditional in a `.cljs` file; reader conditionals are read in `.cljc` files only; rename the file"
    );
}

#[test]
fn line_ends_in_strings_are_line_feeds() {
    assert_eq!(exports(&[("app.cljs", "(ns app)\r\n(set! js/module.exports \"a\r\nb\")\r\n")]), "\"a\\nb\"");
}

/// Wherever a map goes, a key that is written literally keeps its place.
#[test]
fn keys_keep_their_places_through_functions() {
    let text = r#"(ns app (:require [clobber.macro :refer [defapp]]))
(def base {:autorestart true})
(defn app [options]
  (-> base (into options) (update :env merge {:B 2})))
(defapp "a" (select-keys
  (app {:script "a.js"
        :env {:A 1}}) [:script :env :autorestart]))
(doseq [[n o] {"b" {:script "b.js"}}]
  (defapp n (merge-with (fn [_ b] b) base o {:watch
    true})))
"#;
    let compiled = compiled(&[("app.cljs", text)], &[]).unwrap();
    let at = |pointer: &str| {
        let place = &compiled.origins[pointer];
        format!("{}:{}", place.line, place.column)
    };
    assert_eq!(at("/apps/0/script"), "6:9");
    assert_eq!(at("/apps/0/autorestart"), "2:12");
    assert_eq!(at("/apps/0/env/A"), "7:15");
    assert_eq!(at("/apps/0/env/B"), "4:47");
    assert_eq!(at("/apps/1/script"), "8:21");
    assert_eq!(at("/apps/1/watch"), "9:46");
    assert_eq!(at("/apps/1"), "9:3");
}
