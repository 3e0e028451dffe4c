(ns clojure.walk
  "Data inside data, from the outside in or from the inside out.")

(defn walk [inner outer form]
  (cond
    (list? form) (outer (apply list (map inner form)))
    (map-entry? form) (outer (pm2sync.internal/entry (inner (key form)) (inner (val form))))
    (seq? form) (outer (doall (map inner form)))
    (coll? form) (outer (into (empty form) (map inner form)))
    :else (outer form)))

(defn postwalk [f form] (walk #(postwalk f %) f form))
(defn prewalk [f form] (walk #(prewalk f %) identity (f form)))

(defn postwalk-replace [smap form]
  (postwalk (fn [x] (if (contains? smap x) (smap x) x)) form))

(defn prewalk-replace [smap form]
  (prewalk (fn [x] (if (contains? smap x) (smap x) x)) form))

(defn- with-keys
  "Every map inside, each key as `f` gives it."
  [f form]
  (let [entry (fn [[k v]] [(f k) v])]
    (postwalk (fn [x] (if (map? x) (into {} (map entry x)) x)) form)))

(defn keywordize-keys [m] (with-keys #(if (string? %) (keyword %) %) m))
(defn stringify-keys [m] (with-keys #(if (keyword? %) (name %) %) m))
