(ns cljs.core
  "Maps, and what is made by reducing.")

;; Transducing

(defn unreduced [x] (if (reduced? x) @x x))
(defn ensure-reduced [x] (if (reduced? x) x (reduced x)))

(defn transduce
  ([xform f coll] (transduce xform f (f) coll))
  ([xform f init coll]
   (let [rf (xform f)]
     (rf (reduce rf init coll)))))

(defn into
  ([] [])
  ([to] to)
  ([to from] (reduce conj to from))
  ([to xform from]
   (transduce xform (fn ([] to) ([result] result) ([result x] (conj result x))) to from)))

;; Maps

(defn merge [& maps]
  (when (some identity maps)
    (reduce (fn [result m] (conj (or result {}) m)) maps)))

(defn merge-with [f & maps]
  (when (some identity maps)
    (reduce (fn [result m]
              (reduce (fn [result [k v]]
                        (if (contains? result k)
                          (assoc result k (f (get result k) v))
                          (pm2sync.internal/conj-entry result m k)))
                      (or result {}) (seq m)))
            maps)))

(defn get-in
  ([m ks] (reduce get m ks))
  ([m ks not-found]
   (let [missing (atom nil)]
     (loop [m m ks (seq ks)]
       (if ks
         (let [v (get m (first ks) missing)]
           (if (identical? v missing) not-found (recur v (next ks))))
         m)))))

(defn assoc-in [m [k & ks] v]
  (if ks
    (assoc m k (assoc-in (get m k) ks v))
    (assoc m k v)))

(defn update [m k f & args] (assoc m k (apply f (get m k) args)))

(defn update-in [m [k & ks] f & args]
  (if ks
    (assoc m k (apply update-in (get m k) ks f args))
    (assoc m k (apply f (get m k) args))))

(defn update-vals [m f]
  (reduce-kv (fn [result k v] (assoc result k (f v))) (or m {}) m))

(defn update-keys [m f]
  (reduce-kv (fn [result k v] (assoc result (f k) v)) {} m))

(defn select-keys [m ks]
  (reduce (fn [result k]
            (if (contains? m k) (pm2sync.internal/conj-entry result m k) result))
          {} ks))

(defn zipmap [ks vs]
  (loop [result {} ks (seq ks) vs (seq vs)]
    (if (and ks vs)
      (recur (assoc result (first ks) (first vs)) (next ks) (next vs))
      result)))

(defn group-by [f coll]
  (reduce (fn [result x]
            (let [k (f x)]
              (assoc result k (conj (get result k []) x))))
          {} coll))

(defn frequencies [coll]
  (reduce (fn [counts x] (assoc counts x (inc (get counts x 0)))) {} coll))

(defn max-key
  ([k x] x)
  ([k x y] (if (> (k x) (k y)) x y))
  ([k x y & more] (reduce #(max-key k %1 %2) (max-key k x y) more)))

(defn min-key
  ([k x] x)
  ([k x y] (if (< (k x) (k y)) x y))
  ([k x y & more] (reduce #(min-key k %1 %2) (min-key k x y) more)))
