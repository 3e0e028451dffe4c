(ns cljs.core
  "The part of the core library that ClojureScript says best: functions on
  functions, and on sequences as a whole.")

;; Functions

(defn identity [x] x)
(defn constantly [x] (fn [& _] x))
(defn complement [f] (fn [& args] (not (apply f args))))

(defn comp
  ([] identity)
  ([f] f)
  ([f g] (fn [& args] (f (apply g args))))
  ([f g & more] (reduce comp (comp f g) more)))

(defn partial
  ([f] f)
  ([f & bound] (fn [& args] (apply f (concat bound args)))))

(defn juxt [& fs] (fn [& args] (mapv #(apply % args) fs)))

(defn fnil
  ([f a] (fn [x & args] (apply f (if (nil? x) a x) args)))
  ([f a b] (fn [x y & args] (apply f (if (nil? x) a x) (if (nil? y) b y) args))))

(defn completing
  ([f] (completing f identity))
  ([f done] (fn ([] (f)) ([x] (done x)) ([x y] (f x y)))))

(defn every? [pred coll]
  (loop [s (seq coll)]
    (cond
      (nil? s) true
      (pred (first s)) (recur (next s))
      :else false)))

(defn not-every? [pred coll] (not (every? pred coll)))

(defn some [pred coll]
  (loop [s (seq coll)]
    (when s
      (or (pred (first s)) (recur (next s))))))

(defn not-any? [pred coll] (not (some pred coll)))

(defn every-pred [& preds]
  (fn [& args] (every? (fn [pred] (every? pred args)) preds)))

(defn some-fn
  ([p] (fn [x] (p x)))
  ([p1 p2] (fn [x] (or (p1 x) (p2 x))))
  ([p1 p2 p3] (fn [x] (or (p1 x) (p2 x) (p3 x)))))

(defn comparator [pred]
  (fn [x y] (cond (pred x y) -1 (pred y x) 1 :else 0)))

;; Sequences, strict

(defn second [coll] (first (next coll)))
(defn ffirst [coll] (first (first coll)))
(defn fnext [coll] (first (next coll)))
(defn nnext [coll] (next (next coll)))
(defn nthnext [coll n] (seq (nthrest coll n)))
(defn empty? [coll] (not (seq coll)))
(defn not-empty [coll] (when (seq coll) coll))

(defn last [coll]
  (loop [s (seq coll)]
    (if (next s) (recur (next s)) (first s))))

(defn butlast [coll]
  (loop [result [] s (seq coll)]
    (if (next s)
      (recur (conj result (first s)) (next s))
      (seq result))))

(defn reverse [coll]
  (let [reversed (reduce conj () coll)]
    (if (and (vector? coll) (seq coll))
      (pm2sync.internal/plain-seq reversed)
      reversed)))

(defn rseq [coll]
  (when-not (vector? coll)
    (pm2sync.internal/fail "`rseq` needs a vector"))
  (seq (reverse coll)))

(defn list*
  ([args] (seq args))
  ([a args] (cons a args))
  ([a b args] (cons a (cons b args)))
  ([a b c args] (cons a (cons b (cons c args)))))

(defn doall
  ([coll]
   (loop [s (seq coll)] (when s (recur (next s))))
   coll))

(defn dorun
  ([coll] (loop [s (seq coll)] (when s (recur (next s))))))

(defn run! [f coll]
  (loop [s (seq coll)]
    (when s
      (f (first s))
      (recur (next s)))))

(defn nfirst [coll] (next (first coll)))
(defn trampoline
  ([f]
   (let [result (f)]
     (if (fn? result) (recur result) result)))
  ([f & args] (trampoline #(apply f args))))

(defn distinct?
  ([x] true)
  ([x y] (not (= x y)))
  ([x y & more]
   (if (= x y)
     false
     (loop [seen #{x y} xs more]
       (if xs
         (if (contains? seen (first xs))
           false
           (recur (conj seen (first xs)) (next xs)))
         true)))))

(defn memoize [f]
  (let [results (atom {}) missing (atom nil)]
    (fn [& args]
      (let [known (get @results args missing)]
        (if (identical? known missing)
          (let [result (apply f args)]
            (swap! results assoc args result)
            result)
          known)))))

(defn swap-vals! [a f & args]
  (let [before @a]
    [before (apply swap! a f args)]))

(defn reset-vals! [a value]
  (let [before @a]
    [before (reset! a value)]))

(defn compare-and-set! [a before after]
  (if (= @a before)
    (do (reset! a after) true)
    false))
