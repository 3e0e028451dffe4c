;; One app.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber :refer [defapp]]))
(defapp "api" {:script "dist/api.js" :instances 2 :exec_mode "cluster" :max-memory-restart "300M"})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
