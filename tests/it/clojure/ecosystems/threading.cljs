;; Threading.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def apps
  (->> [["b" 2] ["a" 1] ["c" nil]]
       (filter second)
       (map (fn [[n p]] {:name n :port p}))
       (sort-by :port)
       (mapv #(update % :port + 3000))))
(doseq [{:keys [name port]} apps]
  (clobber/defapp name (-> {} (assoc :script (str name ".js")) (assoc-in [:env :PORT] port) (as-> app (assoc app :args (keys app))))))
(clobber/defapp "last" (some-> apps last (select-keys [:port]) (assoc :script "l.js")))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
