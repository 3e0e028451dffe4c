;; Deep merge.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(defn deep-merge [& maps]
  (apply merge-with (fn [a b] (if (and (map? a) (map? b)) (deep-merge a b) b)) maps))
(def base {:env {:A 1 :B {:C 2}} :watch false})
(clobber/defapp "x" (deep-merge base {:script "x.js" :env {:B {:D 3}}} {:env {:A nil}}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
