;; Many workers.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def queues {:mail 2 :pdf 1 :thumbs 3})
(doseq [[queue n] queues
        i (range n)
        :let [app-name (str (name queue) "-" i)]]
  (clobber/defapp app-name {:script "worker.js" :args ["--queue" (name queue)] :env {:INDEX i}}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
