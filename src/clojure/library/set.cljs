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
