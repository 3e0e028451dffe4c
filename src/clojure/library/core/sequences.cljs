(ns cljs.core
  "Sequences. What is lazy here is lazy to the same extent, chunk by chunk, as in
  ClojureScript; where that is not certain, `lazy-uncertain` makes side effects
  inside an error.")

(defn concat
  ([] (lazy-seq nil))
  ([x] (lazy-seq x))
  ([x y]
   (lazy-seq
    (let [s (seq x)]
      (if s
        (if (chunked-seq? s)
          (chunk-cons (chunk-first s) (concat (chunk-rest s) y))
          (cons (first s) (concat (rest s) y)))
        y))))
  ([x y & more] (concat-more x y more)))

(defn- concat-more [x y more]
  (let [all (fn all [xys more]
              (lazy-seq
               (let [xys (seq xys)]
                 (if xys
                   (if (chunked-seq? xys)
                     (chunk-cons (chunk-first xys) (all (chunk-rest xys) more))
                     (cons (first xys) (all (rest xys) more)))
                   (when more
                     (all (first more) (next more)))))))]
    (all (concat x y) more)))

(defn mapv
  ([f coll] (reduce (fn [result x] (conj result (f x))) [] coll))
  ([f c1 c2]
   (loop [result [] s1 (seq c1) s2 (seq c2)]
     (if (and s1 s2)
       (recur (conj result (f (first s1) (first s2))) (next s1) (next s2))
       result)))
  ([f c1 c2 c3]
   (loop [result [] s1 (seq c1) s2 (seq c2) s3 (seq c3)]
     (if (and s1 s2 s3)
       (recur (conj result (f (first s1) (first s2) (first s3))) (next s1) (next s2) (next s3))
       result))))

(defn filterv [pred coll]
  (reduce (fn [result x] (if (pred x) (conj result x) result)) [] coll))

(defn- map-uncertain [f colls]
  (pm2sync.internal/lazy-uncertain
   (let [seqs (mapv seq colls)]
     (when (every? some? seqs)
       (cons (apply f (mapv first seqs)) (map-uncertain f (mapv rest seqs)))))))

(defn map
  ([f]
   (fn [rf]
     (fn
       ([] (rf))
       ([result] (rf result))
       ([result input] (rf result (f input)))
       ([result input & inputs] (rf result (apply f input inputs))))))
  ([f coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (if (chunked-seq? s)
        (chunk-cons (mapv f (chunk-first s)) (map f (chunk-rest s)))
        (cons (f (first s)) (map f (rest s)))))))
  ([f c1 c2]
   (lazy-seq
    (let [s1 (seq c1) s2 (seq c2)]
      (when (and s1 s2)
        (cons (f (first s1) (first s2)) (map f (rest s1) (rest s2)))))))
  ([f c1 c2 c3]
   (lazy-seq
    (let [s1 (seq c1) s2 (seq c2) s3 (seq c3)]
      (when (and s1 s2 s3)
        (cons (f (first s1) (first s2) (first s3)) (map f (rest s1) (rest s2) (rest s3)))))))
  ([f c1 c2 c3 & colls] (map-uncertain f (list* c1 c2 c3 colls))))

(defn filter
  ([pred]
   (fn [rf]
     (fn
       ([] (rf))
       ([result] (rf result))
       ([result input] (if (pred input) (rf result input) result)))))
  ([pred coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (if (chunked-seq? s)
        (chunk-cons (filterv pred (chunk-first s)) (filter pred (chunk-rest s)))
        (let [x (first s) r (rest s)]
          (if (pred x)
            (cons x (filter pred r))
            (filter pred r))))))))

(defn remove
  ([pred] (filter (complement pred)))
  ([pred coll] (filter (complement pred) coll)))

(defn keep
  ([f]
   (fn [rf]
     (fn
       ([] (rf))
       ([result] (rf result))
       ([result input] (let [v (f input)] (if (nil? v) result (rf result v)))))))
  ([f coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (if (chunked-seq? s)
        (chunk-cons (filterv some? (mapv f (chunk-first s))) (keep f (chunk-rest s)))
        (let [v (f (first s))]
          (if (nil? v)
            (keep f (rest s))
            (cons v (keep f (rest s))))))))))

(defn- number-from [f at chunk]
  (loop [result [] at at s (seq chunk)]
    (if s
      (recur (conj result (f at (first s))) (inc at) (next s))
      result)))

(defn- map-indexed-from [f at coll]
  (lazy-seq
   (when-let [s (seq coll)]
     (if (chunked-seq? s)
       (let [chunk (chunk-first s)]
         (chunk-cons (number-from f at chunk) (map-indexed-from f (+ at (count chunk)) (chunk-rest s))))
       (cons (f at (first s)) (map-indexed-from f (inc at) (rest s)))))))

