;; Grouped ports.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def services [[:web "a" 80] [:db "b" 5432] [:web "c" 81] [:cache "d" 6379]])
(doseq [[kind members] (sort-by key (group-by first services))]
  (clobber/defapp (name kind) {:script "run.js" :args (mapv second members) :ports (apply max (map last members))
                               :count (count members) :freq (frequencies (map #(odd? (last %)) members))}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
