;; By environment.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def stage (or js/process.env.STAGE "dev"))
(def production? (= stage "prod"))
(clobber/defapp "api"
  (cond-> {:script "api.js" :env {:STAGE stage}}
    production? (assoc :instances "max" :exec_mode "cluster")
    (not production?) (assoc :watch ["src"] :ignore_watch ["node_modules"])))
(clobber/defapp "port" {:script "p.js" :env {:PORT (js/parseInt (or (.-PORT js/process.env) "1"))
                                              :MISSING (.-MISSING js/process.env)}})
(when-let [token (aget js/process.env "TOKEN")]
  (clobber/defapp "token" {:script "t.js" :env {:TOKEN token}}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
