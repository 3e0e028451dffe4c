;; Mutual recursion and lazy sequences.

;;; index.cljs
(ns index (:require [clobber.macro :as c] [clojure.string :as str]))
(defn rank [{:keys [deps]} done] (every? done deps))
(defn topo [apps]
  (loop [todo apps done [] guard 0]
    (cond (empty? todo) done
          (> guard 50) (throw (ex-info "cycle" {:todo (map :id todo)}))
          :else (let [ready? #(every? (set (map :id done)) (:deps %))
                      {ready true waiting false} (group-by (comp boolean ready?) todo)]
                  (recur waiting (into done (sort-by :id ready)) (inc guard))))))
(def apps [{:id "web" :deps ["api" "cache"]} {:id "api" :deps ["db"]} {:id "db" :deps []} {:id "cache" :deps ["db"]}])
(doseq [{:keys [id deps]} (topo apps)]
  (c/defapp id {:script (str id ".js") :env (into {} (for [d deps] [(str (str/upper-case d) "_URL") (str "http://" d)]))}))
(declare ping)
(defn pong [n] (if (pos? n) (ping (dec n)) "pong"))
(defn ping [n] (if (pos? n) (pong (dec n)) "ping"))
(letfn [(ev? [n] (or (zero? n) (od? (dec n)))) (od? [n] (and (pos? n) (ev? (dec n))))]
  (c/defapp "mutual" {:script (ping 5) :args [(pong 4) (ev? 10) (od? 3)]}))
(def fibs (map first (iterate (fn [[a b]] [b (+ a b)]) [0 1])))
(def primes ((fn sieve [s] (lazy-seq (cons (first s) (sieve (remove #(zero? (mod % (first s))) (rest s)))))) (iterate inc 2)))
(c/defapp "seqs" {:script "q.js" :args [(take 8 fibs) (take 6 primes) (drop-while #(< % 5) (range 8))]})
(def memo-fib (memoize (fn [n] (if (< n 2) n (+ (memo-fib (- n 1)) (memo-fib (- n 2)))))))
(c/defapp "memo" {:script "m.js" :instances (memo-fib 20)})
(set! (.-exports js/module) (clj->js (c/ecosystem)))
