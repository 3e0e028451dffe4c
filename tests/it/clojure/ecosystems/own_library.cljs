;; Own library.

;;; clobber/macro.cljs
(ns clobber.macro
  (:require [clojure.string :as string]))

(defonce app-registry (atom []))
(defonce profile-registry (atom {}))
(def ^:dynamic *eval-fn* nil)

(defn defapp [name opts]
  (swap! app-registry conj (assoc opts :name name)))

(defn env-var
  ([var-sym] (env-var var-sym nil))
  ([var-sym fallback]
   (let [value (get-in js/process.env [(name var-sym) ""])]
     (cond
       (not (string/blank? value)) value
       (keyword? fallback) (name fallback)
       :else fallback))))

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

;;; mcp.cljs
(ns mcp (:require [clobber.macro :refer [defapp env-var]]))
(def home "/srv/mcp")
(defapp "mcp-files" {:script (str home "/files.js") :env {:PORT (env-var :PORT :p4000) :TOKEN (env-var 'TOKEN "none")}})
(defapp "mcp-files" {:script "again.js" :name "loses"})

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [mcp]))
(clobber/defprofile :dev '(defapp "dev" {:script "dev.js" :watch true}) '(other 1))
(clobber/ecosystem-output :dev)
(clobber/ecosystem-output)
(set! (.-exports js/module) (clj->js (clobber/ecosystem :profile :dev)))
(defn -main [& _] nil)
