(ns clojure.set
  "Sets as mathematics has them.")

(defn union
  ([] #{})
  ([s1] s1)
  ([s1 s2] (if (< (count s1) (count s2)) (reduce conj s2 s1) (reduce conj s1 s2)))
  ([s1 s2 & more] (reduce union (union s1 s2) more)))

(defn difference
  ([s1] s1)
  ([s1 s2]
   (if (< (count s1) (count s2))
     (reduce (fn [result item] (if (contains? s2 item) (disj result item) result)) s1 s1)
     (reduce disj s1 s2)))
  ([s1 s2 & more] (reduce difference s1 (cons s2 more))))

(defn intersection
  ([s1] s1)
  ([s1 s2]
   (if (< (count s2) (count s1))
     (intersection s2 s1)
     (reduce (fn [result item] (if (contains? s2 item) result (disj result item))) s1 s1))))

(defn subset? [s1 s2]
  (and (<= (count s1) (count s2)) (every? #(contains? s2 %) s1)))

(defn superset? [s1 s2]
  (and (>= (count s1) (count s2)) (every? #(contains? s1 %) s2)))

(defn rename-keys [m kmap]
  (reduce (fn [result [old new]]
            (if (contains? m old) (assoc result new (get m old)) result))
          (apply dissoc m (keys kmap))
          kmap))

(defn select [pred s]
  (reduce (fn [result item] (if (pred item) result (disj result item))) s s))

(defn map-invert [m]
  (reduce-kv (fn [result k v] (assoc result v k)) {} m))

;; Relations: sets of maps.

(defn project [xrel ks] (set (map #(select-keys % ks) xrel)))
(defn rename [xrel kmap] (set (map #(rename-keys % kmap) xrel)))

(defn index [xrel ks]
  (reduce (fn [result x]
            (let [k (select-keys x ks)]
              (assoc result k (conj (get result k #{}) x))))
          {} xrel))

(defn join [xrel yrel]
  (if (and (seq xrel) (seq yrel))
    (let [ks (intersection (set (keys (first xrel))) (set (keys (first yrel))))
          smaller? (<= (count xrel) (count yrel))
          indexed (index (if smaller? xrel yrel) ks)]
      (reduce (fn [result x]
                (reduce #(conj %1 (merge %2 x)) result (get indexed (select-keys x ks))))
              #{}
              (if smaller? yrel xrel)))
    #{}))
