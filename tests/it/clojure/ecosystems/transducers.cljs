;; Transducers.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def xf (comp (filter :on) (map #(dissoc % :on)) (take 2)))
(def apps (into [] xf [{:name "a" :on true} {:name "b"} {:name "c" :on 1} {:name "d" :on true}]))
(run! (fn [{:keys [name]}] (clobber/defapp name {:script "x.js"})) apps)
(clobber/defapp "sum" {:script "s.js" :n (transduce (map inc) + [1 2 3]) :parts (into {} (map (juxt :name count)) apps)})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
