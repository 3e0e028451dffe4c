;; Shared constants.

;;; config/paths.cljs
(ns config.paths)
(def root "/srv/app")
(def ^:const logs (str root "/logs"))
(defn log-file [app kind] (str logs "/" app "." kind ".log"))

;;; config/defaults.cljs
(ns config.defaults (:require [config.paths :refer [log-file]]))
(def base {:autorestart true :max_restarts 10 :min_uptime "5s" :kill-timeout 3000})
(defn with-logs [name app] (assoc app :out_file (log-file name "out") :error_file (log-file name "err")))

;;; web.cljs
(ns web (:require [clobber.macro :refer [defapp]] [config.defaults :as d] [config.paths :as paths]))
(defapp "web" (d/with-logs "web" (merge d/base {:script "web.js" :cwd paths/root})))

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [web]))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
