;; Wide options.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def wide {:script "w.js" :a 1 :b 2 :c 3 :d 4 :e 5 :f 6 :g 7 :h 8 :i 9 :j 10})
(clobber/defapp "wide" wide)
(clobber/defapp "keys" {:script "k.js" :args (map name (keys wide))})
(clobber/defapp "numbers" {:script "n.js" :args (vec (vals (zipmap (range 20) (map #(* % %) (range 20)))))})
(clobber/defapp "sets" {:script "s.js" :args (vec (into #{} (map #(str "k" %)) (range 12)))})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
