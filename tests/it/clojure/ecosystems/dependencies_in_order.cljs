;; Dependencies in order.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(def needs {"web" ["api"] "api" ["db" "cache"] "db" [] "cache" []})
(defn order [needs]
  (letfn [(visit [done name]
            (if (some #{name} done)
              done
              (conj (reduce visit done (sort (get needs name))) name)))]
    (reduce visit [] (sort (keys needs)))))
(doseq [[i name] (map-indexed vector (order needs))]
  (clobber/defapp name {:script (str name ".js") :restart_delay (* 100 (inc i))}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
