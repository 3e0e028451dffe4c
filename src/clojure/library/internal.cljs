(ns pm2sync.internal
  "What the macro `for` expands to. A step takes an item and gives `[value]`, or
  nil to skip the item, or false to end.")

(defn- chunk-items
  "The values of one chunk, and whether the end was not reached in it."
  [step chunk]
  (loop [i 0 items []]
    (if (< i (count chunk))
      (let [result (step (nth chunk i))]
        (cond
          result (recur (inc i) (conj items (nth result 0)))
          (nil? result) (recur (inc i) items)
          :else [items false]))
      [items true])))

(defn for-items
  "The innermost binding: values one by one, or chunk by chunk."
  [step coll]
  (lazy-seq
   (loop [s (seq coll)]
     (when s
       (if (chunked-seq? s)
         (let [[items more] (chunk-items step (chunk-first s))]
           (chunk-cons items (when more (for-items step (chunk-rest s)))))
         (let [result (step (first s))]
           (cond
             result (cons (nth result 0) (for-items step (rest s)))
             (nil? result) (recur (next s)))))))))

(defn for-joined
  "A binding with others inside: the sequences that those give, joined."
  [step coll]
  (lazy-seq
   (loop [s (seq coll)]
     (when s
       (let [result (step (first s))]
         (cond
           result (if-let [inner (seq (nth result 0))]
                    (concat inner (for-joined step (rest s)))
                    (recur (next s)))
           (nil? result) (recur (next s))))))))
