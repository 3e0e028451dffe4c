;; A table of tiers, with helpers of its own.

;;; index.cljs
(ns index
  "Docstring of the namespace."
  {:author "ops"}
  (:require [clobber.macro :as clobber :refer [defapp]]
            [clojure.string :as str]
            [clojure.set :as set]
            [helpers.core :as h :refer [deep-merge with-env]]
            [helpers.table :as table]))

;; (defapp "old" {})
(comment
  (defapp "never" {:script "no.js"}))

(def ^:const base-port 4000)
(def ^{:doc "root" :private true} root "/srv/apps")
(defn- script-path
  "Path of a script."
  ([app] (script-path app "main.js"))
  ([app file] (str/join "/" [root (name app) file])))

(def defaults
  {:exec_mode "fork" :autorestart true :max_memory_restart "300M"
   :env {:NODE_ENV "production" :LOG_LEVEL "info"}})

(doseq [[idx {:keys [id tier] :as row}] (map-indexed vector table/rows)
        :let [port (+ base-port (* 10 idx))
              overrides (select-keys row [:instances :cron_restart])]
        :when (not= tier :off)]
  (defapp (str (name id) "-" (name tier))
    (deep-merge defaults
                {:script (script-path id) :env {:PORT port :TIER (str/upper-case (name tier))}}
                overrides
                (when (= tier :batch) {:autorestart false}))))

(let [names (into #{} (comp (map :id) (distinct)) table/rows)]
  (defapp "summary" {:script "summary.js" :args (str/join "," (sort (map name names)))}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))

;;; helpers/core.cljs
(ns helpers.core)

(defn deep-merge
  "Merges maps deeply."
  [& maps]
  (letfn [(m [& xs]
            (if (every? map? xs)
              (apply merge-with m xs)
              (last xs)))]
    (reduce m (remove nil? maps))))

(defn with-env [app & {:keys [prefix] :or {prefix "APP_"} :as opts}]
  (update app :env merge (dissoc opts :prefix)))

;;; helpers/table.cljs
(ns helpers.table)
(def rows
  [{:id :api :tier :web :instances 2}
   {:id :mail :tier :batch :cron_restart "0 3 * * *"}
   {:id :ghost :tier :off}
   #_{:id :dropped :tier :web}
   {:id :feed/reader :tier :web}])