(defn map-indexed
  ([f]
   (fn [rf]
     (let [at (volatile! -1)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (rf result (f (vswap! at inc) input)))))))
  ([f coll] (map-indexed-from f 0 coll)))

(defn keep-indexed
  ([f]
   (fn [rf]
     (let [at (volatile! -1)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (let [v (f (vswap! at inc) input)] (if (nil? v) result (rf result v))))))))
  ([f coll]
   (let [from (fn from [at coll]
                (pm2sync.internal/lazy-uncertain
                 (when-let [s (seq coll)]
                   (let [v (f at (first s))]
                     (if (nil? v)
                       (from (inc at) (rest s))
                       (cons v (from (inc at) (rest s))))))))]
     (from 0 coll))))

(defn cat [rf]
  (fn
    ([] (rf))
    ([result] (rf result))
    ([result input]
     (reduce (fn [result x]
               (let [result (rf result x)]
                 (if (reduced? result) (reduced result) result)))
             result input))))

(defn mapcat
  ([f] (comp (map f) cat))
  ([f & colls]
   ;; `apply` looks at as many as `concat` names, and one more.
   (let [parts (apply map f colls)
         more (nthnext parts 2)]
     (next more)
     (concat-more (first parts) (second parts) more))))

(defn take
  ([n]
   (fn [rf]
     (let [left (volatile! n)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input]
          (let [before @left
                after (vswap! left dec)
                result (if (pos? before) (rf result input) result)]
            (if (not (pos? after)) (ensure-reduced result) result)))))))
  ([n coll]
   (lazy-seq
    (when (pos? n)
      (when-let [s (seq coll)]
        (cons (first s) (take (dec n) (rest s))))))))

(defn drop
  ([n]
   (fn [rf]
     (let [left (volatile! n)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (let [before @left]
            (vreset! left (dec before))
            (if (pos? before) result (rf result input))))))))
  ([n coll]
   (let [step (fn [n coll]
                (let [s (seq coll)]
                  (if (and (pos? n) s)
                    (recur (dec n) (rest s))
                    s)))]
     (lazy-seq (step n coll)))))

(defn take-while
  ([pred]
   (fn [rf]
     (fn
       ([] (rf))
       ([result] (rf result))
       ([result input] (if (pred input) (rf result input) (reduced result))))))
  ([pred coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (when (pred (first s))
        (cons (first s) (take-while pred (rest s))))))))

(defn drop-while
  ([pred]
   (fn [rf]
     (let [dropping (volatile! true)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (if (and @dropping (pred input))
            result
            (do (vreset! dropping false) (rf result input))))))))
  ([pred coll]
   (let [step (fn [coll]
                (let [s (seq coll)]
                  (if (and s (pred (first s)))
                    (recur (rest s))
                    s)))]
     (lazy-seq (step coll)))))

(defn drop-last
  ([coll] (drop-last 1 coll))
  ([n coll] (map (fn [x _] x) coll (drop n coll))))

(defn take-last [n coll]
  (loop [s (seq coll) lead (seq (drop n coll))]
    (if lead (recur (next s) (next lead)) s)))

(defn take-nth
  ([n]
   (fn [rf]
     (let [at (volatile! -1)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (if (zero? (rem (vswap! at inc) n)) (rf result input) result))))))
  ([n coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (cons (first s) (take-nth n (drop n s)))))))

(defn split-at [n coll] [(take n coll) (drop n coll)])
(defn split-with [pred coll] [(take-while pred coll) (drop-while pred coll)])

(defn iterate [f x]
  (cons x (pm2sync.internal/lazy-uncertain (iterate f (f x)))))

(defn cycle [coll]
  (lazy-seq
   (when-let [s (seq coll)]
     (concat s (cycle s)))))

(defn repeat
  ([x] (lazy-seq (cons x (repeat x))))
  ([n x] (take n (repeat x))))

(defn repeatedly
  ([f] (lazy-seq (cons (f) (repeatedly f))))
  ([n f] (take n (repeatedly f))))

(defn- range-from [n]
  (lazy-seq (chunk-cons (vec (pm2sync.internal/range n (+ n 32) 1)) (range-from (+ n 32)))))

(defn range
  ([] (range-from 0))
  ([end] (pm2sync.internal/range 0 end 1))
  ([start end] (pm2sync.internal/range start end 1))
  ([start end step] (pm2sync.internal/range start end step)))

(defn interleave
  ([] ())
  ([c1] (lazy-seq c1))
  ([c1 c2]
   (lazy-seq
    (let [s1 (seq c1) s2 (seq c2)]
      (when (and s1 s2)
        (cons (first s1) (cons (first s2) (interleave (rest s1) (rest s2))))))))
  ([c1 c2 & more]
   (pm2sync.internal/lazy-uncertain
    (let [seqs (mapv seq (cons c1 (cons c2 more)))]
      (when (every? some? seqs)
        (concat (mapv first seqs) (apply interleave (mapv rest seqs))))))))

