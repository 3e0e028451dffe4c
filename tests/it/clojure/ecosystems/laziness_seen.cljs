;; Laziness seen.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def seen (atom []))
(def lazy (map (fn [x] (swap! seen conj x) x) (range 100)))
(def first-three (doall (take 3 lazy)))
(clobber/defapp "lazy" {:script "l.js" :args first-three :seen (count @seen)})
(clobber/defapp "cycle" {:script "c.js" :args (take 5 (cycle [1 2])) :fib (take 8 (map first (iterate (fn [[a b]] [b (+ a b)]) [0 1])))})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
