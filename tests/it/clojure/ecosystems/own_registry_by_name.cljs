;; Own registry by name.

;;; clobber/macro.cljs
(ns clobber.macro)
(def registry (atom {}))
(defn defapp
  ([name] (defapp name {}))
  ([name opts & {:keys [after] :or {after []}}]
   (swap! registry update name (fnil merge {}) opts {:name name :after after})
   name))
(defn ecosystem [] {:apps (vec (vals @registry))})

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(clobber/defapp "b")
(clobber/defapp "a" {:script "a.js"} :after ["b"])
(clobber/defapp "b" {:script "b.js"})
(doseq [i (range 10)] (clobber/defapp (str "worker-" i) {:script "w.js" :args [i]}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