(defn interpose
  ([sep]
   (fn [rf]
     (let [started (volatile! false)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (if @started
            (let [separated (rf result sep)]
              (if (reduced? separated) separated (rf separated input)))
            (do (vreset! started true) (rf result input))))))))
  ([sep coll] (drop 1 (interleave (repeat sep) coll))))

(defn partition
  ([n coll] (partition n n coll))
  ([n step coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (let [p (doall (take n s))]
        (when (= n (count p))
          (cons p (partition n step (drop step s))))))))
  ([n step pad coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (let [p (doall (take n s))]
        (if (= n (count p))
          (cons p (partition n step pad (drop step s)))
          (list (take n (concat p pad)))))))))

(defn partition-all
  ([n]
   (fn [rf]
     (let [run (volatile! [])]
       (fn
         ([] (rf))
         ([result]
          (rf (if (empty? @run) result (let [last-run @run] (vreset! run []) (unreduced (rf result last-run))))))
         ([result input]
          (if (= n (count (vswap! run conj input)))
            (let [whole @run] (vreset! run []) (rf result whole))
            result))))))
  ([n coll] (partition-all n n coll))
  ([n step coll]
   (lazy-seq
    (when-let [s (seq coll)]
      (cons (take n s) (partition-all n step (drop step s)))))))

(defn partition-by
  ([f]
   (fn [rf]
     (let [run (volatile! []) before (volatile! nil)]
       (fn
         ([] (rf))
         ([result]
          (rf (if (empty? @run) result (let [last-run @run] (vreset! run []) (unreduced (rf result last-run))))))
         ([result input]
          (let [previous @before v (f input)]
            (vreset! before v)
            (if (or (empty? @run) (= v previous))
              (do (vswap! run conj input) result)
              (let [whole @run]
                (vreset! run [])
                (let [done (rf result whole)]
                  (when-not (reduced? done) (vswap! run conj input))
                  done)))))))))
  ([f coll]
   (pm2sync.internal/lazy-uncertain
    (when-let [s (seq coll)]
      (let [v (f (first s))
            run (cons (first s) (doall (take-while #(= v (f %)) (next s))))]
        (cons run (partition-by f (drop (count run) s))))))))

(defn distinct
  ([]
   (fn [rf]
     (let [seen (volatile! #{})]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (if (contains? @seen input) result (do (vswap! seen conj input) (rf result input))))))))
  ([coll]
   (when (or (map? coll) (set? coll))
     (pm2sync.internal/fail "`distinct` of a map or set fails in ClojureScript; use `seq`"))
   (let [step (fn step [s seen]
                (lazy-seq
                 (loop [s (seq s)]
                   (when s
                     (if (contains? seen (first s))
                       (recur (next s))
                       (cons (first s) (step (rest s) (conj seen (first s)))))))))]
     (step coll #{}))))

(defn dedupe
  ([]
   (fn [rf]
     (let [last-input (volatile! ::none)]
       (fn
         ([] (rf))
         ([result] (rf result))
         ([result input] (let [before @last-input]
            (vreset! last-input input)
            (if (= before input) result (rf result input))))))))
  ([coll]
   (pm2sync.internal/pure
    #(pm2sync.internal/plain-seq
      (reduce (fn [result x] (if (and (seq result) (= x (peek result))) result (conj result x))) [] coll)))))

(defn- flatten-into [result coll]
  (reduce (fn [result x] (if (sequential? x) (flatten-into result x) (conj result x))) result coll))

(defn flatten [coll]
  (pm2sync.internal/pure
   #(pm2sync.internal/plain-seq (flatten-into [] (if (sequential? coll) coll [])))))

(defn tree-seq [branch? children root]
  (let [walk (fn walk [node]
               (pm2sync.internal/lazy-uncertain
                (cons node (when (branch? node) (mapcat walk (children node))))))]
    (walk root)))

(defn reductions
  ([f coll]
   (pm2sync.internal/lazy-uncertain
    (if-let [s (seq coll)]
      (reductions f (first s) (rest s))
      (list (f)))))
  ([f init coll]
   (cons init
         (pm2sync.internal/lazy-uncertain
          (when-let [s (seq coll)]
            (reductions f (f init (first s)) (rest s)))))))

(defn sequence
  ([coll] (if (seq? coll) coll (or (seq coll) ())))
  ([xform coll]
   (pm2sync.internal/pure #(pm2sync.internal/plain-seq (into [] xform coll)))))

(defn replace
  ([smap] (map #(if-let [e (find smap %)] (val e) %)))
  ([smap coll]
   (if (vector? coll)
     (reduce (fn [v i]
               (if-let [e (find smap (nth v i))] (assoc v i (val e)) v))
             coll (range (count coll)))
     (map #(if-let [e (find smap %)] (val e) %) coll))))
