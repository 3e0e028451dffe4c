;; Keyword arguments, and formatted names.

;;; index.cljs
(ns index (:require [clobber.macro :as c] [clojure.string :as str] [goog.string :as gstring] [goog.string.format]))
(def sizes {:s "128M" :m "256M" :l "1G"})
(defn app [nm & {:keys [size port workers] :or {size :m workers 1} :as opts}]
  (let [{:strs [x] :as js} {"x" 1}
        {:syms [y]} {'y 2}
        {:app/keys [z] :keys [missing]} {:app/z 3}]
    (c/defapp nm
      (cond-> {:script (str nm ".js") :max_memory_restart (sizes size) :instances workers :xyz [x y z missing (count js)]}
        port (assoc-in [:env :PORT] port)
        (> workers 1) (assoc :exec_mode "cluster")
        (contains? opts :tags) (assoc :tags (sort (:tags opts)))))))
(app "one")
(app "two" :port 80 :workers 4)
(app "three" {:size :l :tags #{"b" "a" "c"}})
(app "four" :size :s {:workers 2})
(c/defapp (gstring/format "app-%02d" 7) {:script (gstring/format "%s/%d/%.2f" "x" 42 3.14159)})
(set! (.-exports js/module) (clj->js (c/ecosystem)))
